"""Two demo companies of different days: what is planted must not hang on the calendar."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from core.clock import Clock
from db.demo import load_demo
from db.engine import open_engine, system_session
from db.tables import Base

Rows = Callable[[str], list[Any]]
MOMENTS = [datetime(2026, 6, 17, 4, tzinfo=UTC), datetime(2027, 2, 3, 22, tzinfo=UTC)]


@pytest.fixture(scope="module", params=MOMENTS, ids=["june", "february"])
def day_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('day')}/demo.db")
    Base.metadata.create_all(engine)
    load_demo(engine, Clock(request.param))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def rows(day_engine: Engine) -> Rows:
    def run(sql: str) -> list[Any]:
        with system_session(day_engine) as session:
            return list(session.execute(text(sql)).all())

    return run


@pytest.fixture(scope="module")
def today(rows: Rows) -> str:
    """The company's today: the last day anything happened."""
    return str(rows("SELECT max(date) FROM activities")[0][0])
