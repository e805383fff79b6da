"""The index of words: a full-text table on SQLite, an index on PostgreSQL. Made anew from what memory keeps."""

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DatabaseError

from db.engine import system_session

NAME = "remembered_words"
TABLE = (
    f"CREATE VIRTUAL TABLE {NAME} USING fts5("
    "words, content='remembered', content_rowid='rev', tokenize='unicode61 remove_diacritics 0')"
)
INDEX = f"CREATE INDEX {NAME} ON remembered USING gin (array_to_tsvector(string_to_array(words, ' ')))"


def words_are_there(engine: Engine, *, thoroughly: bool = False) -> bool:
    """Whether the index of words exists; with `thoroughly`, also whether it holds what it should."""
    if engine.dialect.name != "sqlite":
        return any(index["name"] == NAME for index in inspect(engine).get_indexes("remembered"))
    if not inspect(engine).has_table(NAME):
        return False
    if not thoroughly:
        return True
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"INSERT INTO {NAME} ({NAME}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        return False
    return True


def make_words(engine: Engine) -> None:
    """Make the index of words from what memory keeps, whatever was there."""
    with system_session(engine) as session:
        connection = session.connection()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {NAME}")
            connection.exec_driver_sql(TABLE)
            connection.exec_driver_sql(f"INSERT INTO {NAME} ({NAME}) VALUES ('rebuild')")
        else:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {NAME}")
            connection.exec_driver_sql(INDEX)
