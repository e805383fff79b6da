"""A date as it was said, with what was left unsaid, and how that is made up."""

from dataclasses import dataclass, field, replace
from datetime import date

from core.periods.calendar import LATEST, Unit, between, fiscal_year_of, numbered, unit_at
from core.periods.period import Period


@dataclass(frozen=True, slots=True)
class Context:
    """What a phrase is understood against."""

    today: date
    fiscal_year_start: int = 1


@dataclass(frozen=True, slots=True)
class Parts:
    """The numbers that were said; `fiscal` when the year was said to be a fiscal one.

    `day_first` tells how the two numbers of 13/4 were read; None where nothing had to be read.
    """

    year: int | None = None
    half: int | None = None
    quarter: int | None = None
    month: int | None = None
    week: int | None = None
    day: int | None = None
    fiscal: bool = False
    day_first: bool | None = field(default=None, compare=False)

    @property
    def unit(self) -> Unit:
        """The finest unit that was said."""
        named: tuple[tuple[Unit, int | None], ...] = (
            ("day", self.day),
            ("week", self.week),
            ("month", self.month),
            ("quarter", self.quarter),
            ("half", self.half),
        )
        return next((unit for unit, number in named if number is not None), "year")


def start_month(parts: Parts, context: Context) -> int:
    """The month the year of these parts begins in: quarters and halves are fiscal, months are not."""
    return context.fiscal_year_start if parts.fiscal or parts.unit in ("quarter", "half") else 1


def this_year(parts: Parts, context: Context) -> int:
    """The year that holds today, of the kind of year that these parts belong to."""
    return fiscal_year_of(context.today, start_month(parts, context))


def in_year(parts: Parts, year: int, context: Context) -> Period | None:
    """The parts in that year; None if the year has no such day, week or quarter."""
    try:
        if parts.unit == "day":
            return unit_at(date(year, parts.month or 0, parts.day or 0), "day")
        number = getattr(parts, parts.unit) if parts.unit != "year" else 0
        return numbered(parts.unit, year, number, start_month(parts, context))
    except ValueError:
        return None


def resolve(parts: Parts, context: Context) -> Period | None:
    """The period meant. What lacks a year (or month) is the latest that has begun by today."""
    if parts.day is not None and parts.month is None:
        return _latest_day(parts, context)
    if parts.year is not None:
        return in_year(parts, parts.year, context)
    latest = this_year(parts, context) + 1
    for year in range(latest, latest - 10, -1):
        period = in_year(parts, year, context)
        if period is not None and period.start <= context.today:
            return period
    return None


def _latest_day(parts: Parts, context: Context) -> Period | None:
    count = context.today.year * 12 + context.today.month - 1
    for index in range(count, count - 4, -1):
        month = replace(parts, year=index // 12, month=index % 12 + 1)
        period = in_year(month, index // 12, context)
        if period is not None and period.start <= context.today:
            return period
    return None


def join(first: Parts | Period, last: Parts | Period, context: Context) -> Period | None:
    """From one to the other, each taking from the other what it leaves unsaid."""
    if isinstance(first, Parts) and isinstance(last, Parts):
        first, last = _share(first, last)
    if isinstance(first, Parts) and first.year is None and isinstance(last, Parts) and last.year is not None:
        ending = resolve(last, context)
        start = _nearest(first, ending, context) if ending else None
        return between(start, ending) if start and ending else None
    start = resolve(first, context) if isinstance(first, Parts) else first
    if start is None:
        return None
    end = _following(last, start, context) if isinstance(last, Parts) else last
    return between(start, end) if end and end.end >= start.start else None


def _share(first: Parts, last: Parts) -> tuple[Parts, Parts]:
    if last.unit == "day" and last.month is None and first.month is not None:
        last = replace(last, month=first.month, year=first.year)
    if first.unit == "day" and first.month is None and last.month is not None:
        first = replace(first, month=last.month, year=last.year)
    return first, last


def _nearest(parts: Parts, ending: Period, context: Context) -> Period | None:
    """The latest of these parts that begins no later than the end."""
    for year in range(ending.end.year + 1, ending.end.year - 9, -1):
        period = in_year(parts, year, context)
        if period is not None and period.start <= ending.start:
            return period
    return None


def _following(parts: Parts, start: Period, context: Context) -> Period | None:
    """The parts in their year, or else the first that end no earlier than the start begins."""
    if parts.year is not None or (parts.day is not None and parts.month is None):
        return resolve(parts, context)
    for year in range(start.start.year - 1, min(start.start.year + 10, LATEST.year)):
        period = in_year(parts, year, context)
        if period is not None and period.end >= start.end:
            return period
    return None
