"""A metric's parts, summed and counted by the database within the asker's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, select, true, type_coerce

from core.periods import Period
from core.reply import Status
from db.tables import Money, Payment
from tools.metrics.entries import Measure, Metric
from tools.metrics.filters import Condition, conditions, no_such_field, within
from tools.metrics.frame import Frame, Refused
from tools.metrics.functions import days_between
from tools.metrics.groups import Group, Key, keys_of, read_group
from tools.metrics.parts import Parts
from tools.metrics.query import Filter, Refusal
from tools.metrics.sources import Column, Source


@dataclass(frozen=True)
class Ask:
    """What to add up: the parts of one metric for each group. `sets`: keep the distinct values themselves."""

    metric: Metric
    group_by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    period: Period | None = None
    distinct: str | None = None
    sets: bool = False


def add_up(frame: Frame, ask: Ask) -> dict[Group, Parts]:
    """The parts of each group that has rows."""
    metric = ask.metric
    source = Source(frame.reader.scope, frame.catalogue, metric.record)
    field = frame.catalogue.records[metric.record].fields.get(metric.date or "")
    day = None if field is None else source.value(field)
    keys = keys_of(frame, source, ask.group_by, day)
    wanted = [*conditions(frame, source, ask.filters), *shared_conditions(frame, source, metric)]
    if day is not None:
        wanted += within(day, ask.period)
    distinct = _distinct(frame, source, ask)
    if distinct is not None and ask.sets:
        return _collected(frame, keys, _selected(source, keys, wanted, [distinct]))
    amounts = [func.count(distinct.distinct())] if distinct is not None else amounts_of(frame, source, metric)
    return _folded(frame, keys, _selected(source, keys, wanted, amounts, group=True), ratio=len(amounts) > 1)


def _selected(
    source: Source, keys: list[Key], wanted: list[Condition], amounts: Sequence[Column], *, group: bool = False
) -> Select[Any]:
    columns = [column for key in keys for column in key.columns]
    grouped = [*columns, *amounts] if not group else columns
    statement = select(*columns, *amounts, func.count()).select_from(source.joined).where(*wanted)
    return statement.group_by(*grouped) if grouped else statement


def _folded(frame: Frame, keys: list[Key], statement: Select[Any], *, ratio: bool) -> dict[Group, Parts]:
    found: dict[Group, Parts] = {}
    for row in frame.reader.execute(statement):
        group, rest = read_group(keys, row)
        over = _number(rest[1]) if ratio else None
        parts = Parts(_number(rest[0]), over, rest[-1])
        found[group] = found[group] + parts if group in found else parts
    return found


def _collected(frame: Frame, keys: list[Key], statement: Select[Any]) -> dict[Group, Parts]:
    seen: dict[Group, set[object]] = {}
    rows: dict[Group, int] = {}
    for row in frame.reader.execute(statement):
        group, (value, count) = read_group(keys, row)
        values = seen.setdefault(group, set())
        if value is not None:
            values.add(value)
        rows[group] = rows.get(group, 0) + count
    return {group: Parts(frozenset(values), None, rows[group]) for group, values in seen.items()}


def _number(value: Any) -> int | Decimal:
    if value is None:
        return 0
    return value if isinstance(value, Decimal) else int(value)


def _distinct(frame: Frame, source: Source, ask: Ask) -> Column | None:
    name = ask.distinct or ask.metric.measure.distinct
    if name is None:
        return None
    dimension = frame.catalogue.dimensions[name]
    if dimension.grain or not frame.catalogue.reachable(source.record, name):
        raise Refused(no_such_field(frame, source.record, name))
    own = f"{name}_id"
    if dimension.identified and own in source.base.c:
        return source.base.c[own]
    identity = source.identity(dimension)
    return source.value(dimension) if identity is None else identity


def shared_conditions(frame: Frame, source: Source, metric: Metric) -> list[Condition]:
    """What every row of the metric fits, whichever part it goes into."""
    measures = metric.measures
    fields = set(measures[0].where).intersection(*(measure.where for measure in measures))
    found: list[Condition] = [
        _column(frame, source, name).in_(sorted({value for measure in measures for value in measure.where[name]}))
        for name in sorted(fields)
    ]
    known = set(measures[0].known).intersection(*(measure.known for measure in measures))
    found += [_column(frame, source, name).is_not(None) for name in sorted(known)]
    if metric.measure.overdue is not None:
        found.append(_column(frame, source, metric.measure.overdue) < frame.today)
    if metric.measure.unpaid is not None:
        found.append(_unpaid(frame, source, metric.measure.unpaid) > 0)
    return found


def amounts_of(frame: Frame, source: Source, metric: Metric) -> list[Column]:
    """The sums and counts that the metric's number is made of."""
    return [_amount(frame, source, metric, measure) for measure in metric.measures]


def _amount(frame: Frame, source: Source, metric: Metric, measure: Measure) -> Column:
    fits = _own(frame, source, metric, measure)
    if measure.count is not None:
        return func.count() if fits is None else func.count(case((fits, 1)))
    value = _addend(frame, source, measure)
    return func.sum(value if fits is None else case((fits, value)))


def _own(frame: Frame, source: Source, metric: Metric, measure: Measure) -> ColumnElement[bool] | None:
    """The conditions of one part that the other part does not share."""
    others = [other for other in metric.measures if other is not measure]
    needed = [
        _column(frame, source, name).in_(values)
        for name, values in measure.where.items()
        if any(set(other.where.get(name, ())) != set(values) for other in others)
    ]
    needed += [
        _column(frame, source, name).is_not(None)
        for name in measure.known
        if any(name not in other.known for other in others)
    ]
    return and_(true(), *needed) if needed else None


def _addend(frame: Frame, source: Source, measure: Measure) -> Column:
    if measure.days is not None:
        first, last = (_column(frame, source, name) for name in measure.days)
        return days_between(first, last)
    if measure.unpaid is not None:
        return _unpaid(frame, source, measure.unpaid)
    if measure.sum is None:
        raise Refused(Refusal(Status.UNDEFINED, "unknown_metric"))
    return _column(frame, source, measure.sum)


def _unpaid(frame: Frame, source: Source, name: str) -> Column:
    """What is left of an invoice after the payments against it up to today."""
    amount = _column(frame, source, name)
    paid = _join_paid(frame, source) if source.paid is None else source.paid
    return type_coerce(amount - func.coalesce(paid.c.amount, 0), Money)


def _join_paid(frame: Frame, source: Source) -> FromClause:
    payments = frame.reader.scope.rows(Payment, "settled").c
    source.paid = (
        select(payments.invoice_id, func.sum(payments.amount).label("amount"))
        .where(payments.date <= frame.today)
        .group_by(payments.invoice_id)
        .subquery("paid")
    )
    source.joined = source.joined.outerjoin(source.paid, source.paid.c.invoice_id == source.base.c.id)
    return source.paid


def _column(frame: Frame, source: Source, name: str) -> Column:
    return source.value(frame.catalogue.records[source.record].fields[name])
