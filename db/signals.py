"""Signals and attitudes as rows: kept by pipelines, listed in the asker's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from core.identity import Identity
from core.said import Reading, Speaker, Utterance
from db.engine import reader
from db.tables import Account, Conversation, Message, Sentiment, Signal

CONTEXT = 3
MOST_UNREAD = 2000


@dataclass(frozen=True, slots=True)
class Unread:
    """A line nobody has read for signals."""

    message_id: int
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A stored signal as lists show it; `conversation` and `message` are external ids."""

    id: int
    kind: str
    quote: str
    confidence: float
    method: str
    at: datetime
    speaker: str
    account: str | None
    conversation: str
    message: str


def unread(session: Session, conversation_id: int) -> list[Unread]:
    """The lines of a conversation that nobody has read for signals, in order, each with the lines before it."""
    said = select(Message.id, Message.speaker, Message.text, Message.lang, Conversation.channel, Sentiment.label)
    said = said.join(Conversation, Conversation.id == Message.conversation_id)
    said = said.outerjoin(Sentiment, Sentiment.message_id == Message.id)
    said = said.where(Message.conversation_id == conversation_id).order_by(Message.at, Message.id)
    rows = session.execute(said).all()
    lines = [(speaker_of(row.speaker), row.text) for row in rows]
    found = [
        Unread(
            row.id,
            Utterance(
                text=row.text,
                speaker=speaker_of(row.speaker),
                channel=row.channel,
                lang=row.lang if row.lang in ("en", "zh") else None,
                before=tuple(lines[max(0, at - CONTEXT) : at]),
            ),
        )
        for at, row in enumerate(rows)
        if row.label is None
    ]
    return found[:MOST_UNREAD]


def store_readings(session: Session, readings: Sequence[tuple[int, Reading]], *, detector: str, now: datetime) -> None:
    """Keep what was found in messages, in place of what they had; a message that is gone is passed over."""
    ids = [message_id for message_id, _ in readings]
    known = {
        row.id: (row.conversation_id, row.at)
        for row in session.execute(select(Message.id, Message.conversation_id, Message.at).where(Message.id.in_(ids)))
    }
    session.execute(delete(Signal).where(Signal.message_id.in_(ids)))
    session.execute(delete(Sentiment).where(Sentiment.message_id.in_(ids)))
    for message_id, reading in readings:
        if message_id not in known:
            continue
        conversation_id, at = known[message_id]
        session.add(
            Sentiment(
                message_id=message_id,
                conversation_id=conversation_id,
                label=reading.sentiment.label,
                score=reading.sentiment.score,
                detector=detector,
                found_at=now,
            )
        )
        session.add_all(
            Signal(
                message_id=message_id,
                conversation_id=conversation_id,
                kind=found.kind,
                quote=found.quote,
                start=found.start,
                end=found.end,
                confidence=found.confidence,
                method=found.method,
                at=at,
                found_at=now,
            )
            for found in {(one.kind, one.start, one.end): one for one in reading.signals}.values()
        )
    session.flush()


def list_signals(  # noqa: PLR0913 (the filters of the list)
    engine: Engine,
    identity: Identity,
    *,
    conversation: str | None = None,
    account: str | None = None,
    since: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[SignalRow]:
    """The asker's signals, the latest first; one more than `limit` if there are more.

    `conversation` is an external id, `account` a name or an external id; `after` is the last row of the page before.
    """
    with reader(engine, identity) as records:
        signals, messages = records.scope.rows(Signal), records.scope.rows(Message)
        talks, accounts = records.scope.rows(Conversation), records.scope.rows(Account)
        statement = select(
            *(signals.c[name] for name in ("id", "kind", "quote", "confidence", "method", "at")),
            messages.c.speaker,
            accounts.c.name.label("account"),
            talks.c.external_id.label("conversation"),
            messages.c.external_id.label("message"),
        ).select_from(
            signals.join(messages, messages.c.id == signals.c.message_id)
            .join(talks, talks.c.id == signals.c.conversation_id)
            .outerjoin(accounts, accounts.c.id == talks.c.account_id)
        )
        if conversation is not None:
            statement = statement.where(talks.c.external_id == conversation)
        if account is not None:
            statement = statement.where((accounts.c.name == account) | (accounts.c.external_id == account))
        if since is not None:
            statement = statement.where(signals.c.at >= since)
        if after is not None:
            at, last = after
            statement = statement.where((signals.c.at < at) | ((signals.c.at == at) & (signals.c.id < last)))
        statement = statement.order_by(signals.c.at.desc(), signals.c.id.desc()).limit(limit + 1)
        return [SignalRow(**row) for row in records.execute(statement).mappings()]


def speaker_of(name: str) -> Speaker:
    """Who speaks, for those who read what was said: anyone but a customer or somebody unknown is a rep."""
    return "customer" if name == "customer" else "unknown" if name == "unknown" else "rep"
