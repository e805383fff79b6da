"""What a period is compared with."""

from datetime import date, timedelta
from typing import Literal

from core.periods.calendar import (
    EARLIEST,
    LATEST,
    MONTHS,
    Unit,
    between,
    days,
    kind_of,
    month_end,
    number_of,
    numbered,
    period_named,
    shift,
    unit_at,
)
from core.periods.period import Period

Comparison = Literal["year_ago", "previous"]

_DAY = timedelta(days=1)


def baseline(period: Period, kind: Comparison) -> Period:
    """The same period a year earlier, or the one just before of equal kind and length.

    A calendar unit's baseline is a whole unit, also when the unit is still running; a period to date is
    compared with the same part of the unit before. What has no beginning or no end moves by a year.
    """
    first, _, last = period.name.partition("..")
    unit = kind_of(first)
    if period.start == EARLIEST or period.end == LATEST:
        return _move(period, "year", 1)
    if unit is None or (unit == "day" and last):
        return _move(period, "year", 1) if kind == "year_ago" else _before(period)
    fiscal = _fiscal_start(period.start, first)
    count = 1 if kind == "year_ago" else _count(period, unit)
    ends = (period_named(name, fiscal_year_start=fiscal) for name in (first, last or first))
    return between(*(_back(end, kind, count, fiscal) for end in ends))


def _back(period: Period, kind: Comparison, count: int, fiscal: int) -> Period:
    parts = number_of(period.name)
    assert parts is not None
    if kind == "previous":
        return unit_at(shift(period.start, parts.unit, -count), parts.unit, fiscal_year_start=fiscal)
    if parts.unit == "week":
        last = date(parts.year - 1, 12, 28).isocalendar().week
        return numbered("week", parts.year - 1, min(parts.number, last))
    return unit_at(shift(period.start, "year", -1), parts.unit, fiscal_year_start=fiscal)


def _fiscal_start(start: date, name: str) -> int:
    """The first month of the fiscal year, from a unit's first day and its number."""
    parts = number_of(name)
    if parts is None or not parts.fiscal:
        return 1
    return (start.month - 1 - (max(parts.number, 1) - 1) * MONTHS[parts.unit]) % 12 + 1


def _count(period: Period, unit: Unit) -> int:
    count = 1
    while shift(period.start, unit, count) <= period.end:
        count += 1
    return count


def _before(period: Period) -> Period:
    unit: Unit = period.grain or "day"
    if unit == "day":
        count = (period.end - period.start).days + 1
        return days(period.start - _DAY * count, period.start - _DAY)
    return _move(period, unit, _count(period, unit))


def _move(period: Period, unit: Unit, count: int) -> Period:
    whole = period.start.day == 1 and period.end == month_end(period.end) and unit in MONTHS
    start = period.start if period.start == EARLIEST else shift(period.start, unit, -count)
    end = period.end if period.end == LATEST else shift(period.end, unit, -count)
    return days(start, month_end(end) if whole and end != LATEST else end, period.grain or "day")
