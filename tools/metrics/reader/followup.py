"""A follow-up changes the last question instead of starting a new one."""

from dataclasses import replace
from typing import Any

from core.periods import Period, baseline
from core.periods.calendar import kind_of
from core.periods.compare import Comparison
from core.reply import Status
from tools.metrics.query import Filter, MetricQuery, Question, RecordQuery, Threshold
from tools.metrics.reader.draft import Draft
from tools.metrics.reader.grouping import SUPERLATIVES, TIMES

FAMILIES = (
    frozenset({"rep", "manager", "region"}),
    frozenset({"product", "series"}),
    frozenset({"account", "parent"}),
)
OWNERS = FAMILIES[0]


def continues(draft: Draft) -> bool:
    """Whether the question only makes sense, or is only meant, as a change to the last one."""
    if draft.last is None:
        return False
    if not draft.metrics and not _whole_lookup(draft):
        return True
    first = next((item for item in draft.line if not item.filler), None)
    opening = first is not None and first.cue("follow", "and", "add", "further", "compare", "remove")
    said = [item for item in draft.line if not item.filler and not item.cue("and", "follow", "or")]
    bare = all(
        item.get("metric") or item.cue("won", "lost", "open", "opened", "how_many") or item.get("record")
        for item in said
    )
    opening = opening or (first is not None and first.cue("rank", "rank_up") and draft.period is None)
    whole = draft.group_by and draft.period
    return bare or (opening and not whole)


def _whole_lookup(draft: Draft) -> bool:
    """Whether records are asked for by a question of its own: `which accounts are in retail`."""
    line = draft.line
    first = next((item for item in line if not item.filler), None)
    if first is not None and first.cue("follow", "and", "add", "further", "group", "remove"):
        return False
    if line.has("own", "manage", "report", "boss", "never", "define") or line.first("deal") is not None:
        return True
    if any(line[at].get("dimension") is None for at in line.of("record")):
        return True
    asked = line.has("which", "list", "how_many", "who") and not line.places(*SUPERLATIVES)
    return asked and bool(line.of("dimension")) and bool(draft.filters)


def amend(draft: Draft) -> Question:
    """The last question with what is new put in its place."""
    assert draft.last is not None
    found = (
        _amend_record(draft, draft.last) if isinstance(draft.last, RecordQuery) else _amend_metric(draft, draft.last)
    )
    if found == draft.last and not draft.line.has("whole", "my", "my_team", "total"):
        raise draft.refuse(Status.CLARIFY, "what_change")
    return found


def _amend_metric(draft: Draft, last: MetricQuery) -> MetricQuery:
    line = draft.line
    removed = line.use("remove")
    changes: dict[str, Any] = {}
    if draft.metrics:
        changes["metrics"] = tuple(dict.fromkeys(draft.metrics))
        changes["having"] = ()
    changes |= _times(draft, last)
    changes["filters"] = _filters(draft, last.filters, removed=removed)
    changes |= _groups(draft, last, removed=removed)
    changes |= _ranks(draft, last)
    if draft.having:
        changes["having"] = tuple(Threshold(one.metric, one.op, one.value) for one in draft.having)
    for name in ("share", "cumulative", "compare_values", "average", "distinct", "whole_company"):
        value = getattr(draft, name)
        if value:
            changes[name] = value
    if not draft.whole_company and any(one.field in OWNERS for one in draft.filters):
        changes["whole_company"] = False
    if draft.filters and last.compare_values and not draft.compare_values:
        changes["compare_values"] = False
    line.use(
        "follow",
        "add",
        "further",
        "and",
        "or",
        "list",
        "how_any",
        "which",
        "respectively",
        "doing",
        "all",
        "total",
        "group",
    )
    return replace(last, **changes)


def _times(draft: Draft, last: MetricQuery) -> dict[str, Any]:
    if draft.period is None:
        return {"compare": draft.compare} if draft.compare is not None else {}
    if draft.compare is not None:
        return {"period": draft.period, "compare": draft.compare}
    if draft.line.use("compare", "growth") and last.period is not None:
        if kind_of(draft.period.name) == kind_of(last.period.name) and draft.period.end >= last.period.end:
            return {"compare": baseline(last.period, "previous")}
        first, second = sorted((draft.period, last.period), key=lambda period: period.start)
        return {"period": second, "compare": first}
    return {"period": draft.period, "compare": _same_kind(last, draft.period)}


