"""A reader reads one moment, writes nothing, and ends what takes too long or finds too much."""

import time

import pytest
from sqlalchemy import Engine, func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError

from core.errors import UnscopedQuery
from db.engine import QueryTooLarge, QueryTooSlow, reader, system_session
from db.tables import Deal, Product
from tests.db.company import NOW, Small, build


def test_a_reader_takes_nothing_but_selects(small: Small) -> None:
    with reader(small.engine, small.people["Dana"]) as records, pytest.raises(UnscopedQuery):
        records.execute(update(Product).values(name="mine"))


@pytest.mark.parametrize("write", ["UPDATE products SET name = 'mine'", "DELETE FROM deals", "DROP TABLE deals"])
def test_the_database_itself_refuses_a_readers_write(small: Small, write: str) -> None:
    with reader(small.engine, small.people["Dana"]) as records, pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        records._connection.execute(text(write))
    with system_session(small.engine) as session:
        assert session.scalar(select(Product.name)) == "GTX"
        assert session.scalar(select(func.count()).select_from(Deal)) == 7


def test_the_connection_writes_again_afterwards(small: Small) -> None:
    with reader(small.engine, small.people["Dana"]):
        pass
    for _ in range(3):
        with system_session(small.engine) as session:
            session.execute(update(Product).values(name="GTX Pro"))
    with system_session(small.engine) as session:
        assert session.scalars(select(Product.name).distinct()).all() == ["GTX Pro"]


def test_a_reader_sees_one_moment(small: Small) -> None:
    with reader(small.engine, small.people["Dana"]) as records:
        count = select(func.count()).select_from(records.scope.rows(Deal))
        before = records.execute(count).scalar_one()
        with system_session(small.engine) as session:
            session.execute(
                insert(Deal).values(source="test", external_id="new", custom={}, loaded_at=NOW, stage="won")
            )
        assert records.execute(count).scalar_one() == before


def test_a_query_over_its_time_is_ended(small: Small) -> None:
    endless = select(literal(1).label("n")).cte("endless", recursive=True)
    endless = endless.union_all(select(endless.c.n + 1).where(endless.c.n < 1_000_000_000))
    started = time.monotonic()
    with reader(small.engine, small.people["Ann"], seconds=0.3) as records, pytest.raises(QueryTooSlow):
        records.execute(select(func.count()).select_from(endless))
    assert time.monotonic() - started < 5


def test_a_query_with_too_many_rows_is_refused(small: Small) -> None:
    with reader(small.engine, small.people["Dana"], rows=6) as records:
        deals = records.scope.rows(Deal)
        with pytest.raises(QueryTooLarge):
            records.execute(select(deals.c.id))
        assert len(records.execute(select(deals.c.id).limit(6)).all()) == 6


def test_rows_outlive_the_reader(sqlite_engine: Engine) -> None:
    small = build(sqlite_engine)
    with reader(small.engine, small.people["Bo"]) as records:
        rows = records.execute(select(records.scope.rows(Deal).c.external_id)).mappings()
    assert [row["external_id"] for row in rows] == ["Bo"]
