"""Conversations with customers as askers may read them: what was said, and the signals in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from core.errors import NotFound
from core.identity import Identity
from db.engine import Reader, reader
from db.tables import Account, Call, Conversation, Message, Person, Sentiment, Signal

BEFORE = 10
"""How many lines are shown before the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One signal of a line: `quote` is `text[start:end]`."""

    id: int
    kind: str
    quote: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said. `id` is ours, `message` the outside's."""

    id: int
    message: str
    speaker: str
    author: str | None
    text: str
    at: datetime
    sentiment: str | None
    signals: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation and a stretch of its lines: `total` there are, and `lines` begins after `start` of them."""

    id: int
    conversation: str
    channel: str
    title: str | None
    account_id: int | None
    account: str | None
    owner: str | None
    call_id: str | None
    started_at: datetime
    total: int
    start: int
    lines: tuple[Line, ...]


def find_conversation(engine: Engine, identity: Identity, external_id: str, message: str | None = None) -> int:
    """Our id of the asker's conversation known outside as `external_id`; of several, the one with that message, else
    the latest. NotFound if there is none."""
    with reader(engine, identity) as records:
        talks, messages = records.scope.rows(Conversation), records.scope.rows(Message)
        statement = select(talks.c.id).where(talks.c.kind == "customer", talks.c.external_id == external_id)
        if message is not None:
            has = select(messages.c.id).where(
                messages.c.conversation_id == talks.c.id, messages.c.external_id == message
            )
            statement = statement.order_by(has.exists().desc())
        found = records.execute(statement.order_by(talks.c.started_at.desc(), talks.c.id.desc()).limit(1)).scalar()
    if found is None:
        raise NotFound()
    return int(found)


def read_conversation(
    engine: Engine,
    identity: Identity,
    conversation_id: int,
    *,
    start: int = 0,
    message: str | None = None,
    limit: int = 100,
) -> Talk:
    """The lines of the asker's conversation in the order they were said, from `start` on; with `message`, from just
    before it. NotFound if the conversation is not theirs to read."""
    with reader(engine, identity) as records:
        row = _talk(records, conversation_id)
        messages = records.scope.rows(Message)
        mine = messages.c.conversation_id == conversation_id
        total = int(records.execute(select(func.count()).select_from(messages).where(mine)).scalar() or 0)
        if message is not None:
            start = max(0, _place(records, conversation_id, message) - BEFORE)
        order = messages.c.at, messages.c.id
        said = records.execute(select(messages).where(mine).order_by(*order).offset(start).limit(limit)).all()
        return Talk(**row, total=total, start=start, lines=_lines(records, said))


def _talk(records: Reader, conversation_id: int) -> Mapping[str, Any]:
    talks, accounts, calls = (records.scope.rows(model) for model in (Conversation, Account, Call))
    at = talks.c
    statement = select(
        at.id, at.external_id.label("conversation"), at.channel, at.title, accounts.c.id.label("account_id"),
        accounts.c.name.label("account"), Person.name.label("owner"), calls.c.content_hash.label("call_id"),
        at.started_at,
    )  # fmt: skip
    joined = talks.outerjoin(accounts, accounts.c.id == at.account_id).outerjoin(Person, Person.id == at.owner_id)
    joined = joined.outerjoin(calls, calls.c.conversation_id == at.id)
    row = records.execute(
        statement.select_from(joined).where(at.id == conversation_id, at.kind == "customer")
    ).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def _place(records: Reader, conversation_id: int, message: str) -> int:
    """How many lines were said before that message; none if there is no such message."""
    messages = records.scope.rows(Message)
    mine = messages.c.conversation_id == conversation_id
    wanted = select(messages.c.at, messages.c.id).where(mine, messages.c.external_id == message)
    found = records.execute(wanted).first()
    if found is None:
        return 0
    earlier = (messages.c.at < found.at) | ((messages.c.at == found.at) & (messages.c.id < found.id))
    return int(records.execute(select(func.count()).select_from(messages).where(mine, earlier)).scalar() or 0)


def _lines(records: Reader, said: Sequence[Any]) -> tuple[Line, ...]:
    ids = [row.id for row in said]
    signals, feelings = records.scope.rows(Signal), records.scope.rows(Sentiment)
    marks: dict[int, list[Mark]] = {}
    for row in records.execute(select(signals).where(signals.c.message_id.in_(ids)).order_by(signals.c.start)):
        mark = Mark(row.id, row.kind, row.quote, row.start, row.end, row.confidence)
        marks.setdefault(row.message_id, []).append(mark)
    labels = select(feelings.c.message_id, feelings.c.label).where(feelings.c.message_id.in_(ids))
    felt = {row.message_id: row.label for row in records.execute(labels)}
    return tuple(
        Line(
            id=row.id,
            message=row.external_id,
            speaker=row.speaker,
            author=row.author,
            text=row.text,
            at=row.at,
            sentiment=felt.get(row.id),
            signals=tuple(marks.get(row.id, ())),
        )
        for row in said
    )
