"""Signals that people describe: make one, try it on what was said, switch it on."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.trackers import Described
from db.trackers import TrackerRow, change_tracker, get_tracker, list_trackers, make_tracker, read_lines
from web.asker import Asker
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/trackers", tags=["trackers"], responses=RESPONSES)

Name = Annotated[str, Field(min_length=2, max_length=60, pattern=r"\S.*\S")]
Text = Annotated[str, Field(min_length=2, max_length=1000, pattern=r"\S")]
Texts = Annotated[list[Text], Field(max_length=50)]


class TrackerIn(BaseModel):
    """A new signal: sentences that carry it, sentences that only look like it, phrases that are sure to."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: str = Field("", max_length=2000)
    examples: Annotated[list[Text], Field(min_length=1, max_length=50)]
    counterexamples: Texts = []
    phrases: Texts = []


class TrackerChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    description: str | None = Field(None, max_length=2000)
    examples: Annotated[list[Text], Field(min_length=1, max_length=50)] | None = None
    counterexamples: Texts | None = None
    phrases: Texts | None = None
    on: bool | None = None


class TrackerItem(BaseModel):
    """A described signal; while it is `on`, what it finds is kept like any other signal, under its name."""

    id: int
    name: str
    description: str
    examples: list[str]
    counterexamples: list[str]
    phrases: list[str]
    on: bool
    person: str
    updated_at: datetime


class Items(BaseModel):
    """Every tracker, by name."""

    items: list[TrackerItem]


class Trial(BaseModel):
    """Which lines to try it on: the latest, since a moment if one is given."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime | None = None
    lines: int = Field(500, ge=1, le=2000)


class HitItem(BaseModel):
    """A line in which it was found."""

    quote: str
    confidence: float
    text: str
    at: datetime
    account: str | None
    conversation: str
    message: str


class Tried(BaseModel):
    """What it found in how many lines that the asker may see."""

    read: int
    hits: list[HitItem]


@router.get("")
def trackers(asker: Asker, parts: Shared) -> Items:
    """Every tracker."""
    return Items(items=[_item(row) for row in list_trackers(parts.engine)])


@router.post("", status_code=201)
def make(tracker: TrackerIn, asker: Asker, parts: Shared) -> TrackerItem:
    """A new tracker, switched off until it was tried."""
    described = Described(
        tracker.name.strip(), tuple(tracker.examples), tuple(tracker.counterexamples), tuple(tracker.phrases)
    )
    made = make_tracker(parts.engine, asker, described, description=tracker.description, now=parts.clock.now())
    return _item(made)


@router.patch("/{tracker_id}")
def change(tracker_id: int, changes: TrackerChange, asker: Asker, parts: Shared) -> TrackerItem:
    """Change a tracker, or switch it on or off."""
    given = changes.model_dump(exclude_none=True)
    return _item(change_tracker(parts.engine, asker, tracker_id, given, parts.clock.now()))


@router.post("/{tracker_id}/try")
def attempt(tracker_id: int, trial: Trial, asker: Asker, parts: Shared) -> Tried:
    """Try a tracker on what customers said; nothing is kept."""
    described = get_tracker(parts.engine, tracker_id).described
    lines = read_lines(parts.engine, asker, since=trial.since, limit=trial.lines)
    spotted = parts.signals.spot(described, [line.utterance for line in lines])
    hits = [
        HitItem(
            quote=found.quote,
            confidence=found.confidence,
            text=line.utterance.text,
            at=line.at,
            account=line.account,
            conversation=line.conversation,
            message=line.message,
        )
        for line, found in zip(lines, spotted, strict=True)
        if found
    ]
    return Tried(read=len(lines), hits=hits)


def _item(row: TrackerRow) -> TrackerItem:
    return TrackerItem(
        id=row.id,
        name=row.described.name,
        description=row.description,
        examples=list(row.described.examples),
        counterexamples=list(row.described.counterexamples),
        phrases=list(row.described.phrases),
        on=row.on,
        person=row.person,
        updated_at=row.updated_at,
    )
