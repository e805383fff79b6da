"""What a customer's message says of their firm: claims, each with the words it rests on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from core.numbers import NumberMatch, find_numbers
from core.periods import find_periods
from core.periods.calendar import EARLIEST
from core.said import Found

FactName = Literal["budget", "renewal_date", "decision_people", "competitors", "needs", "preferences", "stage"]
SINGLE = ("budget", "renewal_date", "stage")
"""Facts of which one holds at a time: what is said later supersedes."""

FILE = Path(__file__).parent / "claims.yaml"
LEAST_BUDGET = 500
LONGEST = 120
NEEDS = ("demand", "technical_need")
YEAR = re.compile(r"\d{4}")


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
    """A customer's message with what was found in it, and names that are no rival's: our own, products, people."""

    text: str
    day: date
    signals: Sequence[Found] = ()
    known: frozenset[str] = frozenset()


def claims_of(said: Said) -> list[Claim]:
    """Every claim of the message, in the order of its sentences; of a fact that holds one value, the last."""
    found = [claim for sentence in _sentences(said.text) for claim in _of_sentence(sentence, said)]
    found += _needs(said)
    last: dict[tuple[str, str], Claim] = {}
    for claim in found:
        key = (claim.name, "" if claim.name in SINGLE else claim.value.casefold())
        last.pop(key, None)
        last[key] = claim
    return list(last.values())


def _sentences(text: str) -> Iterator[str]:
    yield from (found[0].strip() for found in _rules().sentence.finditer(text) if found[0].strip())


def _of_sentence(sentence: str, said: Said) -> Iterator[Claim]:
    if any(cue.search(sentence) for cue in _rules().not_said):
        return
    yield from _budget(sentence)
    yield from _renewal(sentence, said.day)
    yield from _deciders(sentence)
    yield from _rivals(sentence, said)
    yield from _preferences(sentence)
    yield from _stage(sentence)


def _budget(sentence: str) -> Iterator[Claim]:
    cues = [found.end() for cue in _rules().budget if (found := cue.search(sentence))]
    amounts = [number for number in find_numbers(sentence) if _is_amount(number)]
    if cues and amounts:
        number = amounts[-1]
        detail = {"written": number.text.strip()}
        yield Claim("budget", _plain(number.value), _short(sentence), 0.85, detail)


def _is_amount(number: NumberMatch) -> bool:
    """Money, or a number that large; not a year."""
    if number.unit == "percent" or number.value < LEAST_BUDGET:
        return number.unit == "money" and number.value >= LEAST_BUDGET / 5
    year = number.unit is None and YEAR.fullmatch(number.text.strip()) and 1990 <= number.value <= 2100
    return not year


def _plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def _renewal(sentence: str, today: date) -> Iterator[Claim]:
    if not any(cue.search(sentence) for cue in _rules().renewal):
        return
    periods = find_periods(sentence, today)
    if not periods:
        return
    match = periods[-1]
    period = match.period
    if period.end < today and not YEAR.search(match.text):
        # A contract runs into the future: "March" is the next one.
        named = (find_periods(f"{match.text} {year}", today) for year in (today.year, today.year + 1))
        period = next((one.period for found in named for one in found if one.period.end >= today), period)
    value = period.end.isoformat() if period.start == EARLIEST else period.name
    yield Claim("renewal_date", value, _short(sentence), 0.8, {"written": match.text.strip()})


def _deciders(sentence: str) -> Iterator[Claim]:
    for cue in _rules().deciders:
        found = cue.search(sentence)
        if found is not None:
            who = _rules().before_who.sub("", _tidy(found["who"]))
            if who:
                yield Claim("decision_people", who, _short(sentence), 0.75)
            return


def _rivals(sentence: str, said: Said) -> Iterator[Claim]:
    """Named rivals, in sentences where the signal was found."""
    quotes = [one.quote for one in said.signals if one.kind == "competitor"]
    if not any(quote in sentence or sentence in quote for quote in quotes):
        return
    withdrawn = any(cue.search(sentence) for cue in _rules().withdrawn)
    names = dict.fromkeys(
        found["name"].strip(" ,.'") for cue in _rules().rivals for found in cue.finditer(sentence) if found["name"]
    )
    for name in names:
        if len(name) > 1 and name.casefold() not in said.known and not any(no.search(name) for no in _rules().nobody):
            yield Claim("competitors", name, _short(sentence), 0.7, withdrawn=withdrawn)


def _preferences(sentence: str) -> Iterator[Claim]:
    for cue in _rules().preferences:
        found = cue.search(sentence)
        if found is not None:
            yield Claim("preferences", _tidy(found[0]), _short(sentence), 0.65)
            return


def _stage(sentence: str) -> Iterator[Claim]:
    for name, cues in _rules().stage.items():
        if any(cue.search(sentence) for cue in cues):
            yield Claim("stage", name, _short(sentence), 0.6)
            return


def _needs(said: Said) -> Iterator[Claim]:
    """Needs are the signals themselves, in the sentence that carries them."""
    for one in said.signals:
        if one.kind in NEEDS:
            around = next(
                (sentence for sentence in _sentences(said.text) if one.quote in sentence or sentence in one.quote),
                one.quote,
            )
            withdrawn = any(cue.search(around) for cue in _rules().withdrawn)
            yield Claim("needs", _short(around), _short(around), one.confidence, {"kind": one.kind}, withdrawn)


def _tidy(words: str) -> str:
    return " ".join(words.split()).strip(" ,.;:'，。、；：")


def _short(sentence: str) -> str:
    """A sentence as evidence: whole, or its beginning; always as it stands in the message."""
    return sentence if len(sentence) <= LONGEST else sentence[:LONGEST].rstrip()


@dataclass(frozen=True)
class _Rules:
    sentence: re.Pattern[str]
    not_said: list[re.Pattern[str]]
    withdrawn: list[re.Pattern[str]]
    budget: list[re.Pattern[str]]
    renewal: list[re.Pattern[str]]
    deciders: list[re.Pattern[str]]
    before_who: re.Pattern[str]
    rivals: list[re.Pattern[str]]
    nobody: list[re.Pattern[str]]
    preferences: list[re.Pattern[str]]
    stage: dict[str, list[re.Pattern[str]]]


@cache
def _rules() -> _Rules:
    tree: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    people, rivals = tree["decision_people"], tree["competitors"]
    roles = f"(?:{'|'.join(people['roles'])})"
    deciders = [cue.replace("{role}", roles).replace("{name}", people["name"]) for cue in people["cues"]]
    return _Rules(
        sentence=re.compile(tree["sentence"]),
        not_said=_all(tree["not_said"]),
        withdrawn=_all(tree["withdrawn"]),
        budget=_all(tree["budget"]["cues"]),
        renewal=_all(tree["renewal_date"]["cues"]),
        deciders=_all(deciders),
        before_who=re.compile(people["before"], re.IGNORECASE),
        rivals=_all([cue.replace("{firm}", rivals["firm"]) for cue in rivals["named"]]),
        nobody=_all(rivals["nobody"]),
        preferences=_all(tree["preferences"]["cues"]),
        stage={name: _all(cues) for name, cues in tree["stage"].items()},
    )


def _all(cues: list[str]) -> list[re.Pattern[str]]:
    return [re.compile(cue, re.IGNORECASE) for cue in cues]
