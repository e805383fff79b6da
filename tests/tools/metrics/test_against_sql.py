"""Each metric beside SQL written by hand, on the small company and on the demo company."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, text

from core.clock import Clock
from core.identity import Identity
from core.periods import Period
from db.engine import system_session
from tests.tools.metrics.company import identity
from tools.metrics.desk import Desk
from tools.metrics.query import Filter, MetricQuery, Threshold

H2 = Period(date(2025, 7, 1), date(2025, 12, 31), "2025-H2")
IN_H2 = "BETWEEN '2025-07-01' AND '2025-12-31'"
WON = f"stage = 'won' AND close_date {IN_H2}"
ALL_DEALS = "deals d LEFT JOIN products p ON p.id = d.product_id"
OWN_PAID = (
    "(SELECT sum(y.amount) FROM payments y WHERE y.invoice_id = i.id AND y.date <= '2026-06-17' AND {paid_by_mine})"
)


class Case(NamedTuple):
    query: MetricQuery
    sql: str
    over: str | None = None
    money: bool = False


def deals(what: str, where: str) -> str:
    return f"SELECT {what} FROM deals WHERE {{mine}} AND {where}"


def activities(kind: str, more: str = "") -> str:
    return f"SELECT count(*) FROM activities WHERE {{mine}} AND kind = '{kind}' AND date {IN_H2}{more}"


CASES = {
    "revenue": Case(MetricQuery(("revenue",), period=H2), deals("sum(close_value)", WON), money=True),
    "deals_won": Case(MetricQuery(("deals_won",), period=H2), deals("count(*)", WON)),
    "deals_lost": Case(MetricQuery(("deals_lost",), period=H2), deals("count(*)", WON.replace("won", "lost"))),
    "win_rate": Case(
        MetricQuery(("win_rate",), period=H2),
        deals("count(*)", WON),
        deals("count(*)", f"stage IN ('won', 'lost') AND close_date {IN_H2}"),
    ),
    "avg_deal_size": Case(
        MetricQuery(("avg_deal_size",), period=H2), deals("sum(close_value)", WON), deals("count(*)", WON), money=True
    ),
    "new_deals": Case(MetricQuery(("new_deals",), period=H2), deals("count(*)", f"engage_date {IN_H2}")),
    "open_deals": Case(MetricQuery(("open_deals",)), deals("count(*)", "stage IN ('prospecting', 'engaging')")),
    "pipeline_value": Case(
        MetricQuery(("pipeline_value",)),
        f"SELECT sum(coalesce(d.close_value, d.list_price, p.list_price, 0)) FROM {ALL_DEALS} "
        "WHERE {mine} AND d.stage IN ('prospecting', 'engaging')",
        money=True,
    ),
    "price_realisation": Case(
        MetricQuery(("price_realisation",), period=H2),
        f"SELECT sum(d.close_value) FROM {ALL_DEALS} WHERE {{mine}} AND d.{WON} "
        "AND coalesce(d.list_price, p.list_price) IS NOT NULL",
        f"SELECT sum(coalesce(d.list_price, p.list_price)) FROM {ALL_DEALS} WHERE {{mine}} AND d.{WON} "
        "AND d.close_value IS NOT NULL",
    ),
    "collections": Case(
        MetricQuery(("collections",), period=H2),
        f"SELECT sum(amount) FROM payments WHERE {{mine}} AND date {IN_H2}",
        money=True,
    ),
    "receivables_overdue": Case(
        MetricQuery(("receivables_overdue",)),
        f"SELECT sum(i.amount - coalesce({OWN_PAID}, 0)) FROM invoices i WHERE {{mine}} AND i.due_date < '2026-06-17' "
        f"AND i.amount > coalesce({OWN_PAID}, 0)",
        money=True,
    ),
    "attainment": Case(
        MetricQuery(("attainment",), period=H2),
        "SELECT sum((SELECT coalesce(sum(d.close_value), 0) FROM deals d "
        "WHERE d.owner_id = t.owner_id AND d.stage = 'won' AND d.close_date BETWEEN t.start_date AND t.end_date)) "
        "FROM targets t WHERE {mine} AND t.metric = 'revenue' "
        "AND t.start_date >= '2025-07-01' AND t.end_date <= '2025-12-31'",
        "SELECT sum(value) FROM targets WHERE {mine} AND metric = 'revenue' "
        "AND start_date >= '2025-07-01' AND end_date <= '2025-12-31'",
    ),
    "visits": Case(MetricQuery(("visits",), period=H2), activities("visit")),
    "effective_visits": Case(
        MetricQuery(("effective_visits",), period=H2), activities("visit", " AND outcome IS NOT NULL")
    ),
    "calls": Case(MetricQuery(("calls",), period=H2), activities("call")),
    "meetings": Case(MetricQuery(("meetings",), period=H2), activities("meeting")),
    "emails": Case(MetricQuery(("emails",), period=H2), activities("email")),
    "active_accounts": Case(
        MetricQuery(("active_accounts",), period=H2),
        f"SELECT count(DISTINCT account_id) FROM activities WHERE {{mine}} AND date {IN_H2}",
    ),
    "by product": Case(
        MetricQuery(("revenue",), period=H2, filters=(Filter("product", "is", ("Plus",)),)),
        deals("sum(close_value)", f"{WON} AND product_id IN (SELECT id FROM products WHERE name = 'Plus')"),
        money=True,
    ),
    "large deals": Case(
        MetricQuery(("deals_won",), period=H2, filters=(Filter("close_value", "over", (Decimal(1000),)),)),
        deals("count(*)", f"{WON} AND close_value > 10000000"),
    ),
}


def run_sql(engine: Engine, sql: str, people: set[int] | None) -> Fraction:
    line = "" if people is None else ", ".join(map(str, sorted(people)))
    owned = f"{{}}owner_id IN ({line})" if line else "1 = 1"
    own = "d." if "deals d " in sql and "targets" not in sql else "i." if "invoices i" in sql else ""
    own = "t." if "targets t" in sql else own
    filled = sql.format(mine=owned.format(own), paid_by_mine=owned.format("y."))
    with system_session(engine) as session:
        return Fraction(session.execute(text(filled)).scalar() or 0)


def check(engine: Engine, clock: Clock, case: Case, asker: Identity, people: set[int] | None) -> None:
    answer = Desk(engine, clock).run(asker, case.query, "en")
    assert answer.table is not None
    expected = run_sql(engine, case.sql, people) / (10_000 if case.money else 1)
    bottom = Fraction(1) if case.over is None else run_sql(engine, case.over, people)
    found: Any = answer.table.rows[0][0]
    if bottom == 0:
        assert found is None
    else:
        assert abs(Fraction(found) - expected / bottom) <= abs(expected) / 10**15


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("asker", "people"), [(1, None), (2, {2, 4, 5, 6, 7, 8, 9, 10}), (11, {11})])
def test_small_company(small_engine: Engine, clock: Clock, name: str, asker: int, people: set[int] | None) -> None:
    check(small_engine, clock, CASES[name], identity(asker), people)


@pytest.mark.parametrize("name", sorted(CASES.keys() - {"by product"}))  # the demo company has no product of that name
def test_demo_company(
    demo_engine: Engine, clock: Clock, name: str, demo_line: tuple[Identity, set[int]], demo_director: Identity
) -> None:
    check(demo_engine, clock, CASES[name], demo_director, None)
    check(demo_engine, clock, CASES[name], *demo_line)


def test_sales_cycle_is_the_mean_of_days(demo_engine: Engine, clock: Clock, demo_director: Identity) -> None:
    with system_session(demo_engine) as session:
        rows = session.execute(text(f"SELECT engage_date, close_date FROM deals WHERE {WON}")).all()
    days = [(date.fromisoformat(str(last)) - date.fromisoformat(str(first))).days for first, last in rows if first]
    answer = Desk(demo_engine, clock).run(demo_director, MetricQuery(("sales_cycle_days",), period=H2), "en")
    assert answer.table is not None
    assert answer.table.rows == ((Decimal(sum(days)) / len(days),),)


def test_a_threshold_on_the_metric_itself(small_engine: Engine, clock: Clock) -> None:
    known = f"{WON} AND owner_id IS NOT NULL"
    sql = f"SELECT owner_id FROM deals WHERE {known} GROUP BY owner_id HAVING sum(close_value) >= 20000000"
    with system_session(small_engine) as session:
        expected = len(session.execute(text(sql)).all())
    query = MetricQuery(("revenue",), ("rep",), period=H2, having=(Threshold("revenue", "at_least", Decimal(2000)),))
    answer = Desk(small_engine, clock).run(identity(1), query, "en")
    assert answer.table is not None
    assert len(answer.table.rows) == expected > 0
