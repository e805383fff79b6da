"""The demo company loads the same everywhere, once, and only where nobody works yet."""

import hashlib
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, insert, select

from core.clock import Clock
from core.identity import Role
from db.company import load_company
from db.demo import is_empty, load_demo
from db.demo.load import NotEmpty
from db.engine import open_engine, system_session
from db.tables import RECORDS, Base, Deal, Person

INDEXES = {"to_remember", "remembered", "vector_stores"}
"""Kept by triggers and by memory, not loaded."""
NOW = Clock(datetime(2026, 6, 17, 4, tzinfo=UTC))


def digest(engine: Engine) -> str:
    found = hashlib.sha256()
    with system_session(engine) as session:
        for table in (table for table in Base.metadata.sorted_tables if table.name not in INDEXES):
            for row in session.execute(select(*table.c).order_by(*table.primary_key.columns)):
                found.update(repr(tuple(row)).encode())
    return found.hexdigest()


def fill(folder: str) -> str:
    """The digest of a demo company made in `folder`."""
    engine = open_engine(f"sqlite:///{folder}/demo.db")
    Base.metadata.create_all(engine)
    load_demo(engine, NOW)
    return digest(engine)


def test_is_empty_until_loaded(sqlite_engine: Engine, demo_engine: Engine) -> None:
    assert is_empty(sqlite_engine)
    assert not is_empty(demo_engine)


def test_loads_in_time_and_only_once(sqlite_engine: Engine) -> None:
    started = time.thread_time()
    load_demo(sqlite_engine, NOW)
    assert time.thread_time() - started < 10
    before = digest(sqlite_engine)
    load_demo(sqlite_engine, Clock(datetime(2027, 1, 1, tzinfo=UTC)))
    assert digest(sqlite_engine) == before


def test_is_the_same_in_another_process(tmp_path: object, demo_engine: Engine) -> None:
    code = "import sys; from tests.db.demo.test_load import fill; print(fill(sys.argv[1]))"
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == digest(demo_engine)


@pytest.mark.postgres
def test_is_the_same_on_both_databases(demo_engine: Engine, demo_postgres: Engine) -> None:
    assert digest(demo_engine) == digest(demo_postgres)


@pytest.mark.postgres
def test_new_rows_get_new_ids_on_postgres(postgres_engine: Engine) -> None:
    load_demo(postgres_engine, NOW)
    with system_session(postgres_engine) as session:
        person = Person(name="New Colleague", role=Role.REP, source="test", external_id="1", loaded_at=NOW.now())
        session.add(person)
        session.flush()
        assert person.id == 64


def test_refuses_another_companys_database(sqlite_engine: Engine) -> None:
    with system_session(sqlite_engine) as session:
        session.execute(
            insert(Person.__table__),  # type: ignore[arg-type]
            [{"name": "A", "role": "rep", "source": "crm", "external_id": "1", "custom": {}, "loaded_at": NOW.now()}],
        )
    with pytest.raises(NotEmpty):
        load_demo(sqlite_engine, NOW)


def test_knows_what_it_loaded(demo_engine: Engine) -> None:
    with system_session(demo_engine) as session:
        facts = load_company(session)
    assert facts.company.currency == "CNY"
    assert {"owner_id", "close_value", "list_price"} <= facts.loaded["deal"]
    assert set(facts.loaded) == set(RECORDS)


def test_has_the_size_promised(demo_engine: Engine) -> None:
    with system_session(demo_engine) as session:
        counts = {name: session.query(model).count() for name, model in RECORDS.items()}
    assert (counts["person"], counts["account"], counts["deal"]) == (63, 400, 6000)
    assert counts["conversation"] > 250
    assert counts["activity"] > 15_000


def test_ends_today_in_the_companys_time_zone(demo_engine: Engine) -> None:
    with system_session(demo_engine) as session:
        last = session.scalars(select(Deal.close_date).where(Deal.close_date.is_not(None))).all()
        assert str(min(day for day in last if day)) >= "2024-12-01"
        assert str(max(day for day in last if day)) == "2026-06-17"
