"""The asker's own number beside the average of a group of people.

The one place where rows outside the asker's scope are read. Only an average over at least five people leaves it.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import func, select

from core.identity import Role
from core.reply import Cell, Column, Status, Table
from db.scope import Scope
from tools.metrics.colleagues import Colleague
from tools.metrics.compiler import Counted, count
from tools.metrics.components import shared_conditions
from tools.metrics.filters import conditions, within
from tools.metrics.frame import Frame, Refused
from tools.metrics.groups import grain_at
from tools.metrics.query import Average, MetricQuery, Refusal
from tools.metrics.sources import Source

LEAST_PEOPLE = 5
MOST_GROUPS = 100_000
SELLERS = (Role.REP, Role.MANAGER)
OPEN_FILTERS = ("product", "series", "sector", "country")
"""What an average may be narrowed by: nothing that names a person or a customer."""


Stretch = tuple[Cell, ...]


def own_frame(frame: Frame) -> Frame:
    """The frame of the asker's own records alone."""
    return _frame_of(frame, frozenset({frame.identity.person_id}))


def count_beside(frame: Frame, query: MetricQuery) -> Counted:
    """The asker's own numbers, each with the group's average per person; a ratio is the group's own."""
    _check_shape(frame, query)
    people = _people(frame, query.average or "team")
    group = _frame_of(frame, people)
    if query.filters:
        _check_contributors(group, query)
    plain = replace(query, average=None)
    own = count(own_frame(frame), plain)
    averages = {name: _averages(group, replace(plain, metrics=(name,)), len(people)) for name in query.metrics}
    stretches = [row[: len(query.group_by)] for row in own.table.rows]
    rows = tuple(_beside(query, row, averages) for row in own.table.rows)
    known = any(averages[name].get(stretch) for name in query.metrics for stretch in stretches)
    status = Status.ANSWERED if known else own.status
    return Counted(status, Table(columns=tuple(_columns(query, own.table)), rows=rows), own.rows)


def _check_shape(frame: Frame, query: MetricQuery) -> None:
    timed = not query.group_by or (len(query.group_by) == 1 and grain_at(frame, query.group_by) == 0)
    plain = not (query.compare or query.compare_values or query.having or query.limit or query.share or query.distinct)
    if not timed or not plain or any(one.field not in OPEN_FILTERS for one in query.filters):
        raise Refused(Refusal(Status.UNDEFINED, "average_alone"))


def _people(frame: Frame, kind: Average) -> frozenset[int]:
    me = frame.colleagues.by_id.get(frame.identity.person_id)
    everyone = [one for one in frame.colleagues.by_id.values() if one.active and one.role in SELLERS]
    found = {one.id for one in everyone if me is not None and _together(me, one, kind)}
    if len(found) < LEAST_PEOPLE:
        raise too_small(kind)
    return frozenset(found)


def too_small(kind: str) -> Refused:
    """The refusal of an average over too few people."""
    return Refused(Refusal(Status.FORBIDDEN, "team_too_small", {"least": str(LEAST_PEOPLE), "group": kind}))


def _together(me: Colleague, other: Colleague, kind: Average) -> bool:
    if kind == "team":
        return me.manager_id is not None and other.manager_id == me.manager_id
    if kind == "region":
        return me.region is not None and other.region == me.region and other.role in (Role.REP, me.role)
    return other.role in (Role.REP, me.role)


def _frame_of(frame: Frame, people: frozenset[int]) -> Frame:
    scope = Scope(frame.identity, everything=False, people=people)
    return replace(frame, reader=replace(frame.reader, scope=scope))


def _check_contributors(group: Frame, query: MetricQuery) -> None:
    """Narrowed down, an average of five could be one person's number: five must have rows."""
    for name in query.metrics:
        metric = group.catalogue.metrics[name]
        source = Source(group.reader.scope, group.catalogue, metric.record)
        wanted = [*conditions(group, source, query.filters), *shared_conditions(group, source, metric)]
        field = group.catalogue.records[metric.record].fields.get(metric.date or "")
        if field is not None:
            wanted += within(source.value(field), query.period)
        people = func.count(source.base.c.owner_id.distinct())
        found = group.reader.execute(select(people).select_from(source.joined).where(*wanted)).scalar_one()
        if found < LEAST_PEOPLE:
            raise too_small(query.average or "team")


def _averages(group: Frame, query: MetricQuery, people: int) -> dict[Stretch, Cell]:
    """The average of each stretch of time: what each person has, over everyone; a ratio is of the group as one."""
    metric = group.catalogue.metrics[query.metrics[0]]
    everything = replace(group, rows=MOST_GROUPS)
    width = len(query.group_by)
    if metric.over is not None:
        return {row[:width]: row[width] for row in count(everything, query).table.rows}
    found: dict[Stretch, Decimal] = {}
    for row in count(everything, replace(query, group_by=(*query.group_by, "rep"))).table.rows:
        value = row[width + 1]
        found[row[:width]] = found.get(row[:width], Decimal(0)) + Decimal(0 if value is None else value)
    return {stretch: total / people for stretch, total in found.items()}


def _columns(query: MetricQuery, own: Table) -> Iterator[Column]:
    for column in own.columns:
        yield column
        if column.name in query.metrics:
            yield Column(name=f"{column.name}_average", unit=column.unit)


def _beside(query: MetricQuery, row: tuple[Cell, ...], averages: dict[str, dict[Stretch, Cell]]) -> tuple[Cell, ...]:
    width = len(query.group_by)
    stretch, values = row[:width], row[width:]
    pairs = zip(query.metrics, values, strict=True)
    return (*stretch, *(cell for name, value in pairs for cell in (value, averages[name].get(stretch))))
