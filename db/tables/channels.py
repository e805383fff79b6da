"""What goes in and out of the team's chat: accounts, what arrived, what is to be sent, and where people talk."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment


class ChannelAccount(Base):
    """A colleague's account in a channel. `address` is where a direct message to them goes, once it is known."""

    __tablename__ = "channel_accounts"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    external_id: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    address: Mapped[str | None]
    how: Mapped[str]  # code | email | admin
    linked_at: Mapped[datetime] = mapped_column(Moment)


class Inbound(Base):
    """One thing that arrived from a channel; `key` is the same however often and as whatever type it is delivered.

    What is in one lane is worked on in order, one after the other. A worker that is gone loses it when `taken_until`,
    in real time, is over.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_inbound_state_id", "state", "id"),
        Index("ix_inbound_lane_state_id", "lane", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    key: Mapped[str]
    lane: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default="waiting")  # waiting | taken | done | stopped | failed
    taken_by: Mapped[str | None]
    taken_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class Outbound(Base):
    """One message in a channel, as it should read now: posted once under its key, then edited until `shown` is

    `version`. `ref` is what the channel calls it. `due_at` is in the company's time, `taken_until` in real time.
    A `place` of `@account` is that account's direct messages. `extra` is what the channel itself needs to answer.
    """

    __tablename__ = "outbound"
    __table_args__ = (
        Index("ix_outbound_state_due_at", "state", "due_at"),
        Index("ix_outbound_channel_place_state_id", "channel", "place", "state", "id"),
        Index("ix_outbound_channel_ref", "channel", "ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    place: Mapped[str]
    thread: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    shown: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="waiting")  # waiting | sending | sent | failed
    ref: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    taken_by: Mapped[str | None]
    taken_until: Mapped[datetime | None] = mapped_column(Moment)
    tried_at: Mapped[datetime | None] = mapped_column(Moment)  # the first time, in real time
    due_at: Mapped[datetime] = mapped_column(Moment)
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class ChannelThread(Base):
    """Which of the assistant's threads a person's talk in a place is. `thread` is empty outside of any thread."""

    __tablename__ = "channel_threads"
    __table_args__ = (UniqueConstraint("channel", "place", "thread", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    place: Mapped[str]
    thread: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    thread_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)


class Takeover(Base):
    """A thread that a person took over: the assistant is silent in it until it is handed back."""

    __tablename__ = "takeovers"
    __table_args__ = (UniqueConstraint("channel", "place", "thread"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    place: Mapped[str]
    thread: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class ChannelSetting(Base):
    """How the assistant behaves in one place of a channel."""

    __tablename__ = "channel_settings"
    __table_args__ = (UniqueConstraint("channel", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    place: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Moment)
