"""What a message asks for: who is to step in, at whose, by when, and why. Nothing of it is guessed."""

from dataclasses import dataclass, field
from datetime import date, datetime

from core.escalations import Role
from core.language import fold
from tools.conversations.asked import CUSTOMERS, Asked, read
from tools.escalations.cues import GONE, Words, cues, first_of, unquoted
from tools.escalations.named import Person, find_person
from tools.escalations.when import Heard, read_when
from tools.metrics.lexicon import Lexicon

ASKED = "asked"
WISH = "demand"
"""What any request sounds like: only a reason where one is given."""
LEADS = ("because", "topics")
NOTE = 200
LEAST = 4


@dataclass(frozen=True)
class Request:
    """What was said; what was not is empty. `same` speaks of the customer the thread spoke of before."""

    asked: Asked
    same: bool = False
    role: Role | None = None
    person: Person = field(default_factory=Person)
    when: Heard = field(default_factory=Heard)
    cause: str = ASKED
    note: str | None = None

    @property
    def names_customer(self) -> bool:
        """Whether a customer is named, known or not."""
        return bool(self.asked.named(*CUSTOMERS) or self.asked.doubt or self.asked.unknown)


def read_request(text: str, lexicon: Lexicon, now: datetime, zone: str, *, opening: bool = False) -> Request:
    """What the message says, by the names that mean something to its asker."""
    said = unquoted(text)
    because = _because(said, now, zone)
    words = Words(said)
    if because:
        words.take(*because)
    when = read_when(words.left, now, zone, working_days=lexicon.facts.company.working_days, opening=opening)
    person = find_person(words, lexicon)
    role = take_role(words)
    wishes = words.left
    for start, end in when.spans:
        words.take(start, end)
    today = now.date()
    asked = customer_in(words, lexicon, today)
    if because and not (asked.named(*CUSTOMERS) or asked.doubt or asked.unknown):
        inside = customer_in(Words(_only(said, because)), lexicon, today)
        asked = inside if inside.named("account") else asked
    person = _colleague(person, asked)
    cause, note = _reason(text, said, because, wishes)
    return Request(asked, words.has("same"), role, person, when, cause, note)


def customer_in(words: Words, lexicon: Lexicon, today: date) -> Asked:
    """The customer that is named. A word in lower case is no unknown customer's name."""
    left = "".join(GONE if char == GONE else typed for char, typed in zip(words.left, words.text, strict=True))
    asked = read(left, lexicon, today, place="act")
    said = asked.unknown or ""
    ordinary = said.isascii() and not any(word[:1].isupper() for word in said.split())
    if said and ordinary:
        return read(GONE, lexicon, today, place="act")
    return asked


def take_role(words: Words) -> Role | None:
    """The role that is asked for; its words are taken."""
    for role, rules in cues()["roles"].items():
        for cue in rules:
            found = cue.search(words.left)
            if found:
                words.take(*found.span())
                known: Role = role
                return known
    return None


def _colleague(person: Person, asked: Asked) -> Person:
    """A customer in a person's place is no unknown colleague."""
    said = (person.unknown or "").casefold()
    customers = " ".join((*asked.named(*CUSTOMERS), *asked.doubt, asked.unknown or "")).casefold()
    return Person() if said and said in customers else person


def _because(said: str, now: datetime, zone: str) -> tuple[int, int] | None:
    """Where the reason stands, with the words that begin it. A time after what it is about is the asker's."""
    folded = fold(said)
    found = next((match for cue in cues()["because"] if (match := cue.search(folded))), None)
    topic = None if found else next((match for cue in cues()["topics"] if (match := cue.search(folded))), None)
    begins = found or topic
    if begins is None:
        return None
    first = not folded[: begins.start()].strip(" ,;:")
    ends = [one.start() for one in cues()["sentence"].finditer(folded, begins.end())]
    commas = list(cues()["clause_end"].finditer(folded, begins.end()))
    ends += [one.start() for one in commas if first or topic or _goes_on(folded[one.end() :], now, zone)]
    if topic:
        told = read_when(folded[begins.end() :], now, zone).spans
        ends += [begins.end() + start for start, _ in told]
    end = min(ends, default=len(folded))
    return (begins.start(), end) if end - begins.end() >= LEAST - 1 else None


def _goes_on(rest: str, now: datetime, zone: str) -> bool:
    """Whether what follows a comma is the request again: another wish, or when."""
    spans = read_when(rest, now, zone).spans
    return bool(cues()["goes_on"].search(rest)) or bool(spans and not rest[: spans[0][0]].strip())


def _only(said: str, span: tuple[int, int]) -> str:
    start, end = span
    return GONE * start + said[start:end] + GONE * (len(said) - end)


def _reason(text: str, said: str, because: tuple[int, int] | None, wishes: str) -> tuple[str, str | None]:
    """Which signal the reason is, and the reason in the asker's words. `wishes` has the people taken out."""
    if because:
        reason = text[slice(*because)]
        lead = next((one for cue in LEADS for rule in cues()[cue] if (one := rule.match(fold(reason)))), None)
        told = reason[lead.end() :] if lead else reason
        return first_of("causes", told) or ASKED, _tidy(told)
    purpose = next((found for cue in cues()["purposes"] if (found := cue.search(wishes))), None)
    if purpose:
        told = said[slice(*purpose.span())]
        return first_of("causes", told) or ASKED, _tidy(told)
    for clause in cues()["clause"].finditer(fold(said)):
        kind = first_of("causes", clause[0])
        if kind and kind != WISH and GONE not in wishes[slice(*clause.span())]:
            return kind, _tidy(said[slice(*clause.span())])
    return ASKED, None


def _tidy(told: str) -> str | None:
    plain = " ".join(told.split())
    for cue in ("edges", "tail", "edges"):
        plain = cues()[cue].sub("", plain)
    return plain[:NOTE] or None
