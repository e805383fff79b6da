"""A MetricQuery to a table of exact numbers."""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from core.reply import Cell, Column, Status, Table, Unit
from tools.metrics.filters import compare
from tools.metrics.frame import Frame, Refused
from tools.metrics.groups import Group, Value, grain_at
from tools.metrics.namesakes import told_apart
from tools.metrics.numbers import Numbers, fill_trend, numbers_of, run_totals
from tools.metrics.parts import as_cell
from tools.metrics.query import MetricQuery, Refusal
from tools.metrics.shares import check_share


@dataclass(frozen=True)
class Counted:
    """A table of numbers, and how many rows of records each metric was made from."""

    status: Status
    table: Table
    rows: dict[str, int]


def count(frame: Frame, query: MetricQuery) -> Counted:
    """The table of a query that the rulings allow."""
    query = _side_by_side(query)
    check_share(frame, query)
    names = dict.fromkeys((*query.metrics, *(one.metric for one in query.having)))
    numbers = {name: numbers_of(frame, query, name) for name in names}
    shown = [numbers[name] for name in query.metrics]
    groups = _groups(frame, query, list(numbers.values()))
    source_rows = {one.metric.name: sum(parts.rows for parts in one.now.values()) for one in shown}
    if query.cumulative:
        for one in numbers.values():
            run_totals(frame, query, one, groups)
    groups = _kept(query, numbers, groups)
    groups = _ordered(frame, query, shown[0], groups)
    truncated = len(groups) > frame.rows
    groups = groups[: frame.rows]
    table = Table(columns=_columns(query, shown), rows=tuple(_rows(frame, query, shown, groups)), truncated=truncated)
    return Counted(_status(query, shown, groups), table, source_rows)


def _side_by_side(query: MetricQuery) -> MetricQuery:
    """Two values of one dimension are groups of it."""
    pair = pair_of(query)
    if pair is None or pair in query.group_by:
        return query
    return replace(query, group_by=(*query.group_by, pair))


def pair_of(query: MetricQuery) -> str | None:
    """The dimension whose two values are compared."""
    if not query.compare_values:
        return None
    pairs = [one.field for one in query.filters if one.op == "is" and len(one.values) == 2]
    if not pairs:
        raise Refused(Refusal(Status.UNDEFINED, "nothing_to_compare"))
    return pairs[0]


def _groups(frame: Frame, query: MetricQuery, numbers: list[Numbers]) -> list[Group]:
    if not query.group_by:
        return [()]
    found = list(dict.fromkeys(group for one in numbers for group in (*one.now, *one.before)))
    return fill_trend(frame, query, [*found, *_missing_pairs(query, found)])


def _missing_pairs(query: MetricQuery, groups: list[Group]) -> list[Group]:
    """Of two values compared, the one without rows counts as nothing."""
    pair = pair_of(query)
    if pair is None:
        return []
    place = query.group_by.index(pair)
    values = next(one.values for one in query.filters if one.field == pair)
    there = {(*group[:place], str(group[place].label), *group[place + 1 :]) for group in groups}
    others = dict.fromkeys((group[:place], group[place + 1 :]) for group in groups)
    return [
        (*before, Value(str(value), str(value)), *after)
        for before, after in others
        for value in values
        if (*before, str(value), *after) not in there
    ]


def _kept(query: MetricQuery, numbers: dict[str, Numbers], groups: list[Group]) -> list[Group]:
    """The groups that stand as asked. Who is picked out by number has a name: rows without one are nobody."""
    for one in query.having:
        limit = Fraction(one.value)
        groups = [group for group in groups if _stands(numbers[one.metric].value(group), one.op, limit)]
    if query.having or query.limit is not None:
        groups = [group for group in groups if all(value.id is not None for value in group)]
    return groups


def _stands(value: Fraction | None, op: str, limit: Fraction) -> bool:
    if value is None:
        return False
    if op in ("is", "is_not"):
        return (value == limit) == (op == "is")
    return bool(compare(value, op, limit))


