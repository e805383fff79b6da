"""A statement over records that no scope handed out does not run, however it is written."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    Engine,
    and_,
    column,
    delete,
    exists,
    func,
    lambda_stmt,
    literal,
    literal_column,
    select,
    table,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

from core.errors import UnscopedQuery
from db.engine import reader
from db.scope import Scope
from db.tables import Account, Credential, Deal, Message, Person
from tests.db.company import Small

Make = Callable[[Scope], Any]

FORGETFUL: dict[str, Make] = {
    "entity": lambda scope: select(Deal),
    "column": lambda scope: select(Deal.close_value),
    "core table": lambda scope: Deal.__table__.select(),
    "alias": lambda scope: select(aliased(Deal).id),
    "lightweight table": lambda scope: select(table("deals", column("id"))),
    "join": lambda scope: select(scope.rows(Account).c.id).join(Deal, Deal.account_id == Account.id),
    "join to mine": lambda scope: select(scope.rows(Account, "mine").c.id).join(Deal, literal(True)),
    "where": lambda scope: select(scope.rows(Account).c.id).where(Deal.id == 1),
    "subquery": lambda scope: select(select(Deal.id).subquery()),
    "scalar subquery": lambda scope: select(select(func.max(Deal.close_value)).scalar_subquery()),
    "order by": lambda scope: select(Person.id).order_by(select(func.max(Deal.id)).scalar_subquery()),
    "having": lambda scope: (
        select(Person.region).group_by(Person.region).having(select(func.count(Deal.id)).scalar_subquery() > 1)
    ),
    "exists": lambda scope: select(Person.name).where(exists().where(Deal.owner_id == Person.id)),
    "in": lambda scope: select(Person.name).where(Person.id.in_(select(Deal.owner_id))),
    "cte": lambda scope: select(select(Deal.id).cte("mine")),
    "deleting cte": lambda scope: select(delete(Deal).returning(Deal.id).cte("gone")),
    "union": lambda scope: union_all(select(scope.rows(Deal).c.id), select(Deal.id)),
    "lateral": lambda scope: select(Person.id, select(Message.text).lateral()),
    "case": lambda scope: select(func.coalesce(select(Deal.id).limit(1).scalar_subquery(), 0)),
    "text": lambda scope: text("SELECT * FROM deals"),
    "upper case text": lambda scope: text("SELECT * FROM DEALS"),
    "text columns": lambda scope: text("SELECT id FROM deals").columns(column("id")),
    "from text": lambda scope: select(literal_column("1")).select_from(text("deals")),
    "literal column": lambda scope: select(literal_column("(SELECT max(close_value) FROM deals)")),
    "prefix": lambda scope: select(literal(1)).prefix_with("(SELECT max(close_value) FROM deals),"),
    "suffix": lambda scope: select(literal(1)).suffix_with("UNION SELECT close_value FROM deals"),
    "operator": lambda scope: select(literal(1).op("= 1 UNION SELECT close_value FROM deals WHERE 1 =")(literal(1))),
    "lambda": lambda scope: lambda_stmt(lambda: select(Deal.id)),
}


@pytest.mark.parametrize("make", FORGETFUL.values(), ids=FORGETFUL)
def test_a_reader_refuses_what_forgets_the_asker(small: Small, make: Make) -> None:
    with reader(small.engine, small.people["Dana"]) as records, pytest.raises(UnscopedQuery):
        records.execute(make(records.scope))


@pytest.mark.parametrize("make", FORGETFUL.values(), ids=FORGETFUL)
def test_a_plain_connection_refuses_it_too(small: Small, make: Make) -> None:
    scope = Scope(small.people["Dana"], everything=True, people=frozenset())
    with small.engine.connect() as connection, pytest.raises(UnscopedQuery):
        connection.execute(make(scope))


def test_sessions_and_driver_sql_are_no_way_round(small: Small) -> None:
    with Session(small.engine) as session:
        with pytest.raises(UnscopedQuery):
            session.get(Deal, 1)
        with pytest.raises(UnscopedQuery):
            session.query(Deal).count()
        with pytest.raises(UnscopedQuery):
            session.connection().exec_driver_sql("SELECT * FROM deals")


def test_credentials_are_closed_to_askers(small: Small) -> None:
    with reader(small.engine, small.people["Dana"]) as records, pytest.raises(UnscopedQuery):
        records.execute(select(Credential.secret_hash))


def test_what_came_through_the_scope_runs_in_every_shape(small: Small) -> None:
    with reader(small.engine, small.people["Mei"]) as records:
        deals, accounts = records.scope.rows(Deal), records.scope.rows(Account)
        joined = select(deals.c.id).join(accounts, and_(accounts.c.id == deals.c.account_id))
        again = deals.alias("again")
        totals = select(deals.c.owner_id, func.sum(deals.c.close_value).label("total")).group_by(deals.c.owner_id)
        shapes: list[Any] = [
            joined,
            select(again.c.id),
            select(totals.cte("totals").c.total),
            union_all(select(deals.c.id), select(accounts.c.id)),
            select(Person.name).where(exists().where(deals.c.owner_id == Person.id)),
            select(aliased(Deal, deals).id),
        ]
        assert [len(records.execute(shape).all()) for shape in shapes] == [3, 3, 3, 6, 3, 3]


def test_writes_pass_without_an_asker(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(Deal).values(region="East"))
        connection.execute(delete(Deal))
        connection.execute(text("DELETE FROM deals"))
        connection.exec_driver_sql("DELETE FROM deals")
        assert connection.execute(select(func.count()).select_from(Person)).scalar_one() == 0
