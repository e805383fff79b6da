"""The people of the company, their ways in, and the company itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.identity import Role
from db.tables.base import Base, Moment, Record


class Person(Record, Base):
    """A colleague. `manager_id` makes the tree that scope is read from."""

    __tablename__ = "people"

    name: Mapped[str] = mapped_column(index=True)
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, values_callable=lambda roles: [role.value for role in roles])
    )
    region: Mapped[str | None] = mapped_column(index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    email: Mapped[str | None] = mapped_column(index=True)
    active: Mapped[bool] = mapped_column(default=True)


class Credential(Base):
    """A way to prove who one is: an API token, or a sign-in link good for one use. Only the hash is kept."""

    __tablename__ = "credentials"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str]  # token | link
    secret_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class CompanyRow(Base):
    """The one row of company settings (`core.company.Company` as JSON), written with each import.

    `loaded` says which fields of which kinds of record the company has ever loaded: {"payment": ["amount", "date"]}.
    `loaded_at` changes with every load, so it is the version of everything cached about names.
    """

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    loaded: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    loaded_at: Mapped[datetime] = mapped_column(Moment)
