import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.clock import Clock
from db.engine import open_engine
from tests.tools.metrics.company import Rows, make_rows, write_rows
from tools.metrics.desk import Desk

SEED = 7


@pytest.fixture(scope="session")
def small_rows() -> Rows:
    return make_rows(SEED)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def small_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, small_rows: Rows
) -> Iterator[Engine]:
    """The small company on each database, shared by all tests: read only."""
    if request.param == "sqlite":
        file: Path = tmp_path_factory.mktemp("small") / "small.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        url = f"sqlite:///{file}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.url(server.create(request.getfixturevalue("postgres_template")))
    opened = open_engine(url)
    write_rows(opened, small_rows)
    yield opened
    opened.dispose()


@pytest.fixture
def desk(small_engine: Engine, clock: Clock) -> Desk:
    return Desk(small_engine, clock)
