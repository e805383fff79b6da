"""Recordings: what became of each, and when each of its words was said."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment


class Call(Base):
    """One recording. What was said are the messages of its conversation, whose `external_id` is the content hash.

    `status` is queued, running, done or failed; `step` is the pipeline's; `progress` runs from 0 to 1.
    """

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), unique=True)
    content_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the file, in hex: the call id outside
    file: Mapped[str | None]  # where the audio is kept; None once it is erased
    filename: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float | None]
    channels: Mapped[int | None]
    channel_speakers: Mapped[list[str] | None] = mapped_column(JSON)  # who is on each channel: customer | rep
    lang: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="queued", index=True)
    step: Mapped[str | None]
    progress: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # {"code", "params"} of what it failed with
    transcriber: Mapped[str | None]
    coverage: Mapped[float | None]  # speech seconds with text ÷ speech seconds
    warnings: Mapped[list[Any] | None] = mapped_column(JSON)
    live: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")  # how often it was tried again
    revision: Mapped[int] = mapped_column(default=0, server_default="0")  # how often people corrected it
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    erased_at: Mapped[datetime | None] = mapped_column(Moment)


class Segment(Base):
    """When a message of a call was said. `words` are [{"word", "start", "end", "confidence"}]; times are seconds."""

    __tablename__ = "segments"
    __table_args__ = (Index("ix_segments_call_id_start", "call_id", "start"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    start: Mapped[float]
    end: Mapped[float]
    channel: Mapped[int | None]
    confidence: Mapped[float]
    words: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    low: Mapped[list[list[int]] | None] = mapped_column(JSON)  # [start, end] of what was hardly understood in the text
    corrected_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class LiveCall(Base):
    """A call that is heard while it runs; `content_hash` is the call it became. Its audio is kept in numbered chunks.

    `chunks` is how many are on disk: the next one's number. `state` is open, ending or ended. `holder` is the process
    that transcribes it, as of `held_at`. `segments` are those that will not change while the call runs.
    """

    __tablename__ = "live_calls"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    started_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    format: Mapped[str]  # pcm16 | file
    rate: Mapped[int]
    channels: Mapped[int]
    channel_speakers: Mapped[list[str] | None] = mapped_column(JSON)
    chunks: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(default="open", index=True)
    segments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    holder: Mapped[str | None]
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    content_hash: Mapped[str | None] = mapped_column(index=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    heard_at: Mapped[datetime] = mapped_column(Moment)
