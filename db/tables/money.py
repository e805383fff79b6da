"""From order to cash, and what goes wrong on the way: orders, invoices, payments, tickets."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Money, Record


class Order(Record, Base):
    """A customer's order."""

    __tablename__ = "orders"

    date: Mapped[dt.date] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    quantity: Mapped[int | None]
    amount: Mapped[Decimal] = mapped_column(Money)
    status: Mapped[str | None]


class Invoice(Record, Base):
    """What we asked to be paid, and by when."""

    __tablename__ = "invoices"

    date: Mapped[dt.date] = mapped_column(index=True)
    due_date: Mapped[dt.date | None] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money)


class Payment(Record, Base):
    """What was paid; against an invoice where the source says which."""

    __tablename__ = "payments"

    date: Mapped[dt.date] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money)


class Ticket(Record, Base):
    """A customer's request to support."""

    __tablename__ = "tickets"

    date: Mapped[dt.date] = mapped_column(index=True)
    closed_date: Mapped[dt.date | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str | None]  # complaint | question | incident | request
    severity: Mapped[str | None]
    status: Mapped[str | None]
    subject: Mapped[str | None]
