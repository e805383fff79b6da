"""Who is to step in where and by when, what was proposed and not yet confirmed, and the timers behind it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment


class Escalation(Base):
    """A request that a role steps in on an account by a deadline.

    `open_key` is its cause and account while it is open and null afterwards, so that there is one open one a cause and
    account; where no cause was said, its role is part of it.

    `owner_id` is the rep it concerns, `person_id` whoever is asked to step in now.
    """

    __tablename__ = "escalations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # the outside's id: 32 hex digits
    open_key: Mapped[str | None] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    cause: Mapped[str]
    trigger: Mapped[str]  # asked | console | the name of a trigger
    note: Mapped[str | None]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # message_id, quote, at, kind
    role: Mapped[str]  # sales_manager | technical_consultant
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    appointment_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)
    time_zone: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)  # scheduled | accepted | snoozed | resolved | cancelled
    snoozed_until: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None]  # useful | not_useful
    outcome_note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class Rung(Base):
    """One step of an escalation's ladder: who is asked, and when. It fires once."""

    __tablename__ = "rungs"
    __table_args__ = (UniqueConstraint("escalation_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalations.id"))
    number: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    fired_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)


class EscalationEvent(Base):
    """What happened to an escalation, in order; `key` makes it happen once."""

    __tablename__ = "escalation_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalations.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[str | None]
    action: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class Proposal(Base):
    """A change that waits for a person's word; `payload` holds all that takes effect when it is confirmed."""

    __tablename__ = "proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # the outside's id: 32 hex digits
    kind: Mapped[str]  # escalate | accept | snooze | handover | resolve | cancel
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    thread_id: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)  # whoever asked, and may confirm
    state: Mapped[str]  # waiting | confirmed | declined | expired
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalations.id"))


class Timer(Base):
    """Something to do at a moment, once: whoever sets `fired_at` does it, in the same transaction."""

    __tablename__ = "timers"
    __table_args__ = (Index("ix_timers_fired_at_due_at", "fired_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(Moment)
    fired_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)


class Duty(Base):
    """A role that a person takes in escalations: where, in what, and how many open ones at most at a time."""

    __tablename__ = "duties"
    __table_args__ = (UniqueConstraint("person_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]  # sales_manager | technical_consultant
    regions: Mapped[list[str]] = mapped_column(JSON)  # none is everywhere
    skills: Mapped[list[str]] = mapped_column(JSON)
    most_open: Mapped[int] = mapped_column(default=8)


class Absence(Base):
    """When a person is away."""

    __tablename__ = "absences"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    from_at: Mapped[datetime] = mapped_column(Moment)
    to_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str | None]


class Preference(Base):
    """How a person wants to be told: channels in order, quiet hours ("22:00") in their time zone, a daily digest."""

    __tablename__ = "preferences"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    time_zone: Mapped[str | None]
    lang: Mapped[str | None]
    channels: Mapped[list[str]] = mapped_column(JSON)
    quiet_from: Mapped[str | None]
    quiet_to: Mapped[str | None]
    digest_at: Mapped[str | None]
