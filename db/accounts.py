"""Looking accounts up by name, in the asker's scope."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from core.identity import Identity
from db.engine import reader
from db.tables import Account, Person


@dataclass(frozen=True)
class AccountRow:
    """What a list shows of an account."""

    id: int
    name: str
    sector: str | None
    country: str | None
    owner: str | None


def find_accounts(
    engine: Engine, identity: Identity, *, name: str = "", after: tuple[str, int] | None = None, limit: int = 20
) -> list[AccountRow]:
    """The asker's accounts whose name contains `name`, in order of name; one more than `limit` if there are more."""
    with reader(engine, identity) as records:
        accounts = records.scope.rows(Account)
        statement = select(
            accounts.c.id, accounts.c.name, accounts.c.sector, accounts.c.country, Person.name.label("owner")
        )
        statement = statement.select_from(accounts.outerjoin(Person, Person.id == accounts.c.owner_id))
        if name.strip():
            statement = statement.where(func.lower(accounts.c.name).contains(name.strip().lower(), autoescape=True))
        if after is not None:
            last_name, last_id = after
            later = (accounts.c.name == last_name) & (accounts.c.id > last_id)
            statement = statement.where((accounts.c.name > last_name) | later)
        statement = statement.order_by(accounts.c.name, accounts.c.id).limit(limit + 1)
        return [AccountRow(row.id, row.name, row.sector, row.country, row.owner) for row in records.execute(statement)]
