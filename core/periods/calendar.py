"""Calendar arithmetic: units of the year, their canonical names, and moving between them."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple

from core.periods.period import Grain, Period

Unit = Literal["day", "week", "month", "quarter", "half", "year"]

EARLIEST = date(1900, 1, 1)
"""Where a period without a beginning begins."""
LATEST = date(2100, 12, 31)
"""Where a period without an end ends, when it begins after today."""

MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
UNITS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "half", "year")
_DAY = timedelta(days=1)
_GRAINS: dict[Unit, Grain] = {
    "day": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "half": "quarter",
    "year": "year",
}
# FY2027-Q1, 2026-H2, 2026-W25, 2026-06-17, 2026-06, 2026
_NAME = re.compile(r"(FY)?(\d{4})(?:-(Q|H|W)(\d{1,2})|-(\d\d)-(\d\d)|-(\d\d))?")


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def shift_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shift(day: date, unit: Unit, count: int) -> date:
    """The same day `count` units later."""
    if unit in MONTHS:
        return shift_months(day, MONTHS[unit] * count)
    return day + _DAY * count * (7 if unit == "week" else 1)


def start_of(day: date, unit: Unit, fiscal_year_start: int = 1) -> date:
    """The first day of the unit that holds `day`."""
    if unit == "day":
        return day
    if unit == "week":
        return day - _DAY * day.weekday()
    into = (day.month - fiscal_year_start) % 12 % MONTHS[unit]
    return shift_months(day.replace(day=1), -into)


def unit_at(day: date, unit: Unit, *, fiscal_year_start: int = 1) -> Period:
    """The whole unit that holds `day`, under its canonical name."""
    start = start_of(day, unit, fiscal_year_start)
    end = shift(start, unit, 1) - _DAY
    return Period(start, end, unit_name(start, unit, fiscal_year_start), _GRAINS[unit])


def unit_name(start: date, unit: Unit, fiscal_year_start: int) -> str:
    """What a unit that begins on `start` is called; a fiscal year bears the year it ends in."""
    if unit == "day":
        return start.isoformat()
    if unit == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    if unit == "month":
        return f"{start:%Y-%m}"
    year = fiscal_year_of(start, fiscal_year_start)
    prefix = f"FY{year}" if fiscal_year_start != 1 else f"{year}"
    if unit == "year":
        return prefix
    number = (start.month - fiscal_year_start) % 12 // MONTHS[unit] + 1
    return f"{prefix}-{'Q' if unit == 'quarter' else 'H'}{number}"


def fiscal_year_of(day: date, fiscal_year_start: int) -> int:
    """The fiscal year that holds `day`: the calendar year in which it ends."""
    return day.year + (1 if fiscal_year_start != 1 and day.month >= fiscal_year_start else 0)


def fiscal_start(year: int, fiscal_year_start: int) -> date:
    """The first day of a fiscal year."""
    return date(year if fiscal_year_start == 1 else year - 1, fiscal_year_start, 1)


def between(first: Period, last: Period) -> Period:
    """From the first day of one to the last day of the other; named by them when they are of one kind."""
    if first == last:
        return first
    one, other = kind_of(first.name), kind_of(last.name)
    if one is not None and one == other and one != "day":
        return Period(first.start, last.end, f"{first.name}..{last.name}", first.grain)
    return days(first.start, last.end)


def days(start: date, end: date, grain: Grain = "day") -> Period:
    """A period named by its days. `grain` is the unit by which its baseline moves."""
    if start == EARLIEST:
        return Period(start, end, f"..{end}", grain)
    if end == LATEST:
        return Period(start, end, f"{start}..", grain)
    return Period(start, end, str(start) if start == end else f"{start}..{end}", grain)


def kind_of(name: str) -> Unit | None:
    """Which calendar unit a canonical name stands for; None for any other period."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    if found[3]:
        return {"Q": "quarter", "H": "half", "W": "week"}[found[3]]  # type: ignore[return-value]
    if found[5]:
        return "day"
    return "month" if found[7] else "year"


class Number(NamedTuple):
    """A canonical unit name taken apart; `number` is the quarter, half, week or month, 0 for a year or day."""

    unit: Unit
    year: int
    number: int
    fiscal: bool


def number_of(name: str) -> Number | None:
    """The parts of a canonical unit name."""
    found, unit = _NAME.fullmatch(name), kind_of(name)
    if found is None or unit is None:
        return None
    return Number(unit, int(found[2]), int(found[4] or found[7] or 0), bool(found[1]))


def period_named(name: str, *, fiscal_year_start: int = 1) -> Period:
    """The period of a canonical name, as `Period.name` has it; ValueError if it is none."""
    if ".." in name:
        first, last = name.split("..", 1)
        start = _unit_named(first, fiscal_year_start) if first else None
        end = _unit_named(last, fiscal_year_start) if last else None
        if start and end:
            return between(start, end)
        return days(start.start if start else EARLIEST, end.end if end else LATEST)
    return _unit_named(name, fiscal_year_start)


def _unit_named(name: str, fiscal_year_start: int) -> Period:
    parts = number_of(name)
    if parts is None:
        raise ValueError(f"{name!r} names no period")
    if parts.unit == "day":
        return unit_at(date.fromisoformat(name), "day")
    return numbered(parts.unit, parts.year, parts.number, fiscal_year_start if parts.fiscal else 1)


def numbered(unit: Unit, year: int, number: int, fiscal_year_start: int = 1) -> Period:
    """The unit with that number in that year; ValueError if the year has none."""
    if unit == "week":
        day = date.fromisocalendar(year, number, 1)
    elif unit == "month":
        day = date(year, number, 1)
    elif 1 <= (number or 1) <= 12 // MONTHS[unit]:
        day = shift_months(fiscal_start(year, fiscal_year_start), MONTHS[unit] * ((number or 1) - 1))
    else:
        raise ValueError(f"a year has no {unit} {number}")
    return unit_at(day, unit, fiscal_year_start=fiscal_year_start)


def buckets(period: Period, grain: Grain, *, fiscal_year_start: int = 1) -> list[Period]:
    """The units that make up the period, in order. The period cuts the first and last short; names stay whole."""
    found: list[Period] = []
    day = period.start
    while day <= period.end:
        unit = unit_at(day, grain, fiscal_year_start=fiscal_year_start if grain == "quarter" else 1)
        found.append(Period(day, min(unit.end, period.end), unit.name, grain))
        day = unit.end + _DAY
    return found
