"""Puts the periods of a text together: from one to another, since one, the end of one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from core.periods.calendar import EARLIEST, LATEST, days
from core.periods.forms import Meaning, Reading, edge
from core.periods.lexicon import after, before, rules
from core.periods.parts import Context, Parts, join, resolve
from core.periods.period import Period

_EDGES = ("week", "start", "middle", "end")
_OPENS = ("until", "before", "after", "since")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Node:
    """Words that name a period, with each of the things they could mean. `bound_only`: only as an end of a range."""

    start: int
    end: int
    meanings: Reading
    edge: str | None = None
    bound_only: bool = False


def periods_of(node: Node, context: Context) -> list[Period]:
    """The periods that a node's words could mean, the likeliest first."""
    found = (resolve(it, context) if isinstance(it, Parts) else it for it in node.meanings)
    return [period for period in found if period is not None]


def with_edge(node: Node, text: str, context: Context) -> Node:
    """end of March, early May, 3月底, the week of 4 March."""
    for which in _EDGES:
        start = before(f"edges.before.{which}", text, node.start)
        end = after(f"edges.after.{which}", text, node.end)
        if start is not None or end is not None:
            cut = tuple(edge(period, which) for period in periods_of(node, context))
            return replace(_spread(node, start, end, cut), edge=which)
    return node


def apart(nodes: Iterable[Node]) -> list[Node]:
    """The nodes without those whose words an earlier one has taken up."""
    kept: list[Node] = []
    for node in nodes:
        if not kept or node.start >= kept[-1].end:
            kept.append(node)
    return kept


def inherit_years(nodes: list[Node], text: str) -> list[Node]:
    """Q1 and Q2 2025, 2025年一季度和二季度: a neighbour's year holds for both."""
    shared = list(nodes)
    for index in range(len(shared) - 1):
        one, other = shared[index], shared[index + 1]
        left, right = one.meanings[0], other.meanings[0]
        if not (isinstance(left, Parts) and isinstance(right, Parts)) or left.unit != right.unit:
            continue
        if left.unit == "year" or not _stands("ranges.conjunction", text[one.end : other.start]):
            continue
        if left.year is None and right.year is not None and replace(left, year=right.year) != right:
            shared[index] = replace(one, meanings=(replace(left, year=right.year),))
        elif left.year is not None and right.year is None and replace(right, year=left.year) != left:
            shared[index + 1] = replace(other, meanings=(replace(right, year=left.year),))
    return shared


def join_ranges(nodes: list[Node], text: str, context: Context) -> list[Node]:
    """from March to May, between 2014 and 2018, 三月和九月之间."""
    joined: list[Node] = []
    for node in nodes:
        merged = _merge(joined[-1], node, text, context) if joined else None
        joined = [*joined[:-1], merged] if merged else [*joined, node]
    return joined


def _stands(path: str, gap: str) -> bool:
    return any(rule.fullmatch(gap) for rule in rules(path))


def _merge(one: Node, other: Node, text: str, context: Context) -> Node | None:
    gap = text[one.end : other.start]
    closed = after("ranges.close", text, other.end)
    enclosed = closed is not None or before("ranges.enclosed", text, one.start) is not None
    if not (_stands("ranges.joins", gap) or (enclosed and _stands("ranges.between", gap))):
        return None
    pairs = _pairs(one.meanings, other.meanings)
    found = tuple(period for first, last in pairs if (period := join(first, last, context)) is not None)
    if not found:
        return None
    start = before("ranges.open", text, one.start)
    return replace(_spread(replace(one, end=other.end), start, closed, found), edge=other.edge, bound_only=False)


def _pairs(one: Reading, other: Reading) -> list[tuple[Meaning, Meaning]]:
    """3/4 to 5/6 is read month first at both ends or day first at both; 3/4 to 25/4 only day first."""
    if len(one) == len(other):
        return list(zip(one, other, strict=True))
    settled = {it.day_first for side in (one, other) if len(side) == 1 for it in side if isinstance(it, Parts)}
    pairs = [(first, last) for first in one for last in other]
    return [pair for pair in pairs if not any(_opposes(it, settled) for it in pair)]


def _opposes(meaning: Meaning, settled: set[bool | None]) -> bool:
    return isinstance(meaning, Parts) and meaning.day_first is not None and (not meaning.day_first) in settled


def open_ranges(nodes: list[Node], text: str, context: Context) -> list[Node]:
    """since February, from May on, before March, 截至3月底."""
    opened: list[Node] = []
    for index, node in enumerate(nodes):
        floor = opened[-1].end if opened else 0
        ceiling = nodes[index + 1].start if index + 1 < len(nodes) else len(text)
        opened.append(_open(node, text, context, floor=floor, ceiling=ceiling))
    return opened


def _open(node: Node, text: str, context: Context, *, floor: int, ceiling: int) -> Node:
    def beside(kind: str) -> tuple[int | None, int | None]:
        head, tail = before(f"opens.{kind}", text, node.start), after(f"opens.{kind}_after", text, node.end)
        return head if head is None or head >= floor else None, tail if tail is None or tail <= ceiling else None

    head, tail = beside("pair")
    if head is not None and tail is not None:
        return _opened(node, "since", head, tail, context)
    for kind in _OPENS:
        head, tail = beside(kind)
        if head is not None or tail is not None:
            return _opened(node, kind, head, tail, context)
    return node


def _opened(node: Node, kind: str, head: int | None, tail: int | None, context: Context) -> Node:
    bounds = tuple(_bound(kind, node, period, context) for period in periods_of(node, context))
    return _spread(node, head, tail, bounds)


def _spread(node: Node, head: int | None, tail: int | None, meanings: Reading) -> Node:
    start, end = node.start if head is None else head, tail or node.end
    return replace(node, start=start, end=end, meanings=meanings)


def _bound(kind: str, node: Node, period: Period, context: Context) -> Period:
    if kind == "since":
        return _since(period, context)
    if kind == "after":
        return _since(period, context, following=True)
    whole = kind == "until" or node.edge == "end"
    return days(EARLIEST, max(EARLIEST, period.end if whole else period.start - _DAY))


def _since(period: Period, context: Context, *, following: bool = False) -> Period:
    """Up to today, or without an end when it begins later than today."""
    start = period.end + _DAY if following else period.start
    if start > context.today:
        return days(start, LATEST)
    running = not following and period.start <= context.today <= period.end
    return days(start, context.today, (period.grain or "day") if running else "day")
