"""Ten typical questions of a manager over a million deals, in SQLite and in PostgreSQL."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine

from bench.figures import emit, quantile
from core.clock import Clock
from core.company import Company
from core.identity import Identity, Role
from core.periods import Period
from db.company import save_company
from db.engine import open_engine, system_session
from db.migrations.run import migrate
from db.tables import RECORDS
from tests.fixtures.postgres import find_binary, run_postgres
from tools.metrics.desk import Desk
from tools.metrics.entries import columns_of
from tools.metrics.query import MetricQuery, Question, RecordQuery

DEALS = 1_000_000
ROUNDS = 5
NOW = datetime(2026, 6, 17, 4, 0, tzinfo=UTC)
TODAY = date(2026, 6, 17)
REGIONAL = Identity(2, "regional manager", Role.MANAGER)
DIRECTOR = Identity(1, "director", Role.DIRECTOR)
TEAM = Identity(6, "team manager", Role.MANAGER)

OWN = "source, external_id, custom, loaded_at"
PEOPLE = f"""
INSERT INTO people (id, name, role, region, manager_id, active, {OWN})
SELECT i, 'Person ' || i,
  CASE WHEN i = 1 THEN 'director' WHEN i <= 25 THEN 'manager' ELSE 'rep' END,
  CASE i % 4 WHEN 0 THEN 'East' WHEN 1 THEN 'West' WHEN 2 THEN 'North' ELSE 'South' END,
  CASE WHEN i = 1 THEN NULL WHEN i <= 5 THEN 1 WHEN i <= 25 THEN 2 + i % 4 ELSE 6 + i % 20 END,
  {{true}}, {{mark}} FROM {{numbers}}
"""
PRODUCTS = f"""
INSERT INTO products (id, name, series, list_price, {OWN})
SELECT i, 'Product ' || i, 'Series ' || (i % 5), (1000 + i * 100) * 10000, {{mark}} FROM {{numbers}}
"""
ACCOUNTS = f"""
INSERT INTO accounts (id, name, sector, country, owner_id, {OWN})
SELECT i, 'Account ' || i, 'Sector ' || (i % 12), 'Country ' || (i % 9), 26 + (i * 7919) % 500, {{mark}}
FROM {{numbers}}
"""
DEAL_ROWS = f"""
INSERT INTO deals (id, name, account_id, owner_id, product_id, stage, engage_date, close_date, close_value, list_price,
  {OWN})
SELECT i, 'Deal ' || i, 1 + (i * 104729) % 40000, 26 + (i * 7919) % 500, 1 + (i * 31) % 20,
  CASE (i * 17) % 20 WHEN 0 THEN 'prospecting' WHEN 1 THEN 'engaging' ELSE
    CASE WHEN (i * 13) % 100 < 60 THEN 'won' ELSE 'lost' END END,
  {{engaged}},
  CASE WHEN (i * 17) % 20 < 2 THEN NULL ELSE {{closed}} END,
  CASE WHEN (i * 17) % 20 < 2 OR (i * 13) % 100 >= 60 THEN NULL ELSE (500 + (i * 37) % 4000) * 10000 END,
  (700 + (i * 37) % 4000) * 10000, {{mark}} FROM {{numbers}}
