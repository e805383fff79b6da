"""What numbers are grouped by: dimensions, and stretches of time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple, cast

from core.periods import Period
from core.periods.calendar import unit_at
from core.periods.period import Grain
from tools.metrics.entries import Dimension
from tools.metrics.filters import no_such_field
from tools.metrics.frame import Frame, Refused
from tools.metrics.functions import month_of
from tools.metrics.sources import Column, Source


class Value(NamedTuple):
    """One group's value of one dimension. `id` tells apart two of the same name; for time it is the first day."""

    id: Any
    label: Any


Group = tuple[Value, ...]
NO_VALUE = Value(None, None)


@dataclass(frozen=True)
class Key:
    """One thing to group by: columns to select, and how to read a value from what they hold."""

    columns: tuple[Column, ...]
    read: Callable[..., Value]


def keys_of(frame: Frame, source: Source, group_by: tuple[str, ...], day: Column | None) -> list[Key]:
    """The keys of `group_by` over these rows; refused as undefined where the rows have no such dimension."""
    return [_key(frame, source, name, day) for name in group_by]


def _key(frame: Frame, source: Source, name: str, day: Column | None) -> Key:
    dimension = frame.catalogue.dimensions.get(name)
    if dimension is not None and dimension.grain:
        if day is None:
            raise Refused(no_such_field(frame, source.record, name))
        return time_key(frame, day, cast(Grain, name))
    found = frame.field_of(source.record, name)
    if found is None:
        raise Refused(no_such_field(frame, source.record, name))
    label = source.value(found)
    identity = source.identity(found) if isinstance(found, Dimension) else None
    if identity is None:
        return Key((label,), lambda value: Value(plain_value(value), plain_value(value)))
    return Key((identity, label), lambda key, value: Value(key, plain_value(value)))


def plain_value(value: Any) -> Any:
    """A value as a table shows it: names of kinds, yes and no in lower case, dates in ISO."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def read_group(keys: list[Key], row: Any) -> tuple[Group, Any]:
    """The group that a row of the database is of, and the columns after those of the keys."""
    values = []
    place = 0
    for key in keys:
        width = len(key.columns)
        values.append(key.read(*row[place : place + width]))
        place += width
    return tuple(values), row[place:]


def time_key(frame: Frame, day: Column, grain: Grain) -> Key:
    """Groups dates by calendar unit; the database groups by month where that is fine enough."""
    if grain in ("day", "week"):
        return Key((day,), lambda found: unit_of(frame, found, grain))
    return Key((month_of(day),), lambda found: unit_of(frame, found and date.fromisoformat(f"{found}-01"), grain))


def unit_of(frame: Frame, day: date | None, grain: Grain) -> Value:
    """The unit of the company's calendar that holds `day`."""
    if day is None:
        return NO_VALUE
    unit = unit_at(day, grain, fiscal_year_start=frame.company.fiscal_year_start)
    return Value(unit.start, unit.name)


def units(frame: Frame, period: Period, grain: Grain) -> list[Value]:
    """Every unit from the first to the last day of the period."""
    found: list[Value] = []
    day = period.start
    while day <= period.end:
        unit = unit_at(day, grain, fiscal_year_start=frame.company.fiscal_year_start)
        found.append(Value(unit.start, unit.name))
        day = date.fromordinal(unit.end.toordinal() + 1)
    return found


def grain_at(frame: Frame, group_by: tuple[str, ...]) -> int | None:
    """The place of the stretch of time among `group_by`."""
    for place, name in enumerate(group_by):
        dimension = frame.catalogue.dimensions.get(name)
        if dimension is not None and dimension.grain:
            return place
    return None
