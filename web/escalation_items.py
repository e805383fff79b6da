"""Escalations as the HTTP API shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import Engine

from core.escalations import OPEN, EscalationView, Evidence, Outcome, Role, State
from core.identity import Identity
from core.identity import Role as Rank
from db.evidence import SaidAt, said_at

HEADS = (Rank.MANAGER, Rank.DIRECTOR)


class EvidenceItem(BaseModel):
    """What the customer said; `message` and `conversation` as they came in, null where the asker may not read it."""

    quote: str
    kind: str | None
    message: str | None
    conversation: str | None
    at: datetime | None


class StepItem(BaseModel):
    """Who is asked when; `fired` once that has happened."""

    number: int
    person: str | None
    due: datetime
    fired: datetime | None
    cancelled: bool


class HappenedItem(BaseModel):
    """One entry of the history."""

    at: datetime
    action: str
    actor: str | None
    channel: str | None
    detail: dict[str, Any]


class ProposedItem(BaseModel):
    """What waits for a word: `escalate` opens one, the other verbs change `escalation`."""

    verb: str
    escalation: str | None
    merges: bool


class EscalationItem(BaseModel):
    """An escalation, or with `proposed` one that takes effect once it is confirmed.

    `asks_me`: the asker is asked. `may_accept`: they were, or lead others, so that they may step in.
    """

    id: str
    account_id: int
    account: str
    conversation: str | None
    role: Role
    person: str | None
    person_id: int | None
    asks_me: bool
    may_accept: bool
    owner: str | None
    cause: str
    trigger: str
    note: str | None
    evidence: list[EvidenceItem]
    appointment: datetime | None
    due: datetime
    time_zone: str
    state: State
    snoozed_until: datetime | None
    asked_by: str | None
    confirmed_by: str | None
    outcome: Outcome | None
    outcome_note: str | None
    created_at: datetime
    ladder: list[StepItem]
    proposed: ProposedItem | None


class EscalationDetail(EscalationItem):
    """One escalation with all that happened to it."""

    history: list[HappenedItem]


class PrecisionItem(BaseModel):
    """How often a trigger was right, of those resolved with an outcome; `share` of them that were useful."""

    trigger: str
    fired: int
    useful: int
    not_useful: int
    share: float | None
    mostly_wrong: bool


Shown = TypeVar("Shown", bound=EscalationItem)


def items_of(engine: Engine, asker: Identity, views: Sequence[EscalationView], kind: type[Shown]) -> list[Shown]:
    """The views as items; what was said leads to where it was said only if the asker may read it there."""
    ids = {one.message_id for view in views for one in view.evidence if one.message_id is not None}
    places = said_at(engine, asker, ids)
    return [kind(**_plain(view, asker, places)) for view in views]


def _plain(view: EscalationView, asker: Identity, places: dict[int, SaidAt]) -> dict[str, Any]:
    return {
        "id": view.id,
        "account_id": view.account_id,
        "account": view.account,
        "conversation": view.conversation,
        "role": view.role,
        "person": view.person,
        "person_id": view.person_id,
        "asks_me": view.person_id == asker.person_id,
        "may_accept": _may_accept(view, asker),
        "owner": view.owner,
        "cause": view.cause,
        "trigger": view.trigger,
        "note": view.note,
        "evidence": [_evidence(one, places) for one in view.evidence],
        "appointment": view.appointment_at,
        "due": view.due_at,
        "time_zone": view.time_zone,
        "state": view.state,
        "snoozed_until": view.snoozed_until,
        "asked_by": view.asked_by,
        "confirmed_by": view.confirmed_by,
        "outcome": view.outcome,
        "outcome_note": view.outcome_note,
        "created_at": view.created_at,
        "ladder": [
            StepItem(number=one.number, person=one.person, due=one.due_at, fired=one.fired_at, cancelled=one.cancelled)
            for one in view.ladder
        ],
        "proposed": _proposed(view),
        "history": [HappenedItem.model_validate(one, from_attributes=True) for one in view.history],
    }


def _may_accept(view: EscalationView, asker: Identity) -> bool:
    asked = view.person_id == asker.person_id or any(one.fired_at and one.person == asker.name for one in view.ladder)
    return view.state in OPEN and (asked or asker.role in HEADS)


def _evidence(told: Evidence, places: dict[int, SaidAt]) -> EvidenceItem:
    said = places.get(told.message_id) if told.message_id is not None else None
    return EvidenceItem(
        quote=told.quote,
        kind=told.kind,
        message=said.message if said else None,
        conversation=said.conversation if said else None,
        at=told.at,
    )


def _proposed(view: EscalationView) -> ProposedItem | None:
    if view.state != "proposed" or not view.history:
        return None
    said = view.history[0].detail
    return ProposedItem(
        verb=str(said.get("verb", "escalate")), escalation=said.get("escalation"), merges=bool(said.get("merges"))
    )
