"""A person's own threads with the assistant, and their thumbs: read in their scope, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, FromClause, func, select

from core.errors import NotFound
from core.identity import Identity
from db.engine import Reader, reader, system_session
from db.tables import Conversation, Feedback, Message


@dataclass(frozen=True)
class ThreadRow:
    """One thread, by when it was last spoken in."""

    id: int
    thread_id: str
    title: str
    last_at: datetime


@dataclass(frozen=True)
class Said:
    """One thing said in a thread; an assistant's `reply` is its whole value."""

    speaker: str
    text: str
    at: datetime
    reply: dict[str, Any] | None
    thumb: str | None = None


def list_threads(
    engine: Engine, identity: Identity, *, after: tuple[datetime, int] | None = None, limit: int = 30
) -> list[ThreadRow]:
    """The asker's threads, the latest first; one more than `limit` if there are more."""
    with reader(engine, identity) as records:
        threads, messages = _own_threads(records), records.scope.rows(Message)
        last_at = func.max(messages.c.at).label("last_at")
        statement = (
            select(threads.c.id, threads.c.external_id, threads.c.title, last_at)
            .select_from(threads.join(messages, messages.c.conversation_id == threads.c.id))
            .where(threads.c.kind == "assistant")
            .group_by(threads.c.id, threads.c.external_id, threads.c.title)
        )
        if after is not None:
            at, row_id = after
            statement = statement.having(
                (func.max(messages.c.at) < at) | ((func.max(messages.c.at) == at) & (threads.c.id < row_id))
            )
        statement = statement.order_by(last_at.desc(), threads.c.id.desc()).limit(limit + 1)
        rows = records.execute(statement).all()
    return [ThreadRow(row.id, row.external_id, row.title or "", row.last_at) for row in rows]


def read_thread(engine: Engine, identity: Identity, thread_id: str) -> list[Said]:
    """Everything said in one of the asker's threads, in order; NotFound if it is not theirs."""
    with reader(engine, identity) as records:
        threads, messages = _own_threads(records), records.scope.rows(Message)
        statement = (
            select(messages.c.speaker, messages.c.text, messages.c.at, messages.c.reply)
            .select_from(threads.join(messages, messages.c.conversation_id == threads.c.id))
            .where(threads.c.kind == "assistant", threads.c.external_id == thread_id)
            .order_by(messages.c.at, messages.c.id)
        )
        said = [Said(row.speaker, row.text, row.at, row.reply) for row in records.execute(statement)]
        turns = [row.reply["turn_id"] for row in said if row.reply]
        thumbs = _thumbs(records, turns)
    if not said:
        raise NotFound()
    return [
        Said(row.speaker, row.text, row.at, row.reply, thumbs.get(row.reply["turn_id"]) if row.reply else None)
        for row in said
    ]


def read_reply(engine: Engine, identity: Identity, turn_id: str) -> dict[str, Any]:
    """The reply of one of the asker's own turns; NotFound if it is not theirs."""
    with reader(engine, identity) as records:
        threads, messages = _own_threads(records), records.scope.rows(Message)
        statement = (
            select(messages.c.reply)
            .select_from(threads.join(messages, messages.c.conversation_id == threads.c.id))
            .where(threads.c.kind == "assistant", messages.c.external_id == turn_id, messages.c.speaker == "assistant")
        )
        reply = records.execute(statement).scalar_one_or_none()
    if not isinstance(reply, dict):
        raise NotFound()
    return reply


def save_thumb(
    engine: Engine, identity: Identity, *, turn_id: str, thumb: str, text: str | None, now: datetime
) -> None:
    """Keep the asker's thumb on a turn of theirs; it replaces the one before."""
    read_reply(engine, identity, turn_id)
    with system_session(engine) as session:
        mine = select(Feedback).where(Feedback.turn_id == turn_id, Feedback.person_id == identity.person_id)
        row = session.scalar(mine) or Feedback(turn_id=turn_id, person_id=identity.person_id)
        row.thumb, row.text, row.at = thumb, text, now
        session.add(row)


def _own_threads(records: Reader) -> FromClause:
    return records.scope.rows(Conversation)


def _thumbs(records: Reader, turns: list[str]) -> dict[str, str]:
    mine = Feedback.person_id == records.scope.identity.person_id
    statement = select(Feedback.turn_id, Feedback.thumb).where(Feedback.turn_id.in_(turns), mine)
    return {row.turn_id: row.thumb for row in records.execute(statement)}
