"""The days that an answer speaks of, and the days that prose mentions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from core.periods import Period
from core.periods.calendar import period_named
from prompts import data


@dataclass(frozen=True)
class Mention:
    """A date in prose, as far as it is said."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    half: int | None = None
    week: int | None = None

    def fits(self, known: Iterable[Period]) -> bool:
        """Whether one of the known periods holds what is mentioned; a day must begin or end one."""
        return any(self._fits(period, year) for period in known for year in self._years(period))

    def _years(self, period: Period) -> Iterable[int]:
        years = range(period.start.year, period.end.year + 1)
        if self.year is None:
            return years
        return [self.year] if self.year in years else []

    def _fits(self, period: Period, year: int) -> bool:
        if self.day is not None:
            return any(_is(end, year, self.month, self.day) for end in (period.start, period.end))
        if self.month is not None:
            return _holds(period, f"{year}-{self.month:02}")
        if self.quarter is not None:
            return _holds(period, f"{year}-Q{self.quarter}")
        if self.half is not None:
            return _holds(period, f"{year}-H{self.half}")
        if self.week is not None:
            return _holds(period, f"{year}-W{self.week:02}")
        return True


def _is(day: date, year: int, month: int | None, number: int) -> bool:
    return (day.year, day.month, day.day) == (year, month, number)


def _holds(period: Period, name: str) -> bool:
    found = named(name)
    return found is not None and found.start <= period.end and period.start <= found.end


def named(name: str) -> Period | None:
    """The period of a canonical name (2026-06, 2026-Q2, 2026-06-17); None for anything else."""
    try:
        return period_named(name)
    except ValueError:
        return None


@cache
def _patterns() -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in data("planner/figures")["dates"]]


def mentions(text: str) -> list[Mention]:
    """Every date in folded text, left to right within each way of writing; none overlaps another."""
    found: list[Mention] = []
    for pattern in _patterns():
        for match in pattern.finditer(text):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(_mention(match))
    return found


def _mention(match: re.Match[str]) -> Mention:
    words: dict[str, Any] = data("planner/figures")
    parts = match.groupdict()
    month = words["months"].index(parts["mon"]) + 1 if parts.get("mon") else _number(parts.get("m"))
    quarter = parts.get("q")
    return Mention(
        match.start(),
        match.end(),
        year=_number(parts.get("y")),
        month=month,
        day=_number(parts.get("d")),
        quarter=words["quarters"].get(quarter) or _number(quarter),
        half=_number(parts.get("h")),
        week=_number(parts.get("w")),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text else None