def _ordered(frame: Frame, query: MetricQuery, first: Numbers, groups: list[Group]) -> list[Group]:
    """By the first metric where an order or a limit is asked for, and by time in a trend; ties at the limit stay."""
    place = grain_at(frame, query.group_by)
    groups = sorted(groups, key=_by_name)
    if query.order is None and query.limit is None and place is not None:
        return sorted(groups, key=lambda group: (group[place].id is None, str(group[place].id)))
    if pair_of(query) is not None:
        return _pairs_together(query, groups)
    falling = query.order != "asc"
    groups = sorted(groups, key=lambda group: _rank(first.value(group), falling))
    if query.limit is None or len(groups) <= query.limit:
        return groups
    last = first.value(groups[query.limit - 1])
    return groups[: query.limit] + [group for group in groups[query.limit :] if first.value(group) == last]


def _by_name(group: Group) -> tuple[Any, ...]:
    return tuple((value.label is None, str(value.label), str(value.id)) for value in group)


def _rank(value: Fraction | None, falling: bool) -> tuple[bool, Fraction]:
    """Sorts by value, groups without one last."""
    return value is None, Fraction(0) if value is None else -value if falling else value


def _pairs_together(query: MetricQuery, groups: list[Group]) -> list[Group]:
    pair = pair_of(query)
    place = query.group_by.index(pair or "")
    values = next(one.values for one in query.filters if one.field == pair)
    order = {str(value): rank for rank, value in enumerate(values)}
    return sorted(groups, key=lambda g: (*_by_name((*g[:place], *g[place + 1 :])), order.get(str(g[place].label), 2)))


def _columns(query: MetricQuery, shown: list[Numbers]) -> tuple[Column, ...]:
    columns = [Column(name=name) for name in query.group_by]
    for one in shown:
        name, unit = column_name(query, one.metric.name), _unit(one.unit)
        columns.append(Column(name=name, unit=unit))
        if query.compare is not None:
            columns.append(Column(name=f"{name}_baseline", unit=unit))
        if query.compare is not None or query.compare_values:
            columns.append(Column(name=f"{name}_change", unit=unit))
            columns.append(Column(name=f"{name}_change_ratio", unit="ratio"))
        if query.share:
            columns.append(Column(name=f"{name}_share", unit="ratio"))
    return tuple(columns)


def column_name(query: MetricQuery, metric: str) -> str:
    """What the column of a metric is called: the metric, or the count of what it is counted by."""
    return f"{query.distinct}_count" if query.distinct else metric


def _unit(unit: str) -> Unit:
    return unit  # type: ignore[return-value]


def _rows(frame: Frame, query: MetricQuery, shown: list[Numbers], groups: list[Group]) -> list[tuple[Cell, ...]]:
    others = _others(query, groups)
    labels = told_apart(frame, query.group_by, groups)
    return [
        (*label, *(cell for one in shown for cell in _cells(query, one, group, others)))
        for label, group in zip(labels, groups, strict=True)
    ]


def _others(query: MetricQuery, groups: list[Group]) -> dict[Group, Group]:
    """For the first of two values compared, the group of the second."""
    pair = pair_of(query)
    if pair is None:
        return {}
    place = query.group_by.index(pair)
    found: dict[Group, Group] = {}
    for one, other in pairwise(groups):
        if (*one[:place], *one[place + 1 :]) == (*other[:place], *other[place + 1 :]):
            found[one] = other
    return found


def _cells(query: MetricQuery, one: Numbers, group: Group, others: dict[Group, Group]) -> list[Cell]:
    value = one.value(group)
    cells: list[Cell] = [as_cell(value, one.unit)]
    if query.compare is not None:
        before = one.baseline(group)
        cells += [as_cell(before, one.unit), *_change(value, before, one.unit)]
    elif query.compare_values:
        cells += _change(value, one.value(others[group]), one.unit) if group in others else [None, None]
    if query.share:
        cells.append(None if not one.whole or value is None else as_cell(value / one.whole, "ratio"))
    return cells


def _change(value: Fraction | None, before: Fraction | None, unit: str) -> list[Cell]:
    if value is None or before is None:
        return [None, None]
    change = value - before
    return [as_cell(change, unit), None if before == 0 else as_cell(change / before, "ratio")]


def _status(query: MetricQuery, shown: list[Numbers], groups: list[Group]) -> Status:
    """Empty where no row was counted, or nothing could be divided."""
    rows = sum(parts.rows for one in shown for parts in (*one.now.values(), *one.before.values()))
    values = any(
        one.value(group) is not None or (query.compare and one.baseline(group) is not None)
        for one in shown
        for group in groups
    )
    return Status.ANSWERED if rows and values else Status.EMPTY
