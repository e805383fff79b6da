"""Bringing a database to head, from code, whatever the working directory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import OperationalError

from core.errors import OperatorError
from db.engine import open_engine

LOCK = 4_271_960_013
PAUSE_SECONDS = 0.1


class NotMigrated(OperatorError):
    """The database is not at this version's tables, and nobody asked to change it."""

    code = "not_migrated"


class DatabaseAway(OperatorError):
    """The database does not answer."""

    code = "database_away"


def migrate(url: str) -> None:
    """Bring the database at `url` to head, also from empty; several processes may try at once."""
    engine = open_engine(url)
    try:
        with _alone(engine) as connection:
            if not _at_head(connection):
                command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


@contextmanager
def opened(url: str, *, bring: bool = True) -> Iterator[Engine]:
    """An engine on a database at head, closed at the end: brought there, or (without `bring`) NotMigrated."""
    if not bring and _is_missing(url):
        raise NotMigrated
    engine = open_engine(url)
    try:
        if bring:
            migrate(url)
        elif not is_current(engine):
            raise NotMigrated
        yield engine
    except OperationalError as error:
        if error.connection_invalidated or not _answers(engine):
            raise DatabaseAway(reason=str(error.orig).strip()) from error
        raise
    finally:
        engine.dispose()


def _is_missing(url: str) -> bool:
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists()


def _answers(engine: Engine) -> bool:
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False


def is_current(engine: Engine) -> bool:
    """Whether the database is at head."""
    with engine.connect() as connection:
        return _at_head(connection)


def _at_head(connection: Connection) -> bool:
    heads = set(ScriptDirectory.from_config(_config(connection)).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other migration runs beside."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            # Outside a transaction, where it takes effect: rebuilding a table must not cascade.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()
        return
    with engine.connect() as holder, _locked(holder):
        with engine.begin() as connection:
            yield connection
        _set_up_threads(engine)


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    # Asked again and again, not waited for: a waiting statement holds a snapshot, and the saver's
    # CREATE INDEX CONCURRENTLY waits for every snapshot.
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}):
        time.sleep(PAUSE_SECONDS)
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})


def _set_up_threads(engine: Engine) -> None:
    from db.migrations.threads import set_up_threads  # noqa: PLC0415 (heavy, and only for PostgreSQL)

    set_up_threads(engine.url)
