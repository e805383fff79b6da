"""What customers said, as values: on the way in, and what was found in it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.wording import Lang

Speaker = Literal["customer", "rep", "unknown"]
Attitude = Literal["negative", "neutral", "positive"]

KINDS = (
    "price_sensitivity",
    "competitor",
    "churn_risk",
    "buying_intent",
    "demand",
    "technical_need",
    "decision_process",
    "complaint",
)
"""The eight signals; the definitions are in the glossary."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message on its way in. `at` is aware; `author` is a name, an address or a number, as the channel has it."""

    external_id: str
    speaker: Speaker
    text: str
    at: datetime
    author: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingConversation:
    """Messages that belong together. `account` is a name or an external id; `hints` are addresses, numbers, names.

    `account_id` is ours, where it was settled beforehand whose conversation it is.
    """

    external_id: str
    channel: str
    messages: tuple[Incoming, ...]
    account: str | None = None
    title: str | None = None
    hints: tuple[str, ...] = ()
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was not taken in, and why, in words."""

    external_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a batch: messages by number, and the ids of the conversations that have new ones."""

    accepted: int
    duplicates: int
    rejected: tuple[Rejected, ...] = ()
    conversations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text to read for signals; `before` are the lines just before it, oldest first, as (speaker, text)."""

    text: str
    speaker: Speaker
    channel: str = "chat"
    lang: Lang | None = None
    before: tuple[tuple[Speaker, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One signal: `quote` is `text[start:end]`."""

    kind: str
    quote: str
    start: int
    end: int
    confidence: float
    method: Literal["rules", "model", "llm", "tracker"] = "rules"


@dataclass(frozen=True, slots=True)
class Feeling:
    """The customer's attitude towards us; `score` is in [-1, 1]."""

    label: Attitude
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What one utterance carries."""

    signals: tuple[Found, ...] = ()
    sentiment: Feeling = field(default_factory=lambda: Feeling("neutral", 0.0))


@dataclass(frozen=True, slots=True)
class Hit:
    """Something remembered. `kind` is message or segment; `second` is where in the call a segment begins.

    `conversation` and `message` are external ids; `message_id`, `conversation_id` and `account_id` are ours.
    """

    kind: Literal["message", "segment"]
    message_id: int
    conversation_id: int
    account_id: int | None
    conversation: str
    message: str
    account: str | None
    channel: str
    speaker: str
    author: str | None
    text: str
    score: float
    at: datetime
    second: float | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search keeps to; empty means anything. Moments are aware, both included."""

    accounts: tuple[int, ...] = ()
    contacts: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
