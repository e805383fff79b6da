"""What is said, sentence by sentence, with what came before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from core.said import Found, Speaker
from tools.profiles.rules import cue, says, written

FactName = Literal["budget", "renewal_date", "decision_people", "competitors", "needs", "preferences", "stage"]
SINGLE = ("budget", "renewal_date", "stage")
"""Facts of which one holds at a time: what is said later supersedes."""

LONGEST = 120
MOST_READ = 20_000
LONGEST_SENTENCE = 600
SURE = 0.5


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing said of the firm. `quote` is a part of the message; `withdrawn` takes back what was said before."""

    name: FactName
    value: str
    quote: str
    confidence: float
    detail: Mapping[str, str] = field(default_factory=dict)
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message with what was found in it, and names that are no rival's: our own, products, people."""

    text: str
    day: date
    signals: Sequence[Found] = ()
    known: frozenset[str] = frozenset()
    speaker: Speaker = "customer"
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of a message. `kinds` are the signals in it; `before` is the sentence before it."""

    text: str
    question: bool
    kinds: frozenset[str]
    before: str = ""

    @property
    def quote(self) -> str:
        """The sentence as evidence: whole, or its beginning; always as it stands in the message."""
        return short(self.text)


@dataclass
class Context:
    """What came before in the talk.

    `asked` are the facts the rep asked about, `offered` what a bare yes would confirm, `held` the values that hold
    by name, `last` the dated or counted fact spoken of last, `amount` the last amount, `contact` whom we talk to.
    """

    asked: set[str] = field(default_factory=set)
    answers: int = 0
    offered: list[Claim] = field(default_factory=list)
    held: dict[str, list[str]] = field(default_factory=dict)
    last: str | None = None
    amount: Decimal | None = None
    rival: str | None = None
    contact: str | None = None

    def of(self, name: str) -> list[str]:
        """What holds of a fact so far."""
        return self.held.get(name, [])

    def keep(self, claim: Claim) -> None:
        """Let a claim hold, or no longer hold."""
        values = self.held.setdefault(claim.name, [])
        if claim.withdrawn:
            self.held[claim.name] = [one for one in values if one != claim.value]
        elif claim.name in SINGLE:
            self.held[claim.name] = [claim.value]
        elif claim.value not in values:
            values.append(claim.value)
        if claim.name in ("budget", "renewal_date"):
            self.last = claim.name
        if claim.name == "competitors":
            self.rival = claim.value


def parts_of(said: Said) -> Iterator[Part]:
    """The sentences of a message."""
    before = ""
    for found in cue("talk.sentence").finditer(said.text[:MOST_READ]):
        whole = found[0].strip()
        text = whole.rstrip(written("talk.ends"))[:LONGEST_SENTENCE].rstrip()
        if text:
            yield Part(text, says("talk.question", whole), _kinds(text, found.start(), found.end(), said), before)
            before = text


def _kinds(text: str, start: int, end: int, said: Said) -> frozenset[str]:
    """The signals that lie in the sentence, or it in them."""
    sure = (one for one in said.signals if one.confidence >= SURE)
    return frozenset(one.kind for one in sure if (one.start < end and start < one.end) or text in one.quote)


def clauses(text: str) -> list[str]:
    """The clauses of a sentence."""
    return [one.strip() for one in cue("talk.clause").split(text) if one.strip()]


def tidy(words: str) -> str:
    """Words without the marks and blanks around them."""
    return " ".join(words.split()).strip(written("talk.marks"))


def short(text: str) -> str:
    """A text or its beginning."""
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip()
