"""Finds the phrases that name a period, in English and Chinese."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from core.language import fold
from core.periods.calendar import EARLIEST, LATEST, days
from core.periods.forms import Meaning, Reading, edge, read_form
from core.periods.lexicon import after, before, rule, usable, values
from core.periods.parts import Context, Parts, join, resolve
from core.periods.period import Period

_EDGES = ("start", "middle", "end")
_SHY = {"shy", "bare_weekday", "bare_year", "shy_slash"}


@dataclass(frozen=True, slots=True)
class PeriodMatch:
    """A period named at `text[start:end]`; with `alternatives`, the words could as well mean one of those."""

    start: int
    end: int
    text: str
    period: Period
    alternatives: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class _Node:
    start: int
    end: int
    lang: str
    meaning: Meaning
    alternatives: tuple[Period, ...] = ()
    edge: str | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    form: str
    lang: str
    found: re.Match[str]


def find_periods(text: str, today: date, *, fiscal_year_start: int = 1) -> list[PeriodMatch]:
    """Every period named in the text, left to right, the longest reading of each."""
    context, folded = Context(today, fiscal_year_start), fold(text)
    nodes = [_with_edge(node, folded, context) for node in _nodes(text, folded, context)]
    nodes = _ranges(_inherit(nodes, folded), folded, context)
    matches = (_match(_opened(node, folded, context), text, context) for node in nodes)
    return [match for match in matches if match is not None]


def _match(node: _Node, text: str, context: Context) -> PeriodMatch | None:
    period = _period(node, context)
    if period is None:
        return None
    return PeriodMatch(node.start, node.end, text[node.start : node.end], period, node.alternatives)


def _period(node: _Node, context: Context) -> Period | None:
    return resolve(node.meaning, context) if isinstance(node.meaning, Parts) else node.meaning


def _nodes(text: str, folded: str, context: Context) -> Iterator[_Node]:
    candidates = [
        _Candidate(phrase.form, phrase.lang, found) for phrase in usable(folded) for found in phrase.find(folded)
    ]
    candidates.sort(key=lambda candidate: (candidate.found.start(), -candidate.found.end()))
    end = 0
    for candidate in candidates:
        found = candidate.found
        if found.start() < end or not _certain(candidate, text, folded):
            continue
        reading = _read(candidate, context)
        if reading is not None:
            end = found.end()
            lang = "zh" if candidate.lang == "zh" else "en"
            yield _Node(found.start(), end, lang, reading.meaning, reading.alternatives)


def _read(candidate: _Candidate, context: Context) -> Reading | None:
    try:
        return read_form(candidate.form, values(candidate.found, candidate.lang), context)
    except (ValueError, OverflowError):
        return None


def _certain(candidate: _Candidate, text: str, folded: str) -> bool:
    """False for a word that is a period only in the right company: may, march, sat, a bare 2025, 3/4."""
    if candidate.form not in _SHY:
        return True
    said, start, end = candidate.found[0], candidate.found.start(), candidate.found.end()
    if candidate.form in ("bare_year", "shy_slash"):
        return _certain_number(folded, start, end)
    if said not in _shy_words():
        return True
    first = not folded[:start].strip()
    if not first and _search("before", folded[:start]):
        return True
    if _search("near_before", folded[:start]) or _search("near_after", folded[end:]):
        return True
    return (first or text[start].isupper()) and not _search("not_after", folded[end:])


def _certain_number(folded: str, start: int, end: int) -> bool:
    if _search("number_not_before", folded[:start]) or _search("number_not_after", folded[end:]):
        return False
    return _search("number_before", folded[:start])


def _shy_words() -> frozenset[str]:
    pattern = rule("shy.word", "en")
    assert pattern is not None
    return frozenset(pattern.pattern.split("|"))


def _pattern(name: str) -> re.Pattern[str]:
    pattern = rule(f"shy.{name}", "en")
    assert pattern is not None
    return pattern


def _search(name: str, text: str) -> bool:
    return _pattern(name).search(text) is not None


def _with_edge(node: _Node, folded: str, context: Context) -> _Node:
    """end of March, early May, 3月底."""
    for which in _EDGES:
        start = before(f"edges.before.{which}", folded, node.start, node.lang)
        end = after(f"edges.after.{which}", folded, node.end, node.lang)
        period = _period(node, context)
        if period is not None and (start is not None or end is not None):
            return replace(_spread(node, start, end, edge(period, which)), edge=which)
    return node


def _inherit(nodes: list[_Node], folded: str) -> list[_Node]:
    """Q1 and Q2 2025, 2025年一季度和二季度: a neighbour's year holds for both."""
    shared = list(nodes)
    for index in range(len(shared) - 1):
        one, other = shared[index], shared[index + 1]
        gap = folded[one.end : other.start]
        if not (isinstance(one.meaning, Parts) and isinstance(other.meaning, Parts) and _conjoined(gap, one.lang)):
            continue
        left, right = one.meaning, other.meaning
        if left.unit != right.unit or left.unit == "year":
            continue
        if left.year is None and right.year is not None and replace(left, year=right.year) != right:
            shared[index] = replace(one, meaning=replace(left, year=right.year))
        elif left.year is not None and right.year is None and replace(right, year=left.year) != left:
            shared[index + 1] = replace(other, meaning=replace(right, year=left.year))
    return shared


