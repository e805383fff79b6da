"""Any query at all gives what plain Python gives over the same rows."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.periods import Period
from core.reply import Status
from tests.tools.metrics.company import Rows, identity
from tests.tools.metrics.oracle import Oracle
from tools.metrics.desk import Desk
from tools.metrics.query import Filter, MetricQuery

DEALS = ["revenue", "deals_won", "deals_lost", "win_rate", "avg_deal_size", "sales_cycle_days", "new_deals"]
SNAPSHOTS = ["open_deals", "pipeline_value", "receivables_overdue"]
ACTIVITIES = ["visits", "calls", "meetings", "emails", "effective_visits", "active_accounts"]
METRICS = [*DEALS, "price_realisation", *SNAPSHOTS, "collections", *ACTIVITIES]
EVERYWHERE = ["rep", "manager", "region", "account", "sector", "country", "parent", "tier"]
TIMES = ["day", "week", "month", "quarter", "year"]
ASKERS = [1, 2, 3, 4, 5, 10, 11]

Groups = dict[tuple[Any, ...], Any]

periods = st.none() | st.builds(
    lambda first, days: Period(date.fromordinal(first), date.fromordinal(first + days), "some days"),
    st.integers(date(2025, 1, 1).toordinal(), date(2026, 6, 17).toordinal()),
    st.integers(0, 400),
)
open_filters = st.one_of(
    st.builds(
        Filter, st.just("sector"), st.sampled_from(["is", "is_not"]), st.tuples(st.sampled_from(["retail", "energy"]))
    ),
    st.builds(Filter, st.just("country"), st.just("is"), st.just(("China", "Kenya"))),
    st.builds(Filter, st.just("tier"), st.sampled_from(["is", "is_not"]), st.just(("gold",))),
    st.builds(
        Filter,
        st.just("seats"),
        st.sampled_from(["over", "at_least", "under", "at_most"]),
        st.tuples(st.integers(1, 40).map(Decimal)),
    ),
)
deal_filters = st.one_of(
    open_filters,
    st.builds(Filter, st.just("series"), st.sampled_from(["is", "is_not"]), st.just(("Core",))),
    st.builds(Filter, st.just("channel"), st.sampled_from(["is", "is_not"]), st.just(("web",))),
    st.builds(
        Filter,
        st.sampled_from(["close_value", "list_price"]),
        st.sampled_from(["over", "at_least", "under", "at_most"]),
        st.tuples(st.decimals(50, 2000, places=2)),
    ),
)


@st.composite
def queries(draw: st.DrawFn) -> MetricQuery:
    name = draw(st.sampled_from(METRICS))
    on_deals = name in DEALS or name in ("price_realisation", "open_deals", "pipeline_value")
    keys = [*EVERYWHERE, *(["product", "series", "channel", "stage"] if on_deals else [])]
    keys += [] if name in SNAPSHOTS else TIMES
    group_by = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    if sum(key in TIMES for key in group_by) > 1:
        group_by = group_by[:1]
    return MetricQuery(
        metrics=(name,),
        group_by=tuple(group_by),
        filters=tuple(draw(st.lists(deal_filters if on_deals else open_filters, max_size=2))),
        period=None if name in SNAPSHOTS else draw(periods),
        distinct=draw(st.sampled_from([None, None, None, "account", "rep"])),
    )


@pytest.fixture
def numbers(desk: Desk, small_rows: Rows) -> Any:
    def check(query: MetricQuery, asker: int) -> None:
        expected = Oracle(small_rows, asker).answer(query)
        answer = desk.run(identity(asker), query, "en")
        assert answer.table is not None
        assert not answer.table.truncated
        width = len(query.group_by)
        found: Groups = {}
        for row in answer.table.rows:
            found.setdefault(row[:width], []).append(row[width])
        assert_same(found, expected, query)
        known = any(value is not None for value in expected.values())
        if query.group_by:
            assert (answer.status is Status.ANSWERED) == (bool(expected) and known)
        if answer.status is Status.ANSWERED:
            assert known

    return check


def assert_same(found: Groups, expected: Groups, query: MetricQuery) -> None:
    for group, value in expected.items():
        if "rep" in query.group_by and "Sam Lee" in group:
            continue
        assert len(found[group]) == 1
        cell = found[group][0]
        assert (cell is None) == (value is None)
        assert value is None or abs(Fraction(cell) - value) <= abs(value) / 10**20
    for group in set(found) - set(expected):
        if any(str(value).startswith("Sam Lee") for value in group):
            continue
        assert any(key in TIMES for key in query.group_by)
        assert found[group][0] in (0, None)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries(), asker=st.sampled_from(ASKERS))
def test_a_query_is_answered_as_plain_python_would(numbers: Any, query: MetricQuery, asker: int) -> None:
    numbers(query, asker)
