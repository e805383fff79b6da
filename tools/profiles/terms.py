"""When their contract ends or is renewed."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from core.numbers import read_value
from core.periods import EARLIEST, Period, PeriodMatch, find_periods
from tools.profiles.hearing import Claim, Context, Part
from tools.profiles.rules import cue, cues, says, written

YEAR = re.compile(r"\d{4}")
NEAR = 30
MOST_MONTHS = 240
LONG_AGO = 183
BEHIND = 12


def renewals(part: Part, today: date, context: Context) -> Iterator[Claim]:
    """The end of the term that a sentence names."""
    text = cue("renewal_date.ordinal").sub(" ", part.text)
    if part.question:
        return
    surely = says("renewal_date.surely", text)
    cued = says("renewal_date.cues", text) and (surely or not says("renewal_date.other", text))
    asked = "renewal_date" in context.asked and not says("renewal_date.other", text)
    corrected = context.last == "renewal_date" and bool(context.of("renewal_date")) and says("talk.correction", text)
    if not (cued or asked or corrected):
        return
    named = _named(text, today, cued=cued)
    value = _by_term(text, today, named) or (
        _value(named, text, today) if named else _relative(text, today, cued or asked)
    )
    if value:
        detail = {"written": named.text.strip()} if named else {}
        yield Claim("renewal_date", value, part.quote, 0.8 if cued else 0.7, detail)


def _named(text: str, today: date, *, cued: bool) -> PeriodMatch | None:
    """The period that counts: the first behind the cue, or the last before it."""
    kept = [
        one
        for one in find_periods(text, today)
        if not says("renewal_date.replaced", text[max(0, one.start - NEAR) : one.start]) or _begins(text, one)
    ]
    kept = [one for one in kept if not _is_notice(text, one)]
    found = cue("renewal_date.cues").search(text) if cued else None
    if found is None:
        return kept[0] if kept else None
    after = [one for one in kept if one.end > found.start()]
    return after[0] if after else (kept[-1] if kept else None)


def _begins(text: str, one: PeriodMatch) -> bool:
    """Whether a term begins then."""
    before = text[max(0, one.start - NEAR) : one.start]
    return says("renewal_date.since", before) or says("renewal_date.begins", text[one.end :])


def _is_notice(text: str, one: PeriodMatch) -> bool:
    return cue("renewal_date.notice").match(text[one.end :]) is not None


def _value(match: PeriodMatch, text: str, today: date) -> str:
    """A day, or the name of a month, quarter or year; a contract runs into the future."""
    period = match.period
    if period.end < today and not YEAR.search(match.text):
        period = _ahead(match, today)
    if period.end <= today:
        return ""
    around = text[max(0, match.start - BEHIND) : match.end + 2]
    if period.start == EARLIEST or ".." in period.name or says("renewal_date.end", around):
        return period.end.isoformat()
    return period.name


def _ahead(match: PeriodMatch, today: date) -> Period:
    for year in (today.year, today.year + 1):
        for form in written("renewal_date.dated"):
            found = find_periods(form.format(text=match.text.strip(), year=year), today)
            for one in found:
                if one.period.end >= today and one.period.start != EARLIEST.replace(year=year):
                    return one.period
    return match.period


def _by_term(text: str, today: date, named: PeriodMatch | None) -> str | None:
    """So many years from a day: "two more years from June"."""
    if not says("renewal_date.more", text):
        return None
    if named is not None and not _begins(text, named):
        return None
    months = _months(text, "renewal_date.term")
    if not months:
        return None
    start = named.period.start if named is not None else today
    if named is not None and named.period.start == EARLIEST:
        start = named.period.end
    if named is not None and not YEAR.search(named.text) and (today - start).days > LONG_AGO:
        start = start.replace(year=start.year + 1, day=min(start.day, 28))
    day = _later(start, months)
    if named is None or named.period.start == named.period.end:
        return day.isoformat()
    return f"{day.year}-{day.month:02}"


def _relative(text: str, today: date, counts: bool) -> str | None:
    """In so many months from the day it was said."""
    found = cue("renewal_date.ahead").search(text) if counts else None
    if found is None:
        return None
    months = _months(found[0], "renewal_date.term")
    return _later(today, months).isoformat() if months else None


def _months(text: str, path: str) -> int:
    units = written("renewal_date.units")
    for pattern in cues(path):
        for found in pattern.finditer(text):
            count = _count(found["count"].lower())
            months = count * 12 if found["unit"].lower() in units["year"] else count
            if 1 <= months <= MOST_MONTHS:
                return int(months)
    return 0


def _count(said: str) -> float:
    if said in written("renewal_date.half"):
        return 0.5
    if said in written("renewal_date.one"):
        return 1
    return float(read_value(said) or 0)


def _later(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
