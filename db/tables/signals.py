"""What customers signal, what people said of that, and the signals that people described themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment


class Signal(Base):
    """One signal in one message: `quote` is `text[start:end]` of the message. `kind` is one of the eight, or a tracker.

    `method` says what found it: rules, model, llm or tracker.
    """

    __tablename__ = "signals"
    __table_args__ = (UniqueConstraint("message_id", "kind", "start", "end"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(index=True)
    quote: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    confidence: Mapped[float]
    method: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, index=True)  # when it was said
    found_at: Mapped[datetime] = mapped_column(Moment)


class Sentiment(Base):
    """The customer's attitude in one message; a message has one once it has been read for signals."""

    __tablename__ = "sentiments"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    label: Mapped[str]  # negative | neutral | positive
    score: Mapped[float]  # -1 to 1
    detector: Mapped[str]  # the version that read it
    found_at: Mapped[datetime] = mapped_column(Moment)


class SignalLabel(Base):
    """What a trainer says is right for a text: the kinds it has, and the sentiment. The last label of a text counts."""

    __tablename__ = "signal_labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    text_hash: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]  # redacted before it is kept
    lang: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(JSON)
    sentiment: Mapped[str | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class Tracker(Base):
    """A signal that a person described: with examples, tried on history, switched on or off."""

    __tablename__ = "trackers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # the kind of the signals it finds
    description: Mapped[str]
    examples: Mapped[list[str]] = mapped_column(JSON)
    counterexamples: Mapped[list[str]] = mapped_column(JSON)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    on: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
