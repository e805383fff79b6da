"""What happens when a timer of an escalation is due, in the transaction that fires it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.escalations import NobodyToAsk
from db.duties import colleagues
from db.escalations import Actor, happened, hold
from db.ladders import pull, unfired
from db.tables import Escalation, Rung
from tools.escalations.opening import climb, way_of
from tools.escalations.quiet import rest_of
from tools.escalations.telling import Teller

NOBODY = Actor()


def fire_rung(teller: Teller, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Ask the person of a rung, if nobody has stepped in. Whoever is away by now is passed over."""
    found = session.scalar(select(Rung.escalation_id).where(Rung.id == payload["rung"]))
    if found is None:
        return
    row = hold(session, found)
    rung = session.get_one(Rung, payload["rung"], populate_existing=True)
    if rung.fired_at or rung.cancelled_at or row.state != "scheduled":
        return
    known = colleagues(session, [rung.person_id] if rung.person_id else []).get(rung.person_id or 0)
    if known is None or known.away_at(now):
        _pass_over(session, row, rung, now)
        return
    before = {"person_id": row.person_id}
    rung.fired_at, row.person_id = now, rung.person_id
    detail = {"before": before, "after": {"person_id": rung.person_id, "person": known.name}, "rung": rung.number}
    happened(session, row, "asked", detail, by=NOBODY, now=now)
    teller.tell(session, row, "asked", [rung.person_id], key=f"{row.name}:rung:{rung.number}", now=now)


def wake(teller: Teller, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """End a snooze: people are asked again, whoever it was with first."""
    row = hold(session, payload["escalation"])
    until = row.snoozed_until
    if row.state != "snoozed" or until is None or until.isoformat() != payload["until"]:
        return
    row.state, row.snoozed_until = "scheduled", None
    try:
        climb(session, row, way_of(session, row, now), now)
    except NobodyToAsk:
        teller.tell(session, row, "missed", [row.owner_id, row.asked_by], key=f"{row.name}:nobody", now=now)
    happened(session, row, "woken", {"before": {"state": "snoozed"}, "after": {"state": row.state}}, by=NOBODY, now=now)


def miss(teller: Teller, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """The deadline is over: whoever asked and the owner learn that nobody has stepped in."""
    row = hold(session, payload["escalation"])
    if row.state not in ("scheduled", "snoozed") or row.due_at > now:
        return
    happened(session, row, "missed", {"after": {"due_at": row.due_at.isoformat()}}, by=NOBODY, now=now)
    people = [row.owner_id, row.asked_by, row.person_id]
    teller.tell(session, row, "missed", people, key=f"{row.name}:missed:{row.due_at.isoformat()}", now=now)


def _pass_over(session: Session, row: Escalation, rung: Rung, now: datetime) -> None:
    rung.cancelled_at = now
    happened(session, row, "passed_over", {"after": {"person_id": rung.person_id}}, by=NOBODY, now=now)
    later = unfired(session, row.id)
    if later and later[0].person_id:
        # In a firing of its own: whoever is next may be away too.
        pull(session, later[0], rest_of(session, later[0].person_id).waking(now))
