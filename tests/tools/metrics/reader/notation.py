"""Queries on one line, for tables of cases: `revenue by region where product=GTX Pro in 2017-Q3 desc 1`."""

from typing import Any

from tools.metrics.query import Filter, MetricQuery, Question, RecordQuery, Refusal

SIGNS = {"is": "=", "is_not": "!=", "over": ">", "at_least": ">=", "under": "<", "at_most": "<="}


def compact(found: Question | Refusal) -> str:
    """One line that holds everything of a query, or a refusal's status, reason and word."""
    if isinstance(found, Refusal):
        return f"{found.status.value} {found.reason}"
    if isinstance(found, MetricQuery):
        return " ".join(_metric(found))
    return " ".join(_record(found))


def _filters(filters: tuple[Filter, ...]) -> list[str]:
    shown = [f"{one.field}{SIGNS[one.op]}{'|'.join(_plain(value) for value in one.values)}" for one in filters]
    return [f"where {' & '.join(sorted(shown))}"] if shown else []


def _plain(value: Any) -> str:
    text = str(value)
    return f"{value.normalize():f}" if hasattr(value, "normalize") else text


def _metric(query: MetricQuery) -> list[str]:
    parts = [f"count {query.distinct} of" if query.distinct else "", ",".join(query.metrics)]
    parts += [f"by {','.join(query.group_by)}" if query.group_by else "", *_filters(query.filters)]
    parts += [f"in {query.period.name}" if query.period else "", f"vs {query.compare.name}" if query.compare else ""]
    parts += [f"having {one.metric}{SIGNS[one.op]}{_plain(one.value)}" for one in query.having]
    parts += [query.order or "", str(query.limit or ""), f"average {query.average}" if query.average else ""]
    flags = ("share", "cumulative", "compare_values", "whole_company")
    return [part for part in (*parts, *(flag for flag in flags if getattr(query, flag))) if part]


def _record(query: RecordQuery) -> list[str]:
    parts = ["count" if query.count else "list", query.record, f"[{','.join(query.fields)}]" if query.fields else ""]
    parts += _filters(query.filters)
    parts += [f"in {query.period.name}" if query.period else "", f"on {query.date_field}" if query.date_field else ""]
    parts += [f"never {query.never}" if query.never else ""]
    parts += [f"by {query.order_by} {query.order}" if query.order_by else "", str(query.limit or "")]
    return [part for part in (*parts, "whole_company" if query.whole_company else "") if part]
