"""Attainment: what owners reached of their targets, for the same metric, owner and days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Subquery, and_, select

from core.periods.period import Grain
from core.reply import Status
from db.tables import Target as TargetRow
from tools.metrics.components import Ask, amounts_of, shared_conditions
from tools.metrics.entries import Metric
from tools.metrics.filters import Condition, conditions, no_such_field
from tools.metrics.frame import Frame, Refused
from tools.metrics.groups import Group, Key, Value, keys_of, read_group, unit_of
from tools.metrics.parts import Parts
from tools.metrics.query import Filter, Refusal
from tools.metrics.sources import Source

USUAL = "revenue"
"""The metric meant where targets are set for several."""

CROSSING = Value("crossing", None)
"""Where a target belongs that crosses a border of stretches of time: it counts in none of them."""

Slot = tuple[int, date, date]
"""One owner and the days of a target."""


@dataclass(frozen=True, slots=True)
class Target:
    """What one group's owner should reach in some days."""

    group: Group
    slot: Slot
    value: Decimal


def add_up_targets(frame: Frame, ask: Ask) -> dict[Group, Parts]:
    """Actual over target of each group, of targets that lie wholly inside the period and the stretch of time."""
    if ask.distinct is not None:
        raise Refused(no_such_field(frame, "target", ask.distinct))
    source = Source(frame.reader.scope, frame.catalogue, "target")
    wanted = _wanted(frame, source, ask)
    metric = _metric(frame, ask.filters)
    if metric is None:
        return {}
    wanted.append(source.base.c.metric == metric.name)
    targets = _targets(frame, source, ask, wanted)
    reached = _reached(frame, metric, _slots(source, wanted))
    found: dict[Group, Parts] = {}
    counted: set[tuple[Group, Slot]] = set()
    for target in targets:
        again = (target.group, target.slot) in counted
        counted.add((target.group, target.slot))
        parts = Parts(0 if again else reached.get(target.slot, 0), target.value, 1)
        found[target.group] = found[target.group] + parts if target.group in found else parts
    return found


def _wanted(frame: Frame, source: Source, ask: Ask) -> list[Condition]:
    base = source.base.c
    wanted = [*conditions(frame, source, ask.filters), base.owner_id.is_not(None)]
    if ask.period is not None:
        wanted += [base.start_date >= ask.period.start, base.end_date <= ask.period.end]
    return wanted


def _targets(frame: Frame, source: Source, ask: Ask, wanted: list[Condition]) -> Iterable[Target]:
    keys = [_stretch(frame, source, name) or keys_of(frame, source, (name,), None)[0] for name in ask.group_by]
    columns = [column for key in keys for column in key.columns]
    base = source.base.c
    own = (base.owner_id, base.start_date, base.end_date, base.value)
    for row in frame.reader.execute(select(*columns, *own).select_from(source.joined).where(*wanted)):
        group, (owner, start, end, value) = read_group(keys, row)
        if CROSSING not in group:
            yield Target(group, (owner, start, end), value)


def _stretch(frame: Frame, source: Source, name: str) -> Key | None:
    """A target counts in the stretch of time that holds all its days, and in none where it crosses a border."""
    dimension = frame.catalogue.dimensions.get(name)
    if dimension is None or not dimension.grain:
        return None
    grain = cast(Grain, name)

    def read(start: date, end: date) -> Any:
        first = unit_of(frame, start, grain)
        return first if first == unit_of(frame, end, grain) else CROSSING

    return Key((source.base.c.start_date, source.base.c.end_date), read)


def _metric(frame: Frame, filters: tuple[Filter, ...]) -> Metric | None:
    """The metric filtered for, else revenue or the one the asker's targets are set for, on whatever days."""
    named = next((str(one.values[0]) for one in filters if one.field == "metric" and one.op == "is"), None)
    if named is not None:
        return frame.catalogue.metrics.get(named)
    targets = frame.reader.scope.rows(TargetRow).c
    names = frame.reader.execute(select(targets.metric).distinct().order_by(targets.metric)).scalars()
    metrics = [frame.catalogue.metrics[name] for name in names if name in frame.catalogue.metrics]
    found = {metric.name: metric for metric in metrics if metric.additive and not metric.snapshot}
    if USUAL in found or len(found) <= 1:
        return found.get(USUAL) or next(iter(found.values()), None)
    raise Refused(Refusal(Status.CLARIFY, "several_targets", {"names": ", ".join(found)}))


def _slots(source: Source, wanted: list[Condition]) -> Subquery:
    base = source.base.c
    days = select(base.owner_id, base.start_date, base.end_date).select_from(source.joined).where(*wanted)
    return days.distinct().subquery("slots")


def _reached(frame: Frame, metric: Metric, slots: Subquery) -> dict[Slot, int | Decimal]:
    """What each owner of a target reached in its days."""
    source = Source(frame.reader.scope, frame.catalogue, metric.record)
    day = source.value(frame.catalogue.records[metric.record].fields[metric.date or ""])
    amounts = amounts_of(frame, source, metric)
    slot = slots.c
    of_slot = and_(source.base.c.owner_id == slot.owner_id, day.between(slot.start_date, slot.end_date))
    statement = (
        select(*slot, *amounts)
        .select_from(source.joined.join(slots, of_slot))
        .where(*shared_conditions(frame, source, metric))
        .group_by(*slot)
    )
    rows: Iterable[Any] = frame.reader.execute(statement)
    return {(owner, start, end): reached or 0 for owner, start, end, reached in rows}
