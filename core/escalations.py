"""Values of escalations: who asks for what, who is asked, and how it went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.errors import UserError

Role = Literal["sales_manager", "technical_consultant"]
State = Literal["proposed", "scheduled", "accepted", "snoozed", "resolved", "cancelled", "declined", "expired"]
Outcome = Literal["useful", "not_useful"]
ROLES: tuple[Role, ...] = ("sales_manager", "technical_consultant")
OPEN: tuple[State, ...] = ("scheduled", "accepted", "snoozed")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a customer said that makes it necessary; `message_id` is the database's."""

    quote: str
    kind: str | None = None
    message_id: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """An escalation as it is asked for. `person_id` is only set where a person was named; `appointment_at` where

    something is to happen at a time (a call at 3), which is then no later than `due_at`.
    """

    account_id: int
    role: Role
    cause: str
    due_at: datetime
    time_zone: str
    trigger: str = "asked"
    person_id: int | None = None
    appointment_at: datetime | None = None
    conversation_id: int | None = None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of an escalation's history."""

    at: datetime
    action: str
    actor: str | None
    channel: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Who is asked when; `fired_at` is when that happened."""

    number: int
    person: str | None
    due_at: datetime
    fired_at: datetime | None
    cancelled: bool


@dataclass(frozen=True, slots=True)
class EscalationView:
    """An escalation, or a proposal of one, as its reader sees it; people and account by name."""

    id: str
    account_id: int
    account: str
    conversation: str | None
    role: Role
    person: str | None
    person_id: int | None
    owner: str | None
    cause: str
    trigger: str
    note: str | None
    evidence: tuple[Evidence, ...]
    appointment_at: datetime | None
    due_at: datetime
    time_zone: str
    state: State
    snoozed_until: datetime | None
    asked_by: str | None
    confirmed_by: str | None
    outcome: Outcome | None
    outcome_note: str | None
    created_at: datetime
    ladder: tuple[LadderStep, ...] = ()
    history: tuple[Happened, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What asking for an escalation came to; `merged` when one was open for that cause and account already."""

    id: str
    merged: bool


@dataclass(frozen=True, slots=True)
class Precision:
    """How often a trigger was right, of those resolved with an outcome. `mostly_wrong` where it is enough to say so."""

    trigger: str
    fired: int
    useful: int
    not_useful: int
    mostly_wrong: bool

    @property
    def share(self) -> float | None:
        """Useful ÷ (useful + not useful), or None."""
        told = self.useful + self.not_useful
        return self.useful / told if told else None


class NobodyToAsk(UserError):
    """Nobody who takes this role is there to be asked."""

    code = "nobody_to_ask"
    http_status = 409


class TooLateFor(UserError):
    """The escalation is in a state in which this can't be done any more."""

    code = "escalation_over"
    http_status = 409


class TakenAlready(TooLateFor):
    """Somebody else stepped in first; `person` says who."""

    code = "escalation_taken"


class NotTheirs(UserError):
    """Whoever was named, or wants to step in, does not take this role; `choices` says who does."""

    code = "not_their_role"
    http_status = 409


class DeadlinePast(UserError):
    """The moment that was asked for is over."""

    code = "deadline_past"
