"""Customers, the people there, and what they can buy."""

from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Money, Record


class Account(Record, Base):
    """A customer. Visible to its owner's line, and to the line of anyone who owns a deal on it."""

    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(index=True)
    sector: Mapped[str | None] = mapped_column(index=True)
    country: Mapped[str | None] = mapped_column(index=True)
    parent: Mapped[str | None] = mapped_column(index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)


class Contact(Record, Base):
    """A person at a customer."""

    __tablename__ = "contacts"

    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str] = mapped_column(index=True)
    title: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None] = mapped_column(index=True)


class Product(Record, Base):
    """What is sold, with its list price."""

    __tablename__ = "products"

    name: Mapped[str] = mapped_column(index=True)
    series: Mapped[str | None] = mapped_column(index=True)
    list_price: Mapped[Decimal | None] = mapped_column(Money)
    unit_cost: Mapped[Decimal | None] = mapped_column(Money)
