"""Opening an escalation: one a cause and account; a second is merged into it, and that is written down."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.escalations import DeadlinePast, Evidence, Opened, Wanted
from db.duties import colleagues
from db.escalation_views import evidence_of, name_of, stored_evidence
from db.escalations import Actor, Client, client_of, happened, hold_open, new_name
from db.ladders import forget_deadline, put_up, take_down, watch_deadline
from db.tables import Escalation
from tools.escalations.ladder import plan
from tools.escalations.request import ASKED
from tools.escalations.routing import Route, route, takes
from tools.escalations.telling import Teller, shown_in

MOST_EVIDENCE = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose wish an escalation is: who asked, who confirmed it, and through which channel; nobody for a trigger."""

    by: int | None = None
    confirmed_by: int | None = None
    channel: str | None = None

    @property
    def actor(self) -> Actor:
        """Who did it."""
        return Actor(self.confirmed_by or self.by, self.channel)


def open_in(session: Session, wanted: Wanted, asked: Asked, teller: Teller, now: datetime) -> Opened:
    """Open what is wanted, or merge it into the open one, in the caller's transaction.

    DeadlinePast where it is too late for it, NobodyToAsk and NotTheirs as routing finds. Of two at once, one opens and
    the other merges. Call it first in a transaction: on SQLite what was read before may be old.
    """
    if wanted.due_at <= now:
        raise DeadlinePast(at=shown_in(wanted.due_at, wanted.time_zone))
    found = hold_open(session, open_key(wanted))
    if found:
        return _merge(session, found, wanted, asked, teller, now)
    client = client_of(session, wanted.account_id)
    way = route(session, wanted, client, asker=asked.by, now=now)
    return _open(session, wanted, asked, client, way, now)


def open_key(wanted: Wanted) -> str:
    """What there is one open escalation of; where no cause was said, the role wished is the cause."""
    cause = " ".join(wanted.cause.casefold().split())
    return f"{wanted.account_id}:{cause}:{wanted.role}" if cause == ASKED else f"{wanted.account_id}:{cause}"


def ends(escalation: Escalation) -> datetime:
    """By when somebody must have stepped in."""
    times = [escalation.due_at, escalation.appointment_at or escalation.due_at]
    return min(times)


def climb(session: Session, escalation: Escalation, way: Route, now: datetime) -> None:
    """Have people asked from now on, in place of whoever was to be asked still."""
    put_up(session, escalation, plan(session, escalation.role, way, now, ends(escalation)), now)  # type: ignore[arg-type]


def wanted_of(escalation: Escalation, person_id: int | None = None) -> Wanted:
    """What an escalation asks for, to route it again."""
    return Wanted(
        account_id=escalation.account_id,
        role=escalation.role,  # type: ignore[arg-type]
        cause=escalation.cause,
        due_at=escalation.due_at,
        time_zone=escalation.time_zone,
        trigger=escalation.trigger,
        person_id=person_id,
        appointment_at=escalation.appointment_at,
        note=escalation.note,
        evidence=evidence_of(escalation.evidence),
    )


def _open(session: Session, wanted: Wanted, asked: Asked, client: Client, way: Route, now: datetime) -> Opened:
    row = Escalation(
        name=new_name(),
        open_key=open_key(wanted),
        account_id=client.id,
        conversation_id=wanted.conversation_id,
        cause=" ".join(wanted.cause.split()),
        trigger=wanted.trigger,
        note=wanted.note,
        evidence=stored_evidence(wanted.evidence[:MOST_EVIDENCE]),
        role=wanted.role,
        person_id=way.first.id,
        owner_id=client.owner_id,
        asked_by=asked.by,
        confirmed_by=asked.confirmed_by,
        appointment_at=wanted.appointment_at,
        due_at=wanted.due_at,
        time_zone=wanted.time_zone,
        state="scheduled",
        created_at=now,
    )
    session.add(row)
    session.flush()
    climb(session, row, way, now)
    watch_deadline(session, row)
    after = {"account": client.name, "person": way.first.name, "role": row.role, "due_at": row.due_at.isoformat()}
    happened(session, row, "opened", {"before": None, "after": after, "why": row.cause}, by=asked.actor, now=now)
    return Opened(row.name, merged=False)


def _merge(session: Session, row: Escalation, wanted: Wanted, asked: Asked, teller: Teller, now: datetime) -> Opened:
    before = {"due_at": row.due_at.isoformat(), "evidence": len(row.evidence)}
    sooner, due_at = wanted.due_at < row.due_at, row.due_at
    row.evidence = _together(row, wanted.evidence)
    row.note = row.note or wanted.note
    row.appointment_at = row.appointment_at or wanted.appointment_at
    row.conversation_id = row.conversation_id or wanted.conversation_id
    row.due_at = min(row.due_at, wanted.due_at)
    if sooner:
        forget_deadline(session, row, due_at)
        _bring_forward(session, row, now)
    after = {"due_at": row.due_at.isoformat(), "evidence": len(row.evidence)}
    detail: dict[str, Any] = {"before": before, "after": after, "why": wanted.trigger, "wish": _mark(wanted)}
    if wanted.person_id is not None:
        detail["named"] = name_of(session, wanted.person_id)
    key = happened(session, row, "merged", detail, by=asked.actor, now=now)
    if sooner:
        teller.tell(session, row, "sooner", [row.person_id], key=key, by=asked.actor.person_id, now=now)
    return Opened(row.name, merged=True)


def _bring_forward(session: Session, row: Escalation, now: datetime) -> None:
    """Who was to be asked later is asked in time for the new deadline."""
    watch_deadline(session, row)
    if row.state == "snoozed" and row.snoozed_until and row.snoozed_until >= row.due_at:
        take_down(session, row, now)
        row.state, row.snoozed_until = "scheduled", None
    if row.state == "scheduled":
        climb(session, row, way_of(session, row, now), now)


def way_of(session: Session, row: Escalation, now: datetime) -> Route:
    """The way an escalation goes from the person asked now; from whoever else there is if they are gone."""
    known = colleagues(session, [row.person_id] if row.person_id else []).get(row.person_id or 0)
    can = known is not None and not known.away_at(now) and takes(session, known.id, row.role)  # type: ignore[arg-type]
    there = row.person_id if can else None
    return route(session, wanted_of(row, there), client_of(session, row.account_id), asker=None, now=now)


def _together(row: Escalation, more: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    known: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for one in (*row.evidence, *stored_evidence(more)):
        known.setdefault((one["message_id"], one["kind"], one["quote"]), one)
    return [dict(one) for one in known.values()][:MOST_EVIDENCE]


def _mark(wanted: Wanted) -> str:
    plain = json.dumps([wanted.trigger, wanted.due_at.isoformat(), stored_evidence(wanted.evidence)])
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
