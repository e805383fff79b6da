"""What we believe of accounts, and what people were told of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment


class Fact(Base):
    """One thing said or set about an account, as it was said: what holds now is worked out from all of them.

    `origin` is said (with its message and quote) or person (set by `person_id`). `key` makes it idempotent.
    """

    __tablename__ = "facts"
    __table_args__ = (Index("ix_facts_account_id_name_valid_from", "account_id", "name", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    name: Mapped[str]
    value: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    quote: Mapped[str | None]
    confidence: Mapped[float]
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_to: Mapped[datetime | None] = mapped_column(Moment)
    origin: Mapped[str]
    pinned: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)


class Notice(Base):
    """Something a person should know came in; `key` makes it idempotent. Each person sees their own."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