def _same_kind(last: MetricQuery, period: Period) -> Period | None:
    """The baseline that stands to the new period as the old one stood to the old."""
    if last.period is None or last.compare is None:
        return None
    kinds: tuple[Comparison, ...] = ("previous", "year_ago")
    for kind in kinds:
        if baseline(last.period, kind) == last.compare:
            return baseline(period, kind)
    return None


def _filters(draft: Draft, last: tuple[Filter, ...], *, removed: bool) -> tuple[Filter, ...]:
    new = draft.filters
    if removed:
        gone = {one.field for one in new} | set(draft.group_by)
        return tuple(one for one in last if one.field not in gone)
    if draft.line.use("add"):
        return _joined(last, new)
    replaced = {field for one in new for field in _family(one.field)}
    if draft.whole_company or (draft.line.has("my", "my_team") and not new):
        replaced |= OWNERS
    kept = tuple(one for one in last if one.field not in replaced)
    return (*kept, *new)


def _family(field: str) -> frozenset[str]:
    return next((family for family in FAMILIES if field in family), frozenset({field}))


def _joined(last: tuple[Filter, ...], new: list[Filter]) -> tuple[Filter, ...]:
    found = list(last)
    for one in new:
        at = next((at for at, old in enumerate(found) if (old.field, old.op) == (one.field, one.op)), None)
        if at is None:
            found.append(one)
        else:
            found[at] = Filter(one.field, one.op, tuple(dict.fromkeys((*found[at].values, *one.values))))
    return tuple(found)


def _groups(draft: Draft, last: MetricQuery, *, removed: bool) -> dict[str, Any]:
    new = tuple(draft.group_by)
    if removed:
        return {"group_by": tuple(name for name in last.group_by if name not in new)}
    if not new and draft.line.places("total") and last.group_by:
        return {"group_by": (), "order": None, "limit": None, "having": (), "cumulative": False, "share": False}
    if not new:
        return {}
    if draft.line.has("further") or (TIMES & set(new) and draft.line.has("add")):
        return {"group_by": tuple(dict.fromkeys((*last.group_by, *new)))[:2]}
    ranked = draft.order is None and last.limit is not None
    return {"group_by": new} | ({"order": None, "limit": None} if ranked and TIMES & set(new) else {})


def _ranks(draft: Draft, last: MetricQuery) -> dict[str, Any]:
    if draft.line.use("opposite"):
        return {"order": "asc" if last.order != "asc" else "desc"}
    if draft.order is None:
        return {}
    limit = draft.limit if draft.limit is not None else last.limit
    return {"order": draft.order, "limit": limit}


def _amend_record(draft: Draft, last: RecordQuery) -> Question:
    line = draft.line
    states = {"deals_won", "deals_lost", "open_deals"}
    if draft.metrics and (last.record != "deal" or set(draft.metrics) - states or line.has("how_many")):
        return MetricQuery(
            tuple(draft.metrics),
            filters=tuple(one for one in last.filters if one.field != "stage"),
            period=draft.period or last.period,
        )
    removed = line.use("remove")
    filters = _filters(draft, last.filters, removed=removed)
    stages = {"won": ("won",), "lost": ("lost",), "open": ("prospecting", "engaging"), "closed": ("won", "lost")}
    for cue, values in stages.items():
        if line.has(cue) and last.record == "deal":
            line.use(cue)
            filters = (*(one for one in filters if one.field != "stage"), Filter("stage", "is", values))
    changes: dict[str, Any] = {"filters": filters}
    if draft.period is not None:
        changes["period"] = draft.period
    if draft.limit is not None:
        changes["limit"] = draft.limit
    if draft.order is not None:
        changes["order"] = draft.order
    line.use("follow", "add", "and", "or", "list", "which", "how_any", "all", "group")
    if line.use("how_many"):
        changes["count"] = True
    return replace(last, **changes)
