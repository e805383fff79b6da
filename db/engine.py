"""Engines and sessions: SQLite in WAL mode by default, PostgreSQL by URL."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, GenerativeSelect, Result, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.errors import UnscopedQuery, UserError
from core.identity import Identity
from db.guard import SYSTEM, guard
from db.scope import Scope, scope_of

MOST_ROWS = 200_000
MAPPED = 1 << 30
"""Bytes of a SQLite file that are read from the system's memory as they lie there, instead of copied in pages."""

CHECK_EVERY = 500_000
"""Steps of SQLite's machine between two looks at the time: some ten milliseconds."""


class QueryTooSlow(UserError):
    """A query took longer than it may, and was ended."""

    code = "query_too_slow"
    http_status = 503


class QueryTooLarge(UserError):
    """A query found more rows than may be read at once."""

    code = "query_too_large"
    http_status = 422


def open_engine(url: str) -> Engine:
    """An engine whose selects over records must be scoped; makes the folder of a SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_pre_ping=True)
        guard(engine)
        return engine
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, record: object) -> None:
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA mmap_size={MAPPED}")

    guard(engine)
    return engine


def compact(engine: Engine) -> None:
    """Overwrite what was deleted, in the file and in its log; waits for others to finish reading."""
    if engine.dialect.name != "sqlite":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM")
        return
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        # The index of words keeps what was deleted until its pieces are merged.
        if connection.exec_driver_sql("PRAGMA table_info(remembered_words)").first():
            connection.exec_driver_sql("INSERT INTO remembered_words (remembered_words) VALUES ('optimize')")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def system_session(engine: Engine) -> Iterator[Session]:
    """A session that acts for nobody and sees everything; commits once, at the end."""
    with Session(engine.execution_options(scope=SYSTEM)) as session, session.begin():
        yield session


@dataclass
class _Watch:
    """Says when the running query has used up its time."""

    seconds: float
    deadline: float = field(default=0.0)

    def start(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    def over(self) -> int:
        return int(time.monotonic() > self.deadline)


@dataclass(frozen=True)
class Reader:
    """Reads records for one asker as they stood when it was opened, and can do nothing else."""

    scope: Scope
    _connection: Connection = field(repr=False)
    _watch: _Watch = field(repr=False)
    _rows: int = field(repr=False)

    def execute(self, statement: Executable) -> Result[Any]:
        """Run a select made from `scope.rows(...)` and tables that are open to everyone; every row is fetched."""
        if not statement.is_select:
            raise UnscopedQuery(tables="not a select")
        if isinstance(statement, GenerativeSelect) and statement._limit_clause is None:
            statement = statement.limit(self._rows + 1)
        self._watch.start()
        try:
            fetched = self._connection.execute(statement, execution_options={"scope": self.scope}).freeze()
        except OperationalError as error:
            if self._watch.over():
                raise QueryTooSlow(seconds=self._watch.seconds) from error
            raise
        if len(fetched.data) > self._rows:
            raise QueryTooLarge(rows=self._rows)
        return fetched()


@contextmanager
def reader(engine: Engine, identity: Identity, seconds: float = 10.0, rows: int = MOST_ROWS) -> Iterator[Reader]:
    """A read-only snapshot in the asker's scope; a query over `seconds` is ended by the database."""
    watch = _Watch(seconds)
    opened = _sqlite_snapshot if engine.dialect.name == "sqlite" else _postgres_snapshot
    with opened(engine, watch) as connection:
        yield Reader(scope_of(connection, identity), connection, watch, rows)


@contextmanager
def _sqlite_snapshot(engine: Engine, watch: _Watch) -> Iterator[Connection]:
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        watch.start()
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.exec_driver_sql("BEGIN")
        driver.set_progress_handler(watch.over, CHECK_EVERY)
        try:
            yield connection
        finally:
            driver.set_progress_handler(None, 0)
            connection.rollback()
            connection.exec_driver_sql("PRAGMA query_only=OFF")


@contextmanager
def _postgres_snapshot(engine: Engine, watch: _Watch) -> Iterator[Connection]:
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with snapshot.connect() as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = {max(1, int(watch.seconds * 1000))}"))
        yield connection
        connection.rollback()
