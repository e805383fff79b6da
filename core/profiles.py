"""An account's profile as people and programs read it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.reply import Receipt, Source

StageName = Literal["early", "evaluating", "negotiating", "committed", "at_risk"]
FactName = Literal["stage", "needs", "preferences", "budget", "decision_people", "competitors", "renewal_date"]
"""What can be known of an account, and corrected by a person."""


class View(BaseModel):
    """Frozen, with no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FactSource(View):
    """Where a fact was said; external ids. `person` is who set it, where a person did."""

    conversation: str | None = None
    message: str | None = None
    quote: str | None = None
    author: str | None = None
    channel: str | None = None
    at: str | None = None
    second: float | None = None
    person: str | None = None


class FactView(View):
    """One fact. Moments are ISO, in UTC; `valid_to` is null while it holds; `against` are values that contradict it."""

    id: int
    name: str
    label: str
    value: str
    shown: str
    valid_from: str
    valid_to: str | None
    confidence: float
    origin: Literal["said", "person"]
    pinned: bool
    times: int
    against: tuple[str, ...] = ()
    source: FactSource


class Setting(View):
    """A person's word on a fact: `value` null takes it back; `pinned` keeps it whatever is said later.

    `instead_of` is the value that this one replaces, of a fact that may have several.
    """

    name: FactName
    value: str | None
    pinned: bool = True
    instead_of: str | None = None


class ReasonView(View):
    """Why a score is as it is, in words; `points` is what that added."""

    text: str
    points: int
    quote: str | None = None
    conversation: str | None = None
    message: str | None = None


class Reasons(View):
    """The reasons of each score."""

    stage: tuple[ReasonView, ...]
    health: tuple[ReasonView, ...]
    value: tuple[ReasonView, ...]


class Point(View):
    """Stage and health as they were on a day, by what was known then."""

    at: str
    stage: StageName
    health: int


class ContactView(View):
    """A person at the customer."""

    name: str
    title: str | None


class Profile(View):
    """What we believe of an account from what the asker may see. `health` and `value` run from 0 to 100."""

    account: str
    account_id: int
    sector: str | None
    owner: str | None
    stage: StageName
    stage_label: str
    health: int
    value: int
    facts: tuple[FactView, ...]
    reasons: Reasons
    history: tuple[Point, ...]
    contacts: tuple[ContactView, ...]
    receipts: tuple[Receipt, ...] = ()


class Section(View):
    """A part of a brief: a heading and its lines."""

    name: str
    title: str
    lines: tuple[str, ...]


class Brief(View):
    """One screen for a visit, in the reader's language; `text` is all of it in plain lines."""

    account: str
    account_id: int
    text: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    receipts: tuple[Receipt, ...]