"""
TARGETS = f"""
INSERT INTO targets (id, metric, owner_id, start_date, end_date, value, {OWN})
SELECT i, 'revenue', 26 + i % 500, '2026-01-01', '2026-03-31', 2500000000, {{mark}} FROM {{numbers}}
"""
TABLES = ((PEOPLE, 525), (PRODUCTS, 20), (ACCOUNTS, 40_000), (DEAL_ROWS, DEALS), (TARGETS, 500))

QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31), "2026-Q1")
BEFORE = Period(date(2025, 1, 1), date(2025, 3, 31), "2025-Q1")
YEAR = Period(date(2025, 6, 18), TODAY, "2025-06-18..2026-06-17")
TWO_YEARS = Period(date(2024, 7, 1), date(2026, 6, 30), "2024-Q3..2026-Q2")
QUESTIONS: tuple[Question, ...] = (
    MetricQuery(("revenue",), period=QUARTER),
    MetricQuery(("win_rate",), ("rep",), period=YEAR),
    MetricQuery(("revenue",), ("month",), period=YEAR),
    MetricQuery(("revenue",), ("rep",), period=QUARTER, order="desc", limit=5),
    MetricQuery(("revenue",), ("account",), period=YEAR, order="desc", limit=10),
    MetricQuery(("revenue",), ("product",), period=QUARTER, compare=BEFORE),
    MetricQuery(("open_deals", "pipeline_value"), ("stage",)),
    MetricQuery(("avg_deal_size",), ("sector",), period=YEAR),
    MetricQuery(("attainment",), ("rep",), period=QUARTER),
    RecordQuery("deal", period=QUARTER, date_field="close_date", order_by="close_value", limit=3),
)


def fill(engine: Engine) -> None:
    """A company with a million deals over five years, made by the database itself."""
    raw = engine.raw_connection()
    cursor = raw.cursor()
    for statement, rows in TABLES:
        cursor.execute(statement.format(**_dialect(engine.dialect.name, rows)))
    raw.commit()
    cursor.execute("ANALYZE")
    raw.commit()
    raw.close()
    loaded = {kind: set(columns_of(kind)) for kind in RECORDS}
    with system_session(engine) as session:
        save_company(session, Company(timezone="Asia/Shanghai"), loaded, NOW)


def _dialect(name: str, rows: int) -> dict[str, str]:
    engaged, closed = "(i * 911) % 1700", "((i * 911) % 1700 + (i * 7) % 120)"
    mark = "'bench', CAST(i AS TEXT), '{}', '2026-06-17 00:00:00'"
    if name == "sqlite":
        counted = (
            f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i FROM n) n"
        )
        days = [f"date('2021-06-18', '+' || ({day}) || ' days')" for day in (engaged, closed)]
        return {"numbers": counted, "mark": mark, "true": "1", "engaged": days[0], "closed": days[1]}
    counted = f"generate_series(1::bigint, {rows}) AS n(i)"
    days = [f"(date '2021-06-18' + ({day})::int)" for day in (engaged, closed)]
    return {"numbers": counted, "mark": mark, "true": "true", "engaged": days[0], "closed": days[1]}


@contextmanager
def sqlite() -> Iterator[str]:
    """A throw-away SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'million.db'}"


@contextmanager
def postgres() -> Iterator[str | None]:
    """A throw-away PostgreSQL; None where this machine has no server."""
    initdb, server = find_binary("initdb"), find_binary("postgres")
    if initdb is None or server is None:
        yield None
        return
    with run_postgres(initdb, server) as running:
        yield running.url(running.create())


def measure(name: str, url: str) -> None:
    """Fill the database, ask everything a few times, print the 95th percentile for each kind of asker."""
    migrate(url)
    engine = open_engine(url)
    start = time.perf_counter()
    fill(engine)
    emit(f"metrics_scale_{name}_fill", time.perf_counter() - start, "s", goal="none set", n=DEALS)
    desk = Desk(engine, Clock(NOW), seconds=60)
    for asker, goal in ((TEAM, "<= 1"), (REGIONAL, "<= 1"), (DIRECTOR, "none set")):
        taken = [took for question in QUESTIONS for took in timed(desk, asker, question)]
        label = asker.name.replace(" ", "_")
        emit(f"metrics_scale_{name}_{label}_p50", quantile(taken, 50), "s", goal="none set", n=len(taken))
        emit(f"metrics_scale_{name}_{label}_p95", quantile(taken, 95), "s", goal=goal, n=len(taken))
    engine.dispose()


def timed(desk: Desk, asker: Identity, question: Question) -> Iterator[float]:
    """How long the question takes each time; the first time, which compiles it, is not counted."""
    for attempt in range(ROUNDS + 1):
        start = time.perf_counter()
        answer = desk.run(asker, question, "en")
        took = time.perf_counter() - start
        if answer.refusal is not None:
            raise SystemExit(answer.refusal.reason)
        if attempt:
            yield took


def main() -> None:
    """Both databases, one after the other."""
    with sqlite() as url:
        measure("sqlite", url)
    with postgres() as found:
        if found is None:
            print("no PostgreSQL server binaries here: that half is skipped", file=sys.stderr)
        else:
            measure("postgres", found)


if __name__ == "__main__":
    main()
