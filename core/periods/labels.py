"""What a period is called in each language."""

from datetime import date

from core.language import format_date
from core.periods.calendar import EARLIEST, LATEST, number_of
from core.periods.period import Period
from core.wording import Lang, say

_PLURALS = {"quarter": "quarters", "half": "halves"}


def label_of(period: Period, lang: Lang) -> str:
    """The period in words that say exactly which days it holds, whatever phrase it came from."""
    first, _, last = period.name.partition("..")
    if period.name == first and number_of(first) is not None:
        return _unit_label(first, period, lang)
    if period.start == EARLIEST:
        return say("periods.until", lang, to=format_date(period.end, lang))
    if period.end == LATEST:
        return say("periods.since", lang, **{"from": format_date(period.start, lang)})
    return _range_label(period, first, last, lang)


def _range_label(period: Period, first: str, last: str, lang: Lang) -> str:
    parts = number_of(first)
    if parts is None or parts.unit in ("day", "week") or number_of(last) is None:
        labels = format_date(period.start, lang), format_date(period.end, lang)
    else:
        labels = _unit_label(first, period, lang), _unit_label(last, period, lang)
    return say("periods.range", lang, **{"from": labels[0], "to": labels[1]})


def _unit_label(name: str, period: Period, lang: Lang) -> str:
    parts = number_of(name)
    assert parts is not None
    year = say("periods.fiscal_year", lang, year=parts.year) if parts.fiscal else str(parts.year)
    if parts.unit == "day":
        return format_date(date.fromisoformat(name), lang)
    if parts.unit == "month":
        return say("periods.month", lang, year=year, month=say(f"periods.months.{parts.number}", lang))
    if parts.unit == "year" and parts.fiscal:
        return year
    if parts.unit == "week":
        ends = {"from": format_date(period.start, lang), "to": format_date(period.end, lang)}
        return say("periods.week", lang, year=year, number=parts.number, **ends)
    key = "fiscal_" if parts.fiscal else ""
    if parts.unit in ("quarter", "half"):
        return say(f"periods.{key}{_PLURALS[parts.unit]}.{parts.number}", lang, year=parts.year)
    return say("periods.year", lang, year=year)
