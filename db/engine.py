"""Engines and sessions: SQLite in WAL mode by default, PostgreSQL by URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Result, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from core.identity import Identity
from db.scope import SYSTEM, Scope, guard, scope_of


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
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    guard(engine)
    return engine


@contextmanager
def system_session(engine: Engine) -> Iterator[Session]:
    """A session that acts for nobody and sees everything; commits once, at the end."""
    with Session(engine.execution_options(scope=SYSTEM)) as session, session.begin():
        yield session


@dataclass(frozen=True)
class Reader:
    """Reads records for one asker, and can do nothing else."""

    scope: Scope
    connection: Connection

    def execute(self, statement: Executable) -> Result[Any]:
        """Run a select made from `scope.rows(...)` and tables that are open to everyone."""
        return self.connection.execute(statement, execution_options={"scope": self.scope})


@contextmanager
def reader(engine: Engine, identity: Identity, seconds: float = 10.0) -> Iterator[Reader]:
    """A read-only connection in the asker's scope; a query over `seconds` is ended by the database."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("PRAGMA query_only=ON")
        else:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
        try:
            yield Reader(scope_of(Session(connection), identity), connection)
        finally:
            connection.rollback()
            if sqlite:
                connection.exec_driver_sql("PRAGMA query_only=OFF")
