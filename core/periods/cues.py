"""Words about time that name no period: compare with, by which unit, for all time."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from core.language import fold
from core.periods.compare import Comparison
from core.periods.lexicon import tree
from core.periods.period import Grain


@dataclass(frozen=True, slots=True)
class ComparisonMatch:
    """Words at `text[start:end]` that ask to compare with the baseline of this kind."""

    start: int
    end: int
    text: str
    kind: Comparison


@dataclass(frozen=True, slots=True)
class GrainMatch:
    """Words at `text[start:end]` that ask for one row per unit of time."""

    start: int
    end: int
    text: str
    grain: Grain


class Span(NamedTuple):
    """Where words stand: `text[start:end]`."""

    start: int
    end: int


@cache
def _rules(name: str) -> tuple[tuple[Any, re.Pattern[str]], ...]:
    return tuple((key, re.compile(said)) for lang in ("en", "zh") for key, said in tree()[lang][name].items())


def _first(name: str, text: str) -> tuple[Any, Span] | None:
    """The leftmost match of a table of rules, the longest of those that begin there."""
    folded = fold(text)
    found = [(key, Span(*match.span())) for key, rule in _rules(name) if (match := rule.search(folded))]
    return min(found, key=lambda pair: (pair[1].start, -pair[1].end), default=None)


def find_comparison(text: str) -> ComparisonMatch | None:
    """The first words that ask for a comparison in time: year on year, 同比, 环比, vs the previous period."""
    found = _first("comparisons", text)
    return found and ComparisonMatch(*found[1], text[found[1].start : found[1].end], found[0])


def find_grain(text: str) -> GrainMatch | None:
    """The first words that ask for a row per unit: by month, weekly, 按月, 逐季."""
    found = _first("grains", text)
    return found and GrainMatch(*found[1], text[found[1].start : found[1].end], found[0])


def is_all_time(text: str) -> Span | None:
    """Where the text asks for all time rather than a period; None if it does not."""
    found = _first("all_time", text)
    return found[1] if found else None
