"""What a query can do with numbers: compare, share, rank, cumulate, fill, average."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.periods import Period
from core.reply import Chart, Status, Table
from tests.tools.metrics.company import Rows, identity
from tests.tools.metrics.oracle import Oracle
from tools.metrics.desk import Desk
from tools.metrics.query import Answer, Filter, MetricQuery, Threshold

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), "2026")
LAST = Period(date(2025, 1, 1), date(2025, 12, 31), "2025")
Q1 = Period(date(2026, 1, 1), date(2026, 3, 31), "2026-Q1")
Q2 = Period(date(2026, 4, 1), date(2026, 6, 30), "2026-Q2")
LONG_AGO = Period(date(2019, 1, 1), date(2019, 12, 31), "2019")
DIRECTOR, REP = identity(1), identity(5)


def table_of(answer: Answer) -> Table:
    assert answer.table is not None
    return answer.table


def names_of(answer: Answer) -> list[str]:
    return [column.name for column in table_of(answer).columns]


def rows_of(answer: Answer) -> tuple[tuple[Any, ...], ...]:
    return table_of(answer).rows


def number(rows: Rows, metric: str, period: Period | None, *filters: Filter, asker: int = 1) -> Any:
    return Oracle(rows, asker).answer(MetricQuery((metric,), filters=filters, period=period))[()]


def test_two_periods_stand_side_by_side(desk: Desk, small_rows: Rows) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("revenue",), period=Q2, compare=Q1), "en")
    now, before = number(small_rows, "revenue", Q2), number(small_rows, "revenue", Q1)
    assert names_of(answer) == ["revenue", "revenue_baseline", "revenue_change", "revenue_change_ratio"]
    assert rows_of(answer)[0][:3] == (now, before, now - before)
    assert abs(rows_of(answer)[0][3] - Decimal(float((now - before) / before))) < Decimal("1e-9")
    assert answer.receipts[0].compared_with is not None


def test_a_change_from_nothing_has_no_ratio(desk: Desk) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("revenue",), period=Q1, compare=LONG_AGO), "en")
    assert answer.status is Status.ANSWERED
    assert rows_of(answer)[0][1] == 0
    assert rows_of(answer)[0][3] is None


def test_months_stand_beside_the_same_months(desk: Desk, small_rows: Rows) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("deals_won",), ("month",), period=YEAR, compare=LAST), "en")
    assert [row[0] for row in rows_of(answer)] == [f"2026-0{month}" for month in range(1, 7)]
    march = Period(date(2025, 3, 1), date(2025, 3, 31), "2025-03")
    assert rows_of(answer)[2][2] == number(small_rows, "deals_won", march)


def test_two_values_stand_side_by_side(desk: Desk, small_rows: Rows) -> None:
    filters = (Filter("series", "is", ("Pro", "Core")),)
    answer = desk.run(DIRECTOR, MetricQuery(("revenue",), filters=filters, compare_values=True), "en")
    pro, core = (number(small_rows, "revenue", None, Filter("series", "is", (name,))) for name in ("Pro", "Core"))
    assert rows_of(answer)[0][:3] == ("Pro", pro, pro - core)
    assert rows_of(answer)[1] == ("Core", core, None, None)


def test_a_value_without_rows_still_stands_there(desk: Desk) -> None:
    filters = (Filter("region", "is", ("East", "North")),)
    query = MetricQuery(("deals_won",), filters=filters, period=LONG_AGO, compare_values=True)
    assert desk.run(DIRECTOR, query, "en").status is Status.EMPTY
    query = MetricQuery(("emails",), filters=(Filter("sector", "is", ("retail", "space")),), compare_values=True)
    assert rows_of(desk.run(DIRECTOR, query, "en"))[1][:2] == ("space", 0)


def test_shares_are_of_what_the_filters_leave(desk: Desk, small_rows: Rows) -> None:
    wanted = (Filter("country", "is", ("China", "Kenya")),)
    answer = desk.run(DIRECTOR, MetricQuery(("revenue",), ("country",), wanted, Q1, share=True), "en")
    assert abs(sum(row[2] for row in rows_of(answer)) - 1) < Decimal("1e-20")


def test_the_share_of_one_value_is_of_everything(desk: Desk, small_rows: Rows) -> None:
    wanted = Filter("series", "is", ("Pro",))
    answer = desk.run(DIRECTOR, MetricQuery(("revenue",), (), (wanted,), Q1, share=True), "en")
    part, whole = number(small_rows, "revenue", Q1, wanted), number(small_rows, "revenue", Q1)
    assert abs(rows_of(answer)[0][1] - Decimal(float(part / whole))) < Decimal("1e-9")


def test_a_ratio_has_no_share(desk: Desk) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("win_rate",), ("region",), share=True), "en")
    assert answer.refusal is not None
    assert answer.refusal.reason == "share_of_ratio"


def test_a_share_with_two_filters_is_asked_about(desk: Desk) -> None:
    wanted = (Filter("series", "is", ("Pro",)), Filter("country", "is", ("China",)))
    answer = desk.run(DIRECTOR, MetricQuery(("revenue",), (), wanted, share=True), "en")
    assert answer.status is Status.CLARIFY
    assert answer.refusal is not None
    assert len(answer.refusal.offers) == 2


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_ranking_keeps_ties(desk: Desk, small_rows: Rows, order: Any) -> None:
    query = MetricQuery(("visits",), ("account",), order=order, limit=4)
    rows = rows_of(desk.run(DIRECTOR, query, "en"))
    everything = Oracle(small_rows, 1).answer(MetricQuery(("visits",), ("account",)))
    named = [int(value or 0) for group, value in everything.items() if None not in group]
    values = sorted(named, reverse=order == "desc")
    fourth = values[3]
    kept = [value for value in values if (value >= fourth if order == "desc" else value <= fourth)]
    assert [row[1] for row in rows] == kept


def test_ratios_are_ranked_exactly_with_none_last(desk: Desk) -> None:
    rows = rows_of(desk.run(DIRECTOR, MetricQuery(("price_realisation",), ("account",), order="desc"), "en"))
    values = [row[1] for row in rows if row[1] is not None]
    assert values == sorted(values, reverse=True)
    assert all(row[1] is not None for row in rows[: len(values)])


def test_groups_can_be_kept_by_a_metric_that_is_not_shown(desk: Desk) -> None:
    having = (Threshold("win_rate", "at_least", Decimal("0.5")),)
    kept = rows_of(desk.run(DIRECTOR, MetricQuery(("revenue",), ("account",), having=having), "en"))
    rates = rows_of(desk.run(DIRECTOR, MetricQuery(("win_rate",), ("account",)), "en"))
    assert {row[0] for row in kept} == {row[0] for row in rates if row[1] is not None and row[1] >= Decimal("0.5")}


def test_running_totals_add_up(desk: Desk, small_rows: Rows) -> None:
    query = MetricQuery(("revenue", "win_rate", "active_accounts"), ("month",), period=LAST, cumulative=True)
    last = rows_of(desk.run(DIRECTOR, query, "en"))[-1]
    assert last[1] == number(small_rows, "revenue", LAST)
    assert abs(last[2] - Decimal(float(number(small_rows, "win_rate", LAST)))) < Decimal("1e-9")
    assert last[3] == number(small_rows, "active_accounts", LAST)


def test_a_running_total_counts_its_rows_once(desk: Desk) -> None:
    plain = MetricQuery(("revenue",), ("month",), period=LAST)
    running = MetricQuery(("revenue",), ("month",), period=LAST, cumulative=True)
    assert desk.run(DIRECTOR, plain, "en").receipts[0].rows == desk.run(DIRECTOR, running, "en").receipts[0].rows


def test_a_trend_has_every_stretch_up_to_today(desk: Desk) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("meetings",), ("week",), period=YEAR), "en")
    assert len(rows_of(answer)) == 25
    assert rows_of(answer)[-1][0] == "2026-W25"
    assert answer.chart == Chart(kind="line", x="week", y="meetings")


def test_a_ranking_is_drawn_as_bars(desk: Desk) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("revenue",), ("region",)), "en")
    assert answer.chart == Chart(kind="bar", x="region", y="revenue")


def test_several_metrics_share_their_groups(desk: Desk, small_rows: Rows) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("revenue", "collections", "visits"), ("country",), period=Q1), "en")
    assert names_of(answer) == ["country", "revenue", "collections", "visits"]
    for country, *values in rows_of(answer):
        wanted = Filter("country", "is", (country,))
        if country is not None:
            metrics = ("revenue", "collections", "visits")
            assert values == [number(small_rows, metric, Q1, wanted) for metric in metrics]
    assert [receipt.id for receipt in answer.receipts] == ["r1", "r2", "r3"]


def test_namesakes_are_two_rows_with_their_regions(desk: Desk) -> None:
    names = {row[0] for row in rows_of(desk.run(DIRECTOR, MetricQuery(("revenue",), ("rep",)), "en"))}
    assert {"Sam Lee (East)", "Sam Lee (West)"} <= names


def test_a_rep_beside_the_average_of_the_team(desk: Desk, small_rows: Rows) -> None:
    answer = desk.run(REP, MetricQuery(("revenue", "win_rate"), average="team", period=LAST), "en")
    team = [4, 5, 6, 7, 8, 9]
    deals = [row for row in small_rows.deals if row["owner_id"] in team]
    won = [row for row in deals if row["stage"] == "won" and row["close_date"] and row["close_date"].year == 2025]
    lost = [row for row in deals if row["stage"] == "lost" and row["close_date"] and row["close_date"].year == 2025]
    own, average, _, rate = rows_of(answer)[0]
    assert own == number(small_rows, "revenue", LAST, asker=5)
    assert average == sum(row["close_value"] for row in won) / 6
    assert rate == Decimal(len(won)) / (len(won) + len(lost))
    assert answer.receipts[0].scope == "your own records"


def test_a_small_team_has_no_average(desk: Desk) -> None:
    answer = desk.run(identity(11), MetricQuery(("revenue",), average="team"), "en")
    assert answer.refusal is not None
    assert answer.refusal.reason == "team_too_small"


def test_an_average_narrowed_to_few_people_is_refused(desk: Desk) -> None:
    query = MetricQuery(("revenue",), filters=(Filter("product", "is", ("Max",)),), period=Q1, average="team")
    assert desk.run(REP, query, "en").status is Status.FORBIDDEN


def test_sums_over_nothing_are_empty_and_zero(desk: Desk) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("revenue", "win_rate"), period=LONG_AGO), "en")
    assert answer.status is Status.EMPTY
    assert rows_of(answer) == ((0, None),)


def test_groups_over_nothing_are_empty(desk: Desk) -> None:
    answer = desk.run(DIRECTOR, MetricQuery(("revenue",), ("region",), period=LONG_AGO), "en")
    assert answer.status is Status.EMPTY
    assert rows_of(answer) == ()


def test_rows_beyond_the_limit_are_said_to_be_left_out(small_engine: Any, clock: Any) -> None:
    answer = Desk(small_engine, clock, rows=3).run(DIRECTOR, MetricQuery(("visits",), ("account",)), "en")
    assert len(rows_of(answer)) == 3
    assert table_of(answer).truncated


def test_the_same_question_has_the_same_id(desk: Desk) -> None:
    first, again = (desk.run(REP, MetricQuery(("revenue",), period=Q1), "en").receipts[0] for _ in range(2))
    other = desk.run(REP, MetricQuery(("revenue",), period=Q2), "en").receipts[0]
    assert first.query_id == again.query_id != other.query_id
    assert first.as_of == "2026-06-17T04:00:00+08:00"
