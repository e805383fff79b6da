"""Filters and periods as conditions over a source's rows."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, func, or_

from core.errors import Bug
from core.periods import Period
from core.reply import Status
from db.tables.base import MONEY_SCALE
from tools.metrics.entries import FieldType
from tools.metrics.frame import Frame, Refused
from tools.metrics.query import Filter, Refusal
from tools.metrics.sources import Column, Source

CENT = Decimal(1) / MONEY_SCALE
Condition = ColumnElement[bool]


def conditions(frame: Frame, source: Source, filters: Sequence[Filter]) -> list[Condition]:
    """One condition a filter; refused as undefined where the rows have no such field."""
    return [condition(frame, source, one) for one in filters]


def condition(frame: Frame, source: Source, wanted: Filter) -> Condition:
    """The condition of one filter. Rows without a value are "not" anything, and over or under nothing."""
    field = frame.field_of(source.record, wanted.field)
    if field is None:
        raise Refused(no_such_field(frame, source.record, wanted.field))
    if wanted.op in ("is", "is_not"):
        values = [plain(value, field.type) for value in wanted.values]
        found = _one_of(frame, source, wanted.field, values)
        if found is None:
            found = source.value(field).in_(values)
        if wanted.op == "is":
            return found
        # A condition over missing values is neither true nor false; "not" must keep those rows.
        return or_(source.value(field).is_(None), ~func.coalesce(found, false()))
    limit = _threshold(wanted.values[0], field.type, wanted.op)
    return cast(Condition, compare(source.value(field), wanted.op, limit))


def within(column: Column, period: Period | None) -> list[Condition]:
    """The condition that a date lies in the period; none where there is no period."""
    return [] if period is None else [column.between(period.start, period.end)]


def compare(column: Any, op: str, value: Any) -> Any:
    """`column` stands so to `value`; works for columns and for numbers alike."""
    if op == "over":
        return column > value
    if op == "at_least":
        return column >= value
    if op == "under":
        return column < value
    if op == "at_most":
        return column <= value
    raise Bug(op=op)


def no_such_field(frame: Frame, record: str, field: str) -> Refusal:
    """The refusal for a breakdown or filter that the rows of `record` do not have."""
    return Refusal(Status.UNDEFINED, "no_such_breakdown", {"record": record, "field": field})


def plain(value: str | Decimal, kind: FieldType) -> Any:
    """A filter's value as the database compares it."""
    if kind == "date":
        return date.fromisoformat(str(value))
    if kind == "boolean":
        return str(value).casefold() in ("true", "1", "yes")
    return Decimal(value) if kind in ("money", "number") else str(value)


def _threshold(value: str | Decimal, kind: FieldType, op: str) -> Any:
    found = plain(value, kind)
    if kind != "money":
        return found
    # money has four decimals: over 10.00005 is over 10.0000, at least 10.00005 is at least 10.0001
    return found.quantize(CENT, ROUND_FLOOR if op in ("over", "at_most") else ROUND_CEILING)


def _one_of(frame: Frame, source: Source, name: str, values: list[Any]) -> Condition | None:
    """People and regions by the owner's id, which spares a join and uses the index."""
    if "owner_id" not in source.base.c or name not in ("rep", "manager", "region"):
        return None
    everyone = frame.colleagues
    owner = source.base.c["owner_id"]
    people = [one for value in values for one in frame.people_named(value)]
    if name == "rep":
        return owner.in_([one.id for one in people])
    if name == "manager":
        return owner.in_(sorted({below for one in people for below in everyone.below(one.id)}))
    located = owner.in_([one.id for one in everyone.by_id.values() if one.region in values])
    if "region" not in source.base.c:
        return located
    region = source.base.c["region"]
    return or_(region.in_(values), and_(region.is_(None), located))
