"""Which days a question is about, and which it compares them with."""

from core.periods import Period, baseline, find_periods
from core.periods.calendar import Unit, between, kind_of, unit_at
from core.reply import Status
from tools.metrics.reader.draft import Draft
from tools.metrics.reader.items import Item

COMPARING = ("compare", "growth")


def read_periods(draft: Draft) -> None:
    """Find the period and its baseline. Two periods are compared, the later with the earlier."""
    line = draft.line
    found = [line[at] for at in line.of("period")]
    comparing = line.has(*COMPARING)
    if len(found) == 1 and comparing:
        found = _parts(draft, found[0]) or found
    for item in found:
        item.use("period")
        if item in line.items:
            _use_preposition(draft, line.items.index(item))
    comparison = line.first("comparison")
    periods = [item.period for item in found if item.period is not None]
    if comparison is not None:
        _compare_kind(draft, comparison, periods)
    elif len(periods) > 1:
        _several(draft, periods, found)
    elif periods:
        _one(draft, periods[0], found[0])


def _use_preposition(draft: Draft, at: int) -> None:
    """`over the last 30 days` is no threshold."""
    before = draft.line.before(at)
    if before is not None and draft.line[before].cue("over", "between"):
        draft.line[before].use()


def _parts(draft: Draft, item: Item) -> list[Item] | None:
    """`from Q2 to Q3` as its two ends, where something is said to change between them."""
    text = item.text
    fiscal = draft.lexicon.facts.company.fiscal_year_start
    matches = find_periods(text, draft.today, fiscal_year_start=fiscal)
    if len(matches) == 1 and item.period is not None:
        for cut in range(len(text) - 1, 0, -1):
            tail = find_periods(text[cut:], draft.today, fiscal_year_start=fiscal)
            head = find_periods(text[:cut], draft.today, fiscal_year_start=fiscal)
            if len(tail) == len(head) == 1 and _are_ends(head[0].period, tail[0].period, item.period):
                matches = [head[0], tail[0]]
                break
    if len(matches) != 2:
        return None
    item.use("period")
    return [Item(item.start, item.end, match.text, item.meanings, period=match.period, used=True) for match in matches]


def _are_ends(first: Period, last: Period, whole: Period) -> bool:
    return first.start == whole.start and last.end == whole.end and first.end < last.start


def _compare_kind(draft: Draft, comparison: Item, periods: list[Period]) -> None:
    comparison.use("comparison")
    draft.line.use(*COMPARING)
    before = getattr(draft.last, "period", None)
    if not periods and before is not None and not line_has_metric(draft):
        periods = [before]
    if not periods:
        raise draft.refuse(Status.CLARIFY, "which_period")
    draft.period = periods[0]
    kind = comparison.get("comparison")
    draft.compare = periods[1] if len(periods) > 1 else baseline(periods[0], kind)  # type: ignore[arg-type]


def _several(draft: Draft, periods: list[Period], items: list[Item]) -> None:
    if len(periods) > 2:
        raise draft.refuse(Status.CLARIFY, "too_many_periods")
    first, second = sorted(periods, key=lambda period: (period.start, period.end))
    if draft.line.has(*COMPARING):
        draft.period, draft.compare = second, first
        draft.line.use("compare", "growth", "and", "to", "between", "between_after")
    elif first.start <= second.start and second.end <= first.end:
        draft.period = second
    elif second.start <= first.start and first.end <= second.end:
        draft.period = first
    elif _listed(draft, items):
        draft.period, draft.compare = second, first
    else:
        draft.period = between(first, second)


def _listed(draft: Draft, items: list[Item]) -> bool:
    """`Q2 and Q3`, rather than `from Q2 to Q3`."""
    one, other = (draft.line.items.index(item) for item in items)
    return any(draft.line[at].cue("and", "or") for at in range(one, other))


def _one(draft: Draft, period: Period, item: Item) -> None:
    line = draft.line
    before = line.before(line.items.index(item), skip=("follow",))
    compared = before is not None and line[before].cue("compare")
    if not compared and before is not None and line.has("growth") and line[before].cue("to", "between"):
        compared = True
    draft.period = period
    if getattr(draft.last, "period", None) is not None and not line_has_metric(draft):
        return
    if line.has("compare") and compared:
        current = current_unit(draft, period)
        if current is not None and current.start > period.end:
            draft.period, draft.compare = current, period
            line.use("compare", "growth")
    elif line.has("growth") and not line.has("grain_change"):
        draft.compare = baseline(period, "previous")
        line.use("growth")


def line_has_metric(draft: Draft) -> bool:
    """Whether the question names a number itself, and so is whole."""
    return bool(draft.line.of("metric")) or draft.line.has("sell", "won", "lost", "signed_money", "buy")


def current_unit(draft: Draft, like: Period) -> Period | None:
    """The unit of today that is of the same kind as a period: this month for last month."""
    unit: Unit | None = kind_of(like.name)
    if unit is None:
        return None
    return unit_at(draft.today, unit, fiscal_year_start=draft.lexicon.facts.company.fiscal_year_start)
