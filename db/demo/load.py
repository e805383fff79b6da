"""Loads the demo company."""

from sqlalchemy import Engine, Table, func, insert, inspect, select
from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import OperatorError
from db.company import save_company
from db.demo.clients import win_clients
from db.demo.contact import keep_in_touch, support, touch
from db.demo.money import deliver, quote
from db.demo.sales import Market, make_sales
from db.demo.staff import assign, hire, stock
from db.demo.talks import converse
from db.demo.targets import set_targets
from db.demo.world import SOURCE, World, make_world
from db.engine import system_session
from db.people import SOURCE as BY_HAND
from db.people import sources
from db.tables import RECORDS, Person, Record

MARKS = {"id", "source", "external_id", "loaded_at", "custom"}


class NotEmpty(OperatorError):
    """The database has a company in it that is not the demo company."""

    code = "not_empty"


def is_empty(engine: Engine) -> bool:
    """Whether nobody works here yet."""
    with system_session(engine) as session:
        return session.scalar(select(func.count()).select_from(Person)) == 0


def holds_demo(engine: Engine) -> bool:
    """Whether the demo company's people work here."""
    with system_session(engine) as session:
        return session.scalar(select(Person.id).where(Person.source == SOURCE).limit(1)) is not None


def is_demo(engine: Engine) -> bool:
    """Whether everyone here belongs to the demo company, so that anyone may sign in as anyone."""
    with system_session(engine) as session:
        found = sources(session)
    return SOURCE in found and found <= {SOURCE, BY_HAND}


def load_demo(engine: Engine, clock: Clock) -> None:
    """Fill an empty database with 18 months of the demo company, up to the clock's today there.

    The same clock gives the same rows everywhere. A database that has the demo company already stays as it is;
    one with another company's people is refused.
    """
    with system_session(engine) as session:
        there = sources(session)
        if SOURCE in there:
            return
        if there:
            raise NotEmpty
        world = make_world(clock)
        live(world)
        for model in RECORDS.values():
            _insert(session, model, world)
        assign(session)
        save_company(session, world.company, _loaded(world), world.now)


def live(world: World) -> None:
    """Let the company live its 18 months."""
    sellers = hire(world)
    items = stock(world)
    clients = win_clients(world, sellers)
    sales = make_sales(world, Market(clients, sellers, items))
    quote(world, sales, items)
    deliver(world, sales)
    keep_in_touch(world, clients, sales)
    touch(world, clients)
    support(world, clients)
    set_targets(world, sellers, clients, sales)
    converse(world, clients, sales)


def _insert(session: Session, model: type[Record], world: World) -> None:
    rows = world.rows.get(model)
    if not rows:
        return
    table = inspect(model).local_table
    assert isinstance(table, Table)
    session.execute(insert(table), rows)
    if session.get_bind().dialect.name == "postgresql":
        last = select(func.max(table.c.id)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))


def _loaded(world: World) -> dict[str, set[str]]:
    """Which fields of which records the company has: those with a value in some row."""
    loaded: dict[str, set[str]] = {}
    for name, model in RECORDS.items():
        rows = world.rows.get(model, [])
        fields = {field for row in rows for field, value in row.items() if value is not None} - MARKS
        if rows:
            loaded[name] = fields | {field for row in rows for field in row["custom"]}
    return loaded
