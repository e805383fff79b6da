"""The numbers of each group, side by side: several metrics, two periods, a whole."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from core.periods import Period
from core.periods.period import Grain
from tools.metrics.components import Ask, add_up
from tools.metrics.entries import Metric
from tools.metrics.frame import Frame
from tools.metrics.groups import Group, Value, grain_at, units
from tools.metrics.parts import Parts, nothing
from tools.metrics.query import MetricQuery
from tools.metrics.targets import add_up_targets


@dataclass
class Numbers:
    """One metric's parts for each group, in the period and in the one compared with, and of the whole."""

    metric: Metric
    distinct: str | None
    now: dict[Group, Parts]
    before: dict[Group, Parts] = field(default_factory=dict)
    whole: Fraction | None = None

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return "count" if self.distinct else self.metric.unit

    def value(self, group: Group) -> Fraction | None:
        """The number of one group; a sum or count over no rows is zero."""
        return self.now.get(group, nothing(self.metric, self.distinct)).value

    def baseline(self, group: Group) -> Fraction | None:
        """The number of one group in the period compared with."""
        return self.before.get(group, nothing(self.metric, self.distinct)).value


def numbers_of(frame: Frame, query: MetricQuery, name: str) -> Numbers:
    """The numbers of one metric for every group of the query."""
    metric = frame.catalogue.metrics[name]
    place = grain_at(frame, query.group_by)
    ask = Ask(
        metric,
        query.group_by,
        query.filters,
        None if metric.snapshot else query.period,
        query.distinct,
        sets=place is not None and (query.distinct or metric.measure.distinct) is not None,
    )
    found = Numbers(metric, query.distinct, parts_of(frame, ask))
    if query.compare is not None:
        found.before = _aligned(frame, query, parts_of(frame, replace(ask, period=query.compare)), place)
    if query.share:
        filters = query.filters if query.group_by else ()
        found.whole = _whole(frame, replace(ask, group_by=(), filters=filters, sets=False))
    return found


def parts_of(frame: Frame, ask: Ask) -> dict[Group, Parts]:
    """The parts of each group, from the metric's own rows or from targets."""
    return add_up_targets(frame, ask) if ask.metric.measure.reached is not None else add_up(frame, ask)


def _whole(frame: Frame, ask: Ask) -> Fraction | None:
    parts = parts_of(frame, ask).get(())
    return None if parts is None else parts.value


def _aligned(frame: Frame, query: MetricQuery, before: dict[Group, Parts], place: int | None) -> dict[Group, Parts]:
    """The first stretch of the baseline stands beside the first stretch of the period, and so on."""
    if place is None or query.period is None or query.compare is None:
        return before
    grain = _grain(query, place)
    here, there = units(frame, query.period, grain), units(frame, query.compare, grain)
    known = [stretch for stretch in here if stretch.id <= frame.today]
    beside = dict(zip(there, known, strict=False))
    return {
        (*group[:place], beside[group[place]], *group[place + 1 :]): parts
        for group, parts in before.items()
        if group[place] in beside
    }


def _grain(query: MetricQuery, place: int) -> Grain:
    return query.group_by[place]  # type: ignore[return-value]


def fill_trend(frame: Frame, query: MetricQuery, groups: list[Group]) -> list[Group]:
    """The groups with those stretches of time added in which nothing happened, up to today."""
    place = grain_at(frame, query.group_by)
    if place is None or not groups:
        return groups
    stretches = _stretches(frame, query, groups, place)
    others = list(dict.fromkeys((*group[:place], *group[place + 1 :]) for group in groups))
    if len(others) * len(stretches) > max(frame.rows, len(groups)):
        return groups
    filled = [(*other[:place], stretch, *other[place:]) for other in others for stretch in stretches]
    return list(dict.fromkeys((*filled, *groups)))


def _stretches(frame: Frame, query: MetricQuery, groups: list[Group], place: int) -> list[Value]:
    found = sorted((group[place] for group in groups if group[place].id is not None), key=lambda value: value.id)
    period = query.period
    if period is None:
        if not found:
            return []
        period = Period(found[0].id, max(found[-1].id, found[0].id), "all")
    last = min(period.end, max(frame.today, found[-1].id if found else frame.today))
    if last < period.start:
        return []
    first = max(period.start, found[0].id) if found and period.start.year <= 1900 else period.start
    return units(frame, Period(first, max(last, first), period.name), _grain(query, place))


def run_totals(frame: Frame, query: MetricQuery, numbers: Numbers, groups: list[Group]) -> None:
    """Replace each stretch's parts by the sum of it and all before it."""
    place = grain_at(frame, query.group_by)
    if place is None:
        return
    numbers.now = _running(numbers, numbers.now, groups, place)
    if query.compare is not None:
        numbers.before = _running(numbers, numbers.before, groups, place)


def _running(numbers: Numbers, parts: dict[Group, Parts], groups: list[Group], place: int) -> dict[Group, Parts]:
    found: dict[Group, Parts] = {}
    totals: dict[Group, Parts] = {}
    zero = nothing(numbers.metric, numbers.distinct)
    for group in sorted((g for g in groups if g[place].id is not None), key=lambda g: g[place].id):
        other = (*group[:place], *group[place + 1 :])
        totals[other] = totals.get(other, zero) + parts.get(group, zero)
        found[group] = totals[other]
    return found
