"""What was proposed and takes effect on the asker's word: a new escalation, or a change of one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Bug
from core.escalations import DeadlinePast, EscalationView, Happened, Wanted
from db.duties import colleagues
from db.escalation_views import evidence_of, moment, name_of, proposal_state, proposal_view, stored_evidence, view_of
from db.escalations import Actor, client_of, hold, open_one, row_of
from db.proposals import CONFIRMED, DECLINED, EXPIRED, WAITING, settle
from db.tables import Escalation, Proposal
from tools.escalations.acting import Act
from tools.escalations.opening import Asked, open_in, open_key
from tools.escalations.routing import route
from tools.escalations.telling import Teller, shown_in

ESCALATE = "escalate"
CHANGES = ("accept", "snooze", "handover", "resolve", "cancel")
STATES = {
    "accept": "accepted",
    "snooze": "snoozed",
    "handover": "scheduled",
    "resolve": "resolved",
    "cancel": "cancelled",
}


class UnknownChange(Bug):
    """Nothing of that name can be done to an escalation."""

    code = "unknown_change"


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word on a proposal."""

    person_id: int
    confirmed: bool
    channel: str


def payload_of(session: Session, wanted: Wanted, asker: int, now: datetime) -> dict[str, Any]:
    """All that takes effect, and whom it would be, as JSON values. The errors of opening it."""
    if wanted.due_at <= now:
        raise DeadlinePast(at=shown_in(wanted.due_at, wanted.time_zone))
    client = client_of(session, wanted.account_id)
    known = open_one(session, open_key(wanted))
    person = known.person_id if known else route(session, wanted, client, asker=asker, now=now).first.id
    plain = asdict(wanted) | {
        "due_at": wanted.due_at.isoformat(),
        "appointment_at": wanted.appointment_at.isoformat() if wanted.appointment_at else None,
        "evidence": stored_evidence(wanted.evidence),
        "person_id": person,
        "owner_id": client.owner_id,
    }
    return {"wanted": plain, "named": wanted.person_id, "merges": known is not None}


def details_of(verb: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """What a change needs, as JSON values."""
    if verb not in CHANGES:
        raise UnknownChange(verb=verb)
    until = details.get("until")
    return {
        "until": until.isoformat() if isinstance(until, datetime) else until,
        "person_id": details.get("person_id"),
        "outcome": details.get("outcome"),
        "note": details.get("note"),
    }


def trial(act: Act, verb: str, payload: Mapping[str, Any]) -> None:
    """The errors of doing it, without doing it."""
    nested = act.session.begin_nested()
    try:
        change(act, verb, payload)
    finally:
        nested.rollback()


def change(act: Act, verb: str, payload: Mapping[str, Any]) -> None:
    """Do what was proposed."""
    if verb == "accept":
        act.accept()
    elif verb == "snooze":
        until = moment(payload["until"])
        assert until
        act.snooze(until)
    elif verb == "handover":
        act.hand_over(payload["person_id"], payload["note"])
    elif verb == "resolve":
        act.resolve(payload["outcome"] or "useful", payload["note"])
    else:
        act.cancel()


def shown(session: Session, row: Proposal, now: datetime) -> EscalationView:
    """A proposal as the asker sees it: of a change, the escalation as it would be."""
    if row.kind == ESCALATE:
        if row.escalation_id and row.state == CONFIRMED:
            return view_of(session, session.get_one(Escalation, row.escalation_id))
        return proposal_view(session, row, now)
    assert row.escalation_id
    view = view_of(session, session.get_one(Escalation, row.escalation_id))
    if row.state == CONFIRMED:
        return view
    details = row.payload
    said = {"verb": row.kind, "escalation": view.id, "state": STATES[row.kind]}
    said |= {name: value for name, value in details.items() if value is not None}
    person = details["person_id"] or view.person_id
    if row.kind == "accept":
        person = row.person_id
    return replace(
        view,
        id=row.name,
        state=proposal_state(row, now),
        person_id=person,
        person=name_of(session, person),
        snoozed_until=moment(details["until"]),
        outcome=details["outcome"],
        outcome_note=details["note"],
        asked_by=name_of(session, row.person_id),
        confirmed_by=None,
        history=(Happened(row.created_at, "proposed", name_of(session, row.person_id), None, said),),
    )


def decide(session: Session, row: Proposal, word: Word, teller: Teller, now: datetime) -> None:
    """Do what was proposed, or don't; a second word changes nothing."""
    if row.state != WAITING:
        return
    if row.expires_at <= now:
        settle(row, EXPIRED, word.person_id, now)
    elif not word.confirmed:
        settle(row, DECLINED, word.person_id, now)
    elif row.kind == ESCALATE:
        _open(session, row, word, teller, now)
    else:
        assert row.escalation_id
        held = hold(session, row.escalation_id)
        settle(row, CONFIRMED, word.person_id, now)
        change(Act(session, held, Actor(word.person_id, word.channel), teller, now), row.kind, row.payload)


def _open(session: Session, row: Proposal, word: Word, teller: Teller, now: datetime) -> None:
    wanted = _still(session, _wanted(row.payload), row.payload["named"], now)
    opened = open_in(session, wanted, Asked(row.person_id, word.person_id, word.channel), teller, now)
    settle(row, CONFIRMED, word.person_id, now, row_of(session, opened.id))


def _still(session: Session, wanted: Wanted, named: int | None, now: datetime) -> Wanted:
    """Whoever was shown is asked, unless nobody named them and they can't be asked any more."""
    shown_one = colleagues(session, [wanted.person_id] if wanted.person_id else []).get(wanted.person_id or 0)
    gone = shown_one is None or shown_one.away_at(now)
    return replace(wanted, person_id=None) if named is None and gone else wanted


def _wanted(payload: Mapping[str, Any]) -> Wanted:
    plain = {name: value for name, value in payload["wanted"].items() if name != "owner_id"}
    due_at = moment(plain.pop("due_at"))
    assert due_at
    at, evidence = moment(plain.pop("appointment_at")), evidence_of(plain.pop("evidence"))
    return Wanted(**plain, due_at=due_at, appointment_at=at, evidence=evidence)
