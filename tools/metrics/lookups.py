"""A RecordQuery to a table of records, within what the asker may see."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select

from core.periods import Period
from core.reply import Cell, Column, Status, Table, Unit
from tools.metrics.components import shared_conditions
from tools.metrics.entries import Dimension, Field, FieldType, RecordKind
from tools.metrics.filters import Condition, conditions, no_such_field, within
from tools.metrics.frame import Frame, Refused
from tools.metrics.groups import plain_value
from tools.metrics.query import RecordQuery
from tools.metrics.sources import Column as Selected
from tools.metrics.sources import Source

UNITS: dict[FieldType, Unit | None] = {"money": "money", "number": "count", "date": "date"}


@dataclass(frozen=True)
class Found:
    """The records of a look-up, and how many there are in all."""

    status: Status
    table: Table
    total: int


def look_up(frame: Frame, query: RecordQuery) -> Found:
    """The records that fit, in order, with the fields asked for; ties at the limit are kept."""
    kind = frame.catalogue.records[query.record]
    source = Source(frame.reader.scope, frame.catalogue, query.record)
    wanted = [*conditions(frame, source, query.filters), *_dated(frame, source, kind, query)]
    if query.never is not None:
        wanted += [~_ever(frame, source, query.never, query.period), *_in_sight(frame, source)]
    if query.count:
        return _counted(frame, query, source, wanted)
    return _listed(frame, query, source, wanted)


def _counted(frame: Frame, query: RecordQuery, source: Source, wanted: list[Condition]) -> Found:
    total = _total(frame, source, wanted)
    columns = (Column(name=f"{query.record}_count", unit="count"),)
    return Found(Status.ANSWERED if total else Status.EMPTY, Table(columns=columns, rows=((total,),)), total)


def _total(frame: Frame, source: Source, wanted: list[Condition]) -> int:
    return int(frame.reader.execute(select(func.count()).select_from(source.joined).where(*wanted)).scalar_one())


def _listed(frame: Frame, query: RecordQuery, source: Source, wanted: list[Condition]) -> Found:
    kind = frame.catalogue.records[query.record]
    names = query.fields or kind.show
    fields = [_field(frame, query.record, name) for name in names]
    shown = [source.value(field) for field in fields]
    order = _order(frame, query, kind, source)
    statement = select(*shown, order[0]).where(*wanted).select_from(source.joined)
    rows = frame.reader.execute(_sorted(statement, query, source, order).limit(frame.rows + 1)).all()
    kept = _with_ties(rows, query.limit)
    truncated = len(kept) > frame.rows
    cells = tuple(tuple(_cell(value) for value in row[:-1]) for row in kept[: frame.rows])
    columns = tuple(Column(name=name, unit=UNITS.get(field.type)) for name, field in zip(names, fields, strict=True))
    total = _total(frame, source, wanted) if truncated else len(kept)
    table = Table(columns=columns, rows=cells, truncated=truncated)
    return Found(Status.ANSWERED if cells else Status.EMPTY, table, total)


def _sorted(statement: Select[Any], query: RecordQuery, source: Source, order: tuple[Selected, bool]) -> Select[Any]:
    column, falling = order
    direction = column.desc() if falling else column.asc()
    return statement.order_by(column.is_(None), direction, source.base.c.id)


def _order(frame: Frame, query: RecordQuery, kind: RecordKind, source: Source) -> tuple[Selected, bool]:
    """By the field asked for; else the newest first, or by name where there is no date."""
    if query.order_by is not None:
        return source.value(_field(frame, query.record, query.order_by)), query.order == "desc"
    if kind.date is not None:
        return source.value(kind.fields[kind.date]), True
    return source.value(kind.fields[kind.name or kind.show[0]]), False


def _with_ties(rows: Any, limit: int | None) -> list[Any]:
    if limit is None or len(rows) <= limit:
        return list(rows)
    last = rows[limit - 1][-1]
    return [*rows[:limit], *(row for row in rows[limit:] if row[-1] == last)]


def _cell(value: Any) -> Cell:
    found: Cell = plain_value(value)
    return found


def _field(frame: Frame, record: str, name: str) -> Field | Dimension:
    own = frame.catalogue.records[record].fields.get(name)
    found = own if own is not None else frame.field_of(record, name)
    if found is None or (isinstance(found, Dimension) and found.grain):
        raise Refused(no_such_field(frame, record, name))
    return found


def _dated(frame: Frame, source: Source, kind: RecordKind, query: RecordQuery) -> list[Condition]:
    name = query.date_field or (None if query.never else kind.date)
    if query.period is None or (name is None and query.never):
        return []
    if name is None or name not in kind.fields:
        raise Refused(no_such_field(frame, query.record, name or "date"))
    return within(source.value(kind.fields[name]), query.period)


def _in_sight(frame: Frame, source: Source) -> list[Condition]:
    """Colleagues are no secret, but only of those whose records the asker sees can it be said what they lack.

    Who has left lacks nothing.
    """
    if source.record != "person":
        return []
    scope, still_here = frame.reader.scope, source.base.c.active.is_(True)
    return [still_here] if scope.everything else [still_here, source.base.c.id.in_(sorted(scope.people))]


def _ever(frame: Frame, source: Source, name: str, period: Period | None) -> Condition:
    """Whether a record has a row of the metric in the period; a manager, whether one who reports to them has."""
    metric = frame.catalogue.metrics[name]
    rows = Source(frame.reader.scope, frame.catalogue, metric.record, name="ever")
    link = {"person": "owner_id"}.get(source.record, f"{source.record}_id")
    if link not in rows.base.c:
        raise Refused(no_such_field(frame, metric.record, source.record))
    whose: Condition = rows.base.c[link] == source.base.c.id
    if source.record == "person":
        whose = or_(whose, rows.column("owner.manager_id") == source.base.c.id)
    wanted = [whose, *shared_conditions(frame, rows, metric)]
    day = frame.catalogue.records[metric.record].fields.get(metric.date or "")
    if day is not None:
        wanted += within(rows.value(day), period)
    return exists(select(1).select_from(rows.joined).where(and_(*wanted)))
