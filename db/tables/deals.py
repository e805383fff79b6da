"""The sales work: deals, activities, quotes, campaign touches, targets."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment, Money, Record


class Stage(StrEnum):
    """Where a deal stands. Open is prospecting or engaging."""

    PROSPECTING = "prospecting"
    ENGAGING = "engaging"
    WON = "won"
    LOST = "lost"


def _stage_type() -> Enum:
    return Enum(Stage, native_enum=False, values_callable=lambda stages: [stage.value for stage in stages])


class Deal(Record, Base):
    """A deal. `region` is set only where the source keeps a region on the deal; else it is the owner's."""

    __tablename__ = "deals"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_deals_owner_stage_close", "owner_id", "stage", "close_date"),
        Index("ix_deals_stage_close", "stage", "close_date"),
        Index("ix_deals_owner_account", "owner_id", "account_id"),
    )

    name: Mapped[str | None] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    region: Mapped[str | None]
    stage: Mapped[Stage] = mapped_column(_stage_type())
    engage_date: Mapped[dt.date | None] = mapped_column(index=True)
    close_date: Mapped[dt.date | None]
    close_value: Mapped[Decimal | None] = mapped_column(Money)
    list_price: Mapped[Decimal | None] = mapped_column(Money)


class Activity(Record, Base):
    """A visit, call, meeting or email by one of us. A visit with an outcome is an effective visit."""

    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_activities_owner_kind_date", "owner_id", "kind", "date"),
    )

    kind: Mapped[str]  # visit | call | meeting | email
    date: Mapped[dt.date]
    at: Mapped[dt.datetime | None] = mapped_column(Moment)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str | None]
    note: Mapped[str | None]


class Quote(Record, Base):
    """An offer to a customer; its lines say what and at which price."""

    __tablename__ = "quotes"

    date: Mapped[dt.date] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    status: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Money)


class QuoteLine(Record, Base):
    """One product on a quote, with its list price on that day and the unit price offered."""

    __tablename__ = "quote_lines"

    quote_id: Mapped[int] = mapped_column(ForeignKey("quotes.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), index=True)
    quantity: Mapped[int]
    list_price: Mapped[Decimal | None] = mapped_column(Money)
    unit_price: Mapped[Decimal] = mapped_column(Money)


class CampaignTouch(Record, Base):
    """A contact of marketing with a customer."""

    __tablename__ = "campaign_touches"

    date: Mapped[dt.date] = mapped_column(index=True)
    campaign: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    response: Mapped[str | None]


class Target(Record, Base):
    """What one owner should reach of one metric in one period (both days included)."""

    __tablename__ = "targets"

    metric: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    start_date: Mapped[dt.date] = mapped_column(index=True)
    end_date: Mapped[dt.date]
    value: Mapped[Decimal] = mapped_column(Money)
