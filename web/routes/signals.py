"""Signals: read texts for them, list what was found, and say what would have been right."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from core.said import KINDS, Attitude, Utterance
from db.labels import Label, list_labels, save_labels
from db.signals import list_signals
from web.asker import Asker
from web.paging import Limit, open_moment, seal_cursor
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/signals", tags=["signals"], responses=RESPONSES)

MOST_ITEMS = 1000
MOST_CHARACTERS = 20_000
Text = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Id = Annotated[str, Field(max_length=200)]


class ItemIn(BaseModel):
    """A text to read; only a customer's, or that of someone unknown, can carry signals."""

    id: Id
    text: Text
    speaker: Literal["customer", "rep", "unknown"] = "customer"
    channel: Id = "chat"


class Ask(BaseModel):
    """Texts to read, each on its own."""

    items: list[ItemIn] = Field(max_length=MOST_ITEMS)


class FoundItem(BaseModel):
    """A signal: `quote` is the text from `start` to `end`, in characters."""

    kind: str
    quote: str
    start: int
    end: int
    confidence: float


class Feeling(BaseModel):
    """The customer's attitude; `score` is in [-1, 1]."""

    label: Attitude
    score: float


class ItemOut(BaseModel):
    """What a text carries."""

    id: str
    signals: list[FoundItem]
    sentiment: Feeling


class Answer(BaseModel):
    """What the texts carry, in order."""

    items: list[ItemOut]


class SignalItem(BaseModel):
    """A stored signal; `conversation` and `message` are the external ids they came in with."""

    id: int
    kind: str
    quote: str
    confidence: float
    method: str
    speaker: str
    at: datetime
    account: str | None
    conversation: str
    message: str


class Signals(BaseModel):
    """A page of signals, the latest first."""

    items: list[SignalItem]
    cursor: str | None = None


class LabelItem(BaseModel):
    """What is right for a text: its kinds, none of them if it carries nothing, and the attitude."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, pattern=r"\S")]
    kinds: list[str] = Field(max_length=len(KINDS))
    sentiment: Attitude | None = None

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: list[str]) -> list[str]:
        if set(kinds) - set(KINDS):
            raise ValueError(f"one of {', '.join(KINDS)}")
        return kinds


class Labels(BaseModel):
    """Labels to learn from."""

    model_config = ConfigDict(extra="forbid")

    items: list[LabelItem] = Field(min_length=1, max_length=MOST_ITEMS)


class Learnt(BaseModel):
    """How many labels there are, how the model does in cross-validation with them, and whether it is in use."""

    labels: int
    before: float
    after: float
    active: bool
    scores: list[dict[str, Any]]


@router.post("/detect")
def detect(ask: Ask, asker: Asker, parts: Shared) -> Answer:
    """Read texts for signals; nothing is stored."""
    readings = parts.signals.detect([Utterance(one.text, one.speaker, one.channel) for one in ask.items])
    items = [
        ItemOut(
            id=one.id,
            signals=[FoundItem.model_validate(found, from_attributes=True) for found in reading.signals],
            sentiment=Feeling.model_validate(reading.sentiment, from_attributes=True),
        )
        for one, reading in zip(ask.items, readings, strict=True)
    ]
    return Answer(items=items)


class Wanted(BaseModel):
    """Which signals to list: of a conversation by its external id, of an account by name or external id, since when."""

    conversation: str | None = Field(None, max_length=500)
    account: str | None = Field(None, max_length=500)
    since: AwareDatetime | None = None
    cursor: str | None = Field(None, max_length=1000)
    limit: int = Field(50, ge=1, le=100)


@router.get("")
def signals(wanted: Annotated[Wanted, Query()], asker: Asker, parts: Shared) -> Signals:
    """Signals the asker may see, the latest first."""
    rows = list_signals(
        parts.engine,
        asker,
        conversation=wanted.conversation,
        account=wanted.account,
        since=wanted.since,
        after=open_moment(wanted.cursor) if wanted.cursor else None,
        limit=wanted.limit,
    )
    page = rows[: wanted.limit]
    more = seal_cursor(page[-1].at.isoformat(), page[-1].id) if len(rows) > wanted.limit else None
    return Signals(items=[SignalItem.model_validate(row, from_attributes=True) for row in page], cursor=more)


@router.get("/labels")
def labels(asker: Asker, parts: Shared, limit: Limit = 50) -> list[LabelItem]:
    """The latest labels, to those who may train."""
    rows = list_labels(parts.engine, asker, limit)
    return [LabelItem(text=row.text, kinds=list(row.kinds), sentiment=_attitude(row.sentiment)) for row in rows]


@router.post("/labels")
def label(given: Labels, asker: Asker, parts: Shared) -> Learnt:
    """Keep what is right for texts, without names and numbers, and learn from it at once."""
    new = [Label(one.text, tuple(one.kinds), one.sentiment) for one in given.items]
    count = save_labels(parts.engine, asker, new, parts.clock.now())
    card = parts.signals.retrain()
    after = card.get("after", card["macro_f1"])
    return Learnt(
        labels=count, before=card.get("before", after), after=after, active=card["active"], scores=card["scores"]
    )


def _attitude(name: str | None) -> Attitude | None:
    return next((attitude for attitude in get_args(Attitude) if attitude == name), None)
