"""What was said: with customers, and with the assistant. The transcript of record."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment, Record


class Conversation(Record, Base):
    """Messages that belong together. `kind` is `customer`, or `assistant` for a thread with Dealhand.

    A thread with the assistant belongs to its asker alone; its `external_id` is the thread id.
    """

    __tablename__ = "conversations"

    kind: Mapped[str] = mapped_column(default="customer")
    channel: Mapped[str]
    title: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Message(Record, Base):
    """One thing said. `speaker` is customer, rep, asker or assistant; an assistant's `reply` is its whole value."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_messages_conversation_at", "conversation_id", "at"),
        Index("ix_messages_external_id", "external_id"),
    )

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    speaker: Mapped[str]
    author: Mapped[str | None]
    text: Mapped[str]
    lang: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Moment)
    reply: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Feedback(Base):
    """A thumb on a reply; one a person and turn, the last one counts."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("turn_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    thumb: Mapped[str]  # up | down
    text: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Moment)


class AuditEntry(Base):
    """One change to something that matters; each entry's hash covers the one before it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
