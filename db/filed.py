"""What became of things that were brought in at the desk: where they went, how far the work is, what was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.identity import Identity
from db.engine import reader
from db.tables import Account, Call, Conversation, Message, Signal

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Filed:
    """One conversation that came in, and whose it is; without an account it waits."""

    id: int
    account_id: int | None
    account: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class CallState:
    """How far the work on a recording is; `error` is {"code", "params"} of what it failed with."""

    status: str
    progress: float
    error: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing said, and the signals in it as (kind, quote)."""

    at: datetime
    speaker: str
    author: str | None
    text: str
    signals: tuple[tuple[str, str], ...]


def whereabouts(session: Session, conversations: Iterable[int]) -> list[Filed]:
    """Whose these conversations are."""
    wanted = sorted(set(conversations))
    statement = select(Conversation.id, Conversation.account_id, Account.name, Conversation.title)
    statement = statement.outerjoin(Account, Account.id == Conversation.account_id).order_by(Conversation.id)
    return [
        Filed(row[0], row[1], row[2], row[3])
        for start in range(0, len(wanted), CHUNK)
        for row in session.execute(statement.where(Conversation.id.in_(wanted[start : start + CHUNK])))
    ]


def call_state(session: Session, call_id: str) -> CallState:
    """How far the work on a recording is."""
    statement = select(Call.status, Call.progress, Call.error).where(Call.content_hash == call_id)
    row = session.execute(statement).one()
    return CallState(row.status, row.progress, row.error)


def spoken(engine: Engine, identity: Identity, conversations: Sequence[int], *, limit: int) -> list[Spoken]:
    """The last things said in these conversations, as far as the asker may see them, in order."""
    with reader(engine, identity) as records:
        messages, signals = records.scope.rows(Message), records.scope.rows(Signal)
        at = messages.c
        said = records.execute(
            select(at.id, at.at, at.speaker, at.author, at.text)
            .where(at.conversation_id.in_(list(conversations)[:CHUNK]))
            .order_by(at.at.desc(), at.id.desc())
            .limit(limit)
        ).all()
        ids = [row.id for row in said]
        found = records.execute(
            select(signals.c.message_id, signals.c.kind, signals.c.quote)
            .where(signals.c.message_id.in_(ids))
            .order_by(signals.c.message_id, signals.c.start)
        )
        carried: dict[int, list[tuple[str, str]]] = {}
        for row in found:
            carried.setdefault(row.message_id, []).append((row.kind, row.quote))
    return [Spoken(row.at, row.speaker, row.author, row.text, tuple(carried.get(row.id, ()))) for row in reversed(said)]
