"""The rows behind an escalation that waits for somebody: its rungs, each with a timer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.tables import Escalation, Rung
from db.timers import cancel_timers, set_timer

RUNG, WAKE, DEADLINE = "rung", "wake", "deadline"


@dataclass(frozen=True, slots=True)
class Step:
    """Who is to be asked, and when."""

    person_id: int
    due_at: datetime


def put_up(session: Session, escalation: Escalation, steps: Sequence[Step], now: datetime) -> None:
    """Have these people asked, in place of whoever was to be asked still."""
    take_down(session, escalation, now)
    last = session.scalar(select(func.max(Rung.number)).where(Rung.escalation_id == escalation.id)) or 0
    for number, step in enumerate(steps, start=last + 1):
        rung = Rung(escalation_id=escalation.id, number=number, person_id=step.person_id, due_at=step.due_at)
        session.add(rung)
        session.flush()
        set_timer(session, _key(rung), RUNG, {"rung": rung.id}, step.due_at)


def take_down(session: Session, escalation: Escalation, now: datetime) -> None:
    """Nobody is asked any more, and it does not come back by itself."""
    waiting = unfired(session, escalation.id)
    for rung in waiting:
        rung.cancelled_at = now
    session.flush()
    keys = [_key(rung) for rung in waiting]
    if escalation.snoozed_until:
        keys.append(wake_key(escalation.name, escalation.snoozed_until))
    cancel_timers(session, keys)


def watch_deadline(session: Session, escalation: Escalation) -> None:
    """Have it looked at when its time is over."""
    payload = {"escalation": escalation.id}
    set_timer(session, _deadline_key(escalation, escalation.due_at), DEADLINE, payload, escalation.due_at)


def forget_deadline(session: Session, escalation: Escalation, due_at: datetime) -> None:
    """Nobody need look at that moment any more."""
    cancel_timers(session, [_deadline_key(escalation, due_at)])


def wake_at(session: Session, escalation: Escalation, until: datetime) -> None:
    """Have it asked again at `until`."""
    payload = {"escalation": escalation.id, "until": until.isoformat()}
    set_timer(session, wake_key(escalation.name, until), WAKE, payload, until)


def wake_key(name: str, until: datetime) -> str:
    """The key of the timer that ends a snooze."""
    return f"{WAKE}:{name}:{until.isoformat()}"


def unfired(session: Session, escalation_id: int) -> list[Rung]:
    """Those still to be climbed, in order."""
    mine = Rung.escalation_id == escalation_id, Rung.fired_at.is_(None), Rung.cancelled_at.is_(None)
    return list(session.scalars(select(Rung).where(*mine).order_by(Rung.number)))


def pull(session: Session, rung: Rung, at: datetime) -> None:
    """Have a rung fire at `at` if that is sooner."""
    if at >= rung.due_at:
        return
    # A key of its own: whoever fires the timer there is holds it, and waits for the escalation that the caller holds.
    cancel_timers(session, [_key(rung)])
    rung.due_at = at
    session.flush()
    set_timer(session, f"{_key(rung)}:{at.isoformat()}", RUNG, {"rung": rung.id}, at)


def asked_already(session: Session, escalation_id: int) -> set[int]:
    """Who was asked so far."""
    mine = Rung.escalation_id == escalation_id, Rung.fired_at.is_not(None)
    return {one for one in session.scalars(select(Rung.person_id).where(*mine)) if one}


def _key(rung: Rung) -> str:
    return f"{RUNG}:{rung.id}"


def _deadline_key(escalation: Escalation, due_at: datetime) -> str:
    return f"{DEADLINE}:{escalation.name}:{due_at.isoformat()}"
