"""Tables and views of any database SQLAlchemy can reach, read by plain selects."""

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from connectors.records.source import BadSource, Source, SourceLost, SourceRow, SourceTable

CACHE_KB = 64_000
SYSTEM_SCHEMAS = frozenset({"information_schema", "pg_catalog", "pg_toast"})


def widen_cache(connection: Connection) -> None:
    """Let SQLite keep the indexes of a large table at hand while rows go in; nothing to do elsewhere."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KB}")


class SqlTable:
    """One table or view, in the order of its key."""

    def __init__(self, engine: Engine, name: str, schema: str | None, table: str) -> None:
        self.name = name
        self._engine = engine
        quote = engine.dialect.identifier_preparer.quote_identifier
        self._from = f"{quote(schema)}.{quote(table)}" if schema else quote(table)
        with engine.connect() as connection:
            self.columns = list(connection.exec_driver_sql(f"SELECT * FROM {self._from} WHERE 1 = 0").keys())
        key = inspect(engine).get_pk_constraint(table, schema)["constrained_columns"]
        self._order = " ORDER BY " + ", ".join(quote(column) for column in key) if key else ""

    def rows(self) -> Iterator[SourceRow]:
        """Every row, streamed, numbered from 1."""
        try:
            yield from self._stream()
        except SQLAlchemyError as error:
            raise SourceLost(source=self.name, detail=type(error).__name__) from error

    def _stream(self) -> Iterator[SourceRow]:
        with self._engine.connect() as connection:
            total = connection.exec_driver_sql(f"SELECT count(*) FROM {self._from}").scalar() or 1
            streamed = connection.execution_options(stream_results=True, max_row_buffer=5000)
            found = streamed.execute(text(f"SELECT * FROM {self._from}{self._order}".replace(":", r"\:")))
            for number, row in enumerate(found, 1):
                yield SourceRow(number, list(row), number / total)


def sql_tables(url: str) -> Source:
    """The tables and views at `url`; those of another schema than the default are `schema.table`."""
    try:
        engine = create_engine(url, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise BadSource("bad_url", url=url.partition("://")[0]) from error
    shown = engine.url.render_as_string(hide_password=True)
    if engine.dialect.name == "sqlite" and not _exists(engine.url.database):
        raise BadSource("no_such_path", path=shown)
    source = Source(engine.url.database or shown)
    try:
        source.tables = {table.name: table for table in _tables(engine)}
    except SQLAlchemyError as error:
        raise BadSource("no_connection", url=shown, detail=type(error).__name__) from error
    if not source.tables:
        raise BadSource("nothing_to_read", path=shown)
    return source


def _exists(database: str | None) -> bool:
    from pathlib import Path  # noqa: PLC0415

    return bool(database) and (str(database).startswith("file:") or Path(str(database)).is_file())


def _tables(engine: Engine) -> Iterator[SourceTable]:
    inspector = inspect(engine)
    default = inspector.default_schema_name
    for schema in inspector.get_schema_names():
        if schema in SYSTEM_SCHEMAS:
            continue
        for table in [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]:
            name = table if schema == default else f"{schema}.{table}"
            yield SqlTable(engine, name, None if schema == default else schema, table)
