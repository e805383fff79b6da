"""What every test may ask for: a clock, migrated databases, the demo company."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from core.clock import Clock
from core.identity import Identity, Role
from db.engine import open_engine, system_session
from db.migrations.run import migrate
from db.people import identity_of
from db.tables import Person
from tests.fixtures.machine import need
from tests.fixtures.postgres import Postgres, find_binary, run_postgres

NOW = datetime(2026, 6, 17, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def clock() -> Clock:
    """Stands still on a Wednesday noon in Shanghai."""
    return Clock(NOW)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A throw-away server; skipped where there are no binaries, an error where CI should have put them."""
    initdb, server = find_binary("initdb"), find_binary("postgres")
    need(initdb and server, "a PostgreSQL server (initdb, postgres)")
    assert initdb
    assert server
    with run_postgres(initdb, server) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    name = postgres.create()
    migrate(postgres.url(name))
    return name


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database of this test alone."""
    file = tmp_path / "dealhand.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database of this test alone."""
    name = postgres.create(postgres_template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn, migrated and empty."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def _engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    yield from _engine(database_url)


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    yield from _engine(sqlite_url)


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    yield from _engine(postgres_url)


def _load_demo(url: str, clock: Clock) -> None:
    from db.demo import load_demo  # noqa: PLC0415 (only tests that ask for it)

    engine = open_engine(url)
    load_demo(engine, clock)
    engine.dispose()


@pytest.fixture(scope="session")
def demo_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Path:
    """A SQLite file with the demo company, to copy."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copyfile(sqlite_template, file)
    _load_demo(f"sqlite:///{file}", clock)
    return file


@pytest.fixture(scope="session")
def demo_engine(demo_file: Path) -> Iterator[Engine]:
    """The demo company on SQLite, shared by all tests: read only."""
    yield from _engine(f"sqlite:///{demo_file}")


@pytest.fixture(scope="session")
def demo_postgres(postgres: Postgres, postgres_template: str, clock: Clock) -> Iterator[Engine]:
    """The demo company on PostgreSQL, shared by all tests: read only."""
    url = postgres.url(postgres.create(postgres_template))
    _load_demo(url, clock)
    yield from _engine(url)


@pytest.fixture(scope="session")
def demo_people(demo_engine: Engine) -> Callable[[Role], Identity]:
    """The first person of a role in the demo company, e.g. `demo_people(Role.REP)`."""

    def find(role: Role) -> Identity:
        with system_session(demo_engine) as session:
            person_id = session.scalar(select(Person.id).where(Person.role == role).order_by(Person.id))
            assert person_id is not None
            return identity_of(session, person_id)

    return find
