"""Rows that may be there already: written once, whoever comes first."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.tables import Base


def add_once(session: Session, model: type[Base], keys: Sequence[str], values: Mapping[str, Any]) -> Any:
    """Add a row unless one has the same `keys`; its id if it is new, else None. Who adds the same is waited for."""
    table = model.__table__
    assert isinstance(table, Table)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=list(keys))
    return session.scalar(statement.returning(*table.primary_key))
