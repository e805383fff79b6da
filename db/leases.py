"""Who is alive to do durable work: a row a process, renewed while it lives."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.clock import Clock
from db.tables import Lease
from db.upsert import add_once

REAL = Clock()
"""Signs of life are given in real time, even where the company's clock stands still."""


def take_lease(session: Session, executor_id: str, queues: str) -> None:
    """Say that `executor_id` lives and works on `queues`."""
    now = _now(session)
    session.merge(Lease(executor_id=executor_id, queues=queues, started_at=now, heard_at=now))


def renew_lease(session: Session, executor_id: str, queues: str) -> None:
    """Say that `executor_id` still lives; a lease that others ended is taken anew."""
    renewed = session.execute(
        update(Lease).where(Lease.executor_id == executor_id).values(heard_at=_now(session)).returning(Lease.heard_at)
    )
    if renewed.first() is None:
        take_lease(session, executor_id, queues)


def end_lease(session: Session, executor_id: str) -> None:
    """Say that `executor_id` is no more."""
    session.execute(delete(Lease).where(Lease.executor_id == executor_id))


def end_silent(session: Session, seconds: float) -> list[str]:
    """End the leases that were not renewed for `seconds`; whose they were."""
    since = _now(session) - timedelta(seconds=seconds)
    return list(session.scalars(delete(Lease).where(Lease.heard_at < since).returning(Lease.executor_id)))


def living(session: Session) -> set[str]:
    """The processes that have a lease."""
    return set(session.scalars(select(Lease.executor_id)))


def hold_lease(session: Session, name: str, holder: str, seconds: float) -> bool:
    """Have `holder` be the only one who does what `name` names; False while another does, heard of in `seconds`."""
    now = _now(session)
    new = {"executor_id": name, "queues": holder, "started_at": now, "heard_at": now}
    if add_once(session, Lease, ("executor_id",), new):
        return True
    free = (Lease.queues == holder) | (Lease.heard_at < now - timedelta(seconds=seconds))
    taken = update(Lease).where(Lease.executor_id == name, free).values(queues=holder, heard_at=now)
    return session.execute(taken.returning(Lease.heard_at)).first() is not None


def let_go(session: Session, name: str, holder: str) -> None:
    """Have anybody else do what `name` names."""
    session.execute(delete(Lease).where(Lease.executor_id == name, Lease.queues == holder))


def _now(session: Session) -> datetime:
    """One clock for all processes: the server's, or that of the only machine."""
    if session.get_bind().dialect.name == "sqlite":
        return REAL.now()
    found = session.scalar(select(func.clock_timestamp()))
    assert isinstance(found, datetime)
    return found
