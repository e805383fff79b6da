"""The migrations make exactly the tables of db/tables, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from db.migrations.compare import include_name
from db.migrations.run import is_current, migrate
from db.tables import Base


def test_head_is_what_the_tables_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": include_name})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing(database_url: str, engine: Engine) -> None:
    before = inspect(engine).get_table_names()
    migrate(database_url)
    assert inspect(engine).get_table_names() == before
    assert is_current(engine)


def test_threads_have_their_tables_on_postgres(postgres_engine: Engine) -> None:
    assert "checkpoints" in inspect(postgres_engine).get_table_names()
