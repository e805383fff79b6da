"""What each form of phrase means: its slots, and the day they are said on, to a period."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.periods.calendar import (
    EARLIEST,
    LATEST,
    Unit,
    between,
    days,
    fiscal_start,
    fiscal_year_of,
    month_end,
    numbered,
    shift,
    shift_months,
    start_of,
    unit_at,
)
from core.periods.parts import Context, Parts, in_year, join, resolve, this_year
from core.periods.period import Grain, Period

Slots = dict[str, Any]
Meaning = Parts | Period
Reading = tuple[Meaning, ...]
_DAY = timedelta(days=1)


def read_form(form: str, slots: Slots, context: Context) -> Reading:
    """Each thing that one phrase could mean, the likeliest first; none if its numbers are no date."""
    meant = FORMS[form](slots, context)
    if meant is None:
        return ()
    return meant if isinstance(meant, tuple) else (meant,)


def _parts(slots: Slots, context: Context, *, fiscal: bool = False) -> Parts:
    """The parts of a date; a relative year counts from the year of its kind that holds today."""
    named = {key: slots[key] for key in ("half", "quarter", "month", "week", "day") if key in slots}
    parts = Parts(**named, fiscal=fiscal)
    if "year" in slots:
        return replace(parts, year=slots["year"])
    if "yy" in slots:
        return replace(parts, year=slots["yy"] + (2000 if slots["yy"] < 70 else 1900))
    offset = slots.get("ago", slots.get("deixis"))
    return parts if offset is None else replace(parts, year=this_year(parts, context) + offset)


def _date(slots: Slots, context: Context) -> Meaning | None:
    parts = _parts(slots, context)
    if (
        "yy" in slots
        and parts.unit == "year"
        and not context.today.year - 20 <= (parts.year or 0) <= context.today.year
    ):
        return None
    if "from" not in slots:
        return parts if resolve(parts, context) else None
    first = replace(parts, **{parts.unit: slots["from"]})
    return join(first, parts, context)


def _fiscal(slots: Slots, context: Context) -> Meaning:
    return _parts(slots, context, fiscal=True)


def _slash(slots: Slots, context: Context) -> Reading:
    """3/4/2025: month and day, or day and month; both when both are possible."""
    year = _parts({key: slots[key] for key in ("year", "yy") if key in slots}, context)
    month_first = replace(year, month=slots["first"], day=slots["second"], day_first=False)
    day_first = replace(year, month=slots["second"], day=slots["first"], day_first=True)
    return tuple(parts for parts in dict.fromkeys((month_first, day_first)) if resolve(parts, context) is not None)


def _shift(slots: Slots, context: Context) -> Meaning:
    return unit_at(context.today + _DAY * slots["shift"], "day")


def unit_near(unit: str, offset: int, context: Context) -> Period:
    """The calendar unit that lies `offset` units from the one that holds today."""
    kind: Unit = "year" if unit == "fiscal" else unit  # type: ignore[assignment]
    month = context.fiscal_year_start if unit in ("fiscal", "quarter", "half") else 1
    start = start_of(context.today, kind, month)
    return unit_at(shift(start, kind, offset), kind, fiscal_year_start=month)


def _unit(slots: Slots, context: Context) -> Period:
    return unit_near(slots["unit"], slots.get("deixis", 0), context)


def _half(slots: Slots, context: Context) -> Meaning:
    return unit_near("half", slots["deixis"], context)


def _nearby(slots: Slots, context: Context) -> Meaning | None:
    """last December, this March, next Q1."""
    parts = _parts({key: value for key, value in slots.items() if key != "deixis"}, context)
    year = this_year(parts, context)
    if slots["deixis"] == 0:
        return replace(parts, year=year)
    found = [period for offset in (-1, 0, 1) if (period := in_year(parts, year + offset, context)) is not None]
    if slots["deixis"] < 0:
        return next((period for period in reversed(found) if period.end < context.today), None)
    return next((period for period in found if period.start > context.today), None)


def _month_day(slots: Slots, context: Context) -> Meaning | None:
    month = unit_near("month", slots["deixis"], context).start
    parts = Parts(year=month.year, month=month.month, day=slots["day"])
    if "from" in slots:
        return join(replace(parts, day=slots["from"]), parts, context)
    return parts if resolve(parts, context) else None


def _weekday(slots: Slots, context: Context) -> Meaning:
    if "deixis" not in slots:
        back = (context.today.isoweekday() - slots["weekday"]) % 7
        return unit_at(context.today - _DAY * back, "day")
    monday = start_of(context.today, "week") + _DAY * 7 * slots["deixis"]
    return unit_at(monday + _DAY * (slots["weekday"] - 1), "day")


def _rolling(slots: Slots, context: Context) -> Meaning:
    """last 30 days: ends today and holds it. Quarters, and units said to be whole, are those before this one."""
    unit: Unit = slots.get("unit", "month")
    count: int = slots["count"] if "count" in slots else slots.get("trailing", 1)
    if "days" in slots:
        unit, count = "day", slots["days"]
    elif "unit" not in slots and "trailing" not in slots:
        unit, count = ("day", count) if "count" in slots else ("half", 1)
    if (unit in ("quarter", "half") and "unit" in slots) or "whole" in slots:
        return _whole(unit, count, context)
    if unit == "day":
        return days(context.today - _DAY * (count - 1), context.today)
    grain: Grain = "quarter" if unit == "half" else unit
    return days(shift(context.today, unit, -count) + _DAY, context.today, grain)


def _whole(unit: Unit, count: int, context: Context) -> Period:
    return between(unit_near(unit, -count, context), unit_near(unit, -1, context))


def _coming(slots: Slots, context: Context) -> Meaning:
    unit: Unit = slots.get("unit", "half")
    count = slots.get("count", 1)
    if unit == "quarter":
        return between(unit_near(unit, 1, context), unit_near(unit, count, context))
    return days(context.today + _DAY, shift(context.today, unit, count))


def _ago(slots: Slots, context: Context) -> Meaning:
    """three days ago is a day; two months ago is that month."""
    return unit_near(slots.get("unit", "half"), -slots.get("count", 1), context)


def _ahead(slots: Slots, context: Context) -> Meaning:
    return unit_at(shift(context.today, slots["unit"], slots.get("count", 1)), "day")


def _within(slots: Slots, context: Context) -> Reading:
    """within 30 days: those to come, or those gone by."""
    ahead = days(context.today, shift(context.today, slots["unit"], slots["count"]))
    behind = _rolling(slots, context)
    return ahead, behind


def _offset(slots: Slots, context: Context) -> Meaning:
    """two days before yesterday, three weeks from tomorrow."""
    count = slots.get("count", 1) * (-1 if "back" in slots else 1)
    return unit_at(shift(context.today + _DAY * slots["shift"], slots["unit"], count), "day")


def _beyond(slots: Slots, context: Context) -> Meaning:
    """more than 90 days ago, more than two weeks after today."""
    today = context.today + _DAY * slots.get("shift", 0)
    if "shift" in slots and "back" not in slots:
        return days(shift(today, slots["unit"], slots.get("count", 1)), LATEST)
    return days(EARLIEST, shift(today, slots["unit"], -slots.get("count", 1)) - _DAY)


def _decade(slots: Slots, context: Context) -> Meaning:
    return between(numbered("year", slots["decade"], 0), numbered("year", slots["decade"] + 9, 0))


def _later(slots: Slots, context: Context) -> Meaning:
    return days(context.today, unit_near(slots["unit"], 0, context).end)


def _edge_now(slots: Slots, context: Context) -> Meaning:
    """month-end, 年初, 下旬: a part of the unit that holds today."""
    words = {"starting": "start", "middling": "middle", "ending": "end", "tenday": slots.get("tenday", "")}
    which = next(word for word in words if word in slots)
    unit = "month" if which == "tenday" else slots[which]
    return edge(unit_near(unit, 0, context), words[which])


def _year_shifted(slots: Slots, context: Context) -> Meaning:
    """this month last year, 去年今天."""
    then = replace(context, today=shift(context.today, "year", slots["ago"]))
    return _shift(slots, then) if "shift" in slots else _unit(slots, then)


def _weekend(slots: Slots, context: Context) -> Meaning:
    saturday = start_of(context.today, "week") + _DAY * (5 + 7 * slots.get("deixis", 0))
    return days(saturday, saturday + _DAY)


def _near_weekday(slots: Slots, context: Context) -> Meaning:
    """this past Wednesday, the coming Friday: the nearest one, today excluded."""
    if slots["deixis"] < 0:
        back = (context.today.isoweekday() - slots["weekday"] - 1) % 7 + 1
        return unit_at(context.today - _DAY * back, "day")
    ahead = (slots["weekday"] - context.today.isoweekday() - 1) % 7 + 1
    return unit_at(context.today + _DAY * ahead, "day")


def _todate(slots: Slots, context: Context) -> Meaning:
    return to_date(slots.get("todate") or slots["unit"], context)


def to_date(unit: str, context: Context) -> Period:
    """From the beginning of the unit that holds today up to today."""
    whole = unit_near(unit, 0, context)
    grain: Grain = whole.grain or "day"
    return days(whole.start, context.today, grain)


def _first(slots: Slots, context: Context) -> Meaning:
    """The first three months of a year, 前三季度."""
    unit: Unit = slots.get("unit", "quarter")
    parts = _parts({key: slots[key] for key in ("year", "yy", "ago", "deixis") if key in slots}, context)
    month = context.fiscal_year_start if unit in ("quarter", "half") else 1
    year = parts.year or fiscal_year_of(context.today, month)
    begin = fiscal_start(year, month)
    last = shift(begin, unit, slots["count"]) - _DAY
    return between(unit_at(begin, unit, fiscal_year_start=month), unit_at(last, unit, fiscal_year_start=month))


def _part(slots: Slots, context: Context) -> Meaning | None:
    """The first ten days of May, the last month of this quarter."""
    inner = ("unit", "count", "side", "base", "deixis")
    parts = _parts({key: value for key, value in slots.items() if key not in inner}, context)
    whole = unit_near(slots["base"], slots.get("deixis", 0), context) if "base" in slots else resolve(parts, context)
    if whole is None:
        return None
    unit, count = slots["unit"], slots.get("count", 1)
    start, end = whole.start, shift(whole.start, unit, count) - _DAY
    if slots["side"] < 0:
        start, end = shift(whole.end + _DAY, unit, -count), whole.end
    if start < whole.start or end > whole.end:
        return None
    if unit in ("day", "week"):
        return days(start, end)
    month = context.fiscal_year_start
    return between(*(unit_at(day, unit, fiscal_year_start=month) for day in (start, end)))


def _month_or_day(slots: Slots, context: Context) -> Reading:
    """Mar-25: March 2025, or the 25th of March."""
    month = _parts(slots, context)
    day = Parts(month=slots["month"], day=slots["yy"])
    return (month, day) if resolve(day, context) else (month,)


def _previous_or_first(slots: Slots, context: Context) -> Reading:
    """前三个月: the three whole months before this one, or the first three of the year."""
    unit: Unit = slots.get("unit", "month")
    previous = _whole(unit, slots["count"], context)
    return (previous,) if slots["count"] == 1 else (previous, _first({"unit": unit, **slots}, context))


def _week_of(slots: Slots, context: Context) -> Meaning | None:
    parts = _parts({key: slots[key] for key in ("year", "yy", "ago", "month") if key in slots}, context)
    period, number = (_unit(slots, context) if "unit" in slots else resolve(parts, context)), slots["nth"]
    if period is None:
        return None
    # As in ISO 8601, a week belongs to the month or year that holds its Thursday.
    if number < 0:
        thursday = start_of(period.end, "week") + _DAY * 3
        return unit_at(thursday if thursday <= period.end else thursday - _DAY * 7, "week")
    thursday = start_of(period.start, "week") + _DAY * 3
    return unit_at((thursday if thursday >= period.start else thursday + _DAY * 7) + _DAY * 7 * (number - 1), "week")


def edge(period: Period, which: str) -> Period:
    """The beginning, middle or end of a period: thirds of a month, months of longer units, else the days there."""
    unit = period.grain
    if which == "week":
        return unit_at(period.start, "week") if unit == "day" else period
    if unit == "month":
        first, last = {"start": (1, 10), "middle": (11, 20), "end": (21, month_end(period.start).day)}[which]
        return days(period.start.replace(day=first), period.start.replace(day=last))
    if unit in ("quarter", "year"):
        months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
        offset = {"start": 0, "middle": months // 2, "end": months}[which]
        return unit_at(shift_months(period.start, offset), "month")
    day = {"start": period.start, "middle": period.start + (period.end - period.start) / 2, "end": period.end}[which]
    return unit_at(day, "day")


FORMS: dict[str, Callable[[Slots, Context], Reading | Meaning | None]] = {
    "date": _date,
    "shy": _date,
    "bare_year": _date,
    "fiscal": _fiscal,
    "slash": _slash,
    "shy_slash": _slash,
    "shift": _shift,
    "unit": _unit,
    "half": _half,
    "before_last": lambda slots, context: unit_near(slots["unit"], -2, context),
    "after_next": lambda slots, context: unit_near(slots["unit"], 2, context),
    "nearby": _nearby,
    "month_day": _month_day,
    "weekday": _weekday,
    "bare_weekday": _weekday,
    "rolling": _rolling,
    "coming": _coming,
    "ago": _ago,
    "ahead": _ahead,
    "offset": _offset,
    "beyond": _beyond,
    "decade": _decade,
    "within": _within,
    "later": _later,
    "edge_now": _edge_now,
    "year_shifted": _year_shifted,
    "weekend": _weekend,
    "near_weekday": _near_weekday,
    "now": lambda _, context: unit_at(context.today, "day"),
    "todate": _todate,
    "first": _first,
    "part": _part,
    "month_or_day": _month_or_day,
    "previous_or_first": _previous_or_first,
    "week_of": _week_of,
}