def _conjoined(gap: str, lang: str) -> bool:
    pattern = rule("ranges.conjunction", lang)
    return pattern is not None and pattern.fullmatch(gap) is not None


def _ranges(nodes: list[_Node], folded: str, context: Context) -> list[_Node]:
    joined: list[_Node] = []
    for node in nodes:
        merged = _merge(joined[-1], node, folded, context) if joined else None
        if merged is None:
            joined.append(node)
        else:
            joined[-1] = merged
    return joined


def _merge(one: _Node, other: _Node, folded: str, context: Context) -> _Node | None:
    """from March to May, between 2014 and 2018, 三月和九月之间."""
    gap = folded[one.end : other.start]
    lang = "zh" if "zh" in (one.lang, other.lang) else "en"
    opened = before("ranges.open", folded, one.start, lang)
    closed = after("ranges.close", folded, other.end, lang)
    joins, both = rule("ranges.joins", lang), rule("ranges.between", lang)
    assert joins is not None
    assert both is not None
    enclosed = (
        closed is not None if lang == "zh" else before("ranges.between_open", folded, one.start, lang) is not None
    )
    if not (joins.fullmatch(gap) or (enclosed and both.fullmatch(gap))):
        return None
    period = join(one.meaning, other.meaning, context)
    if period is None:
        return None
    start = one.start if opened is None else opened
    return _Node(start, closed or other.end, lang, period, edge=other.edge)


def _opened(node: _Node, folded: str, context: Context) -> _Node:
    """since February, from May on, before March, 截至3月底."""
    period = _period(node, context)
    if period is None:
        return node
    tail = after("opens.pair_after", folded, node.end, node.lang)
    head = before("opens.pair_before", folded, node.start, node.lang)
    if tail is not None and head is not None:
        return _spread(node, head, tail, _since(period, context))
    for kind in ("until", "before", "after", "since"):
        head = before(f"opens.{kind}", folded, node.start, node.lang)
        tail = after(f"opens.{kind}_after", folded, node.end, node.lang)
        bound = _bound(kind, node, period, context)
        if (head is not None or tail is not None) and bound is not None:
            return _spread(node, head, tail, bound)
    return node


def _spread(node: _Node, head: int | None, tail: int | None, period: Period) -> _Node:
    start, end = node.start if head is None else head, tail or node.end
    return replace(node, start=start, end=end, meaning=period, alternatives=())


def _bound(kind: str, node: _Node, period: Period, context: Context) -> Period | None:
    if kind == "since":
        return _since(period, context)
    if kind == "after":
        return _since(period, context, following=True)
    whole = kind == "until" or node.edge == "end"
    end = period.end if whole else date.fromordinal(period.start.toordinal() - 1)
    return days(EARLIEST, end) if end >= EARLIEST else None


def _since(period: Period, context: Context, *, following: bool = False) -> Period:
    """Up to today, or without an end when it begins later than today."""
    start = date.fromordinal(period.end.toordinal() + 1) if following else period.start
    if start > context.today:
        return days(start, LATEST)
    running = not following and period.start <= context.today <= period.end
    return days(start, context.today, (period.grain or "day") if running else "day")
