import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from core.clock import Clock
from core.identity import Identity, Role
from db.engine import open_engine, system_session
from db.tables import Person
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


@pytest.fixture
def demo_director(demo_people: Callable[[Role], Identity]) -> Identity:
    return demo_people(Role.DIRECTOR)


@pytest.fixture
def demo_line(demo_engine: Engine, demo_people: Callable[[Role], Identity]) -> tuple[Identity, set[int]]:
    """A manager of the demo company, and everyone in the line below."""
    manager = demo_people(Role.MANAGER)
    with system_session(demo_engine) as session:
        reports = session.execute(select(Person.id, Person.manager_id)).all()
    line = {manager.person_id}
    while more := {person for person, above in reports if above in line} - line:
        line |= more
    return manager, line
