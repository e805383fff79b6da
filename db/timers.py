"""Things to do at a moment, once, however many processes look: rows, so that nothing is lost with a process."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.tables import Timer


@dataclass(frozen=True, slots=True)
class Taken:
    """A timer that this transaction alone fires."""

    id: int
    key: str
    kind: str
    payload: Mapping[str, Any]
    due_at: datetime


def set_timer(session: Session, key: str, kind: str, payload: Mapping[str, Any], due_at: datetime) -> None:
    """Have `kind` happen once at `due_at`; one of that key which has not fired is moved, one that has stays so."""
    table = Timer.__table__
    assert isinstance(table, Table)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(table).values(key=key, kind=kind, payload=dict(payload), due_at=due_at, attempts=0)
    moved = {"kind": kind, "payload": made.excluded.payload, "due_at": made.excluded.due_at, "attempts": 0}
    session.execute(made.on_conflict_do_update(index_elements=["key"], set_=moved, where=table.c.fired_at.is_(None)))


def cancel_timers(session: Session, keys: Collection[str]) -> int:
    """Have those not happen that have not begun to; how many. One that fires at this moment finds nothing to do."""
    # Waiting for whoever fires it, while they wait for the row that the caller holds, would be a deadlock.
    unfired = select(Timer.id).where(Timer.key.in_(keys), Timer.fired_at.is_(None)).with_for_update(skip_locked=True)
    return len(session.scalars(delete(Timer).where(Timer.id.in_(unfired)).returning(Timer.id)).all())


def due_timers(session: Session, kinds: Collection[str], now: datetime, most: int) -> Sequence[int]:
    """The ids of what is due, the longest due first."""
    due = select(Timer.id).where(Timer.fired_at.is_(None), Timer.due_at <= now, Timer.kind.in_(kinds))
    return session.scalars(due.order_by(Timer.due_at, Timer.id).limit(most)).all()


def take_timer(session: Session, timer_id: int, now: datetime) -> Taken | None:
    """Fire it in this transaction; None if another has, does, or moved it."""
    free = select(Timer.id).where(Timer.id == timer_id, Timer.fired_at.is_(None), Timer.due_at <= now)
    if session.scalar(free) is None:
        # Looking is cheap; on SQLite the update would wait for every other writer, only to find nothing.
        return None
    mine = update(Timer).where(Timer.id.in_(free.with_for_update(skip_locked=True))).values(fired_at=now)
    columns = Timer.id, Timer.key, Timer.kind, Timer.payload, Timer.due_at
    row = session.execute(mine.returning(*columns)).first()
    return None if row is None else Taken(*row)


def put_off(session: Session, timer_id: int, until: datetime) -> None:
    """Try one that failed again at `until`."""
    failed = update(Timer).where(Timer.id == timer_id, Timer.fired_at.is_(None))
    session.execute(failed.values(due_at=until, attempts=Timer.attempts + 1))


def attempts_of(session: Session, timer_id: int) -> int:
    """How often it failed."""
    return session.scalar(select(Timer.attempts).where(Timer.id == timer_id)) or 0
