"""Signals that people described: kept, changed, switched on and off; and the lines to try them on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.errors import Forbidden, NotFound, UserError
from core.identity import Identity, Role
from core.said import KINDS, Utterance
from core.trackers import Described
from db import audit
from db.engine import reader, system_session
from db.signals import speaker_of
from db.tables import Account, Conversation, Message, Person, Tracker

DESCRIBE = frozenset({Role.TRAINER, Role.DIRECTOR, Role.MANAGER})


class TrackerExists(UserError):
    """There is a signal of that name already."""

    code = "tracker_exists"
    http_status = 409


@dataclass(frozen=True, slots=True)
class TrackerRow:
    """A described signal as lists show it."""

    id: int
    described: Described
    description: str
    on: bool
    person: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A customer's line to try a tracker on."""

    utterance: Utterance
    at: datetime
    account: str | None
    conversation: str
    message: str


def list_trackers(engine: Engine) -> list[TrackerRow]:
    """Every tracker, by name."""
    with system_session(engine) as session:
        rows = session.execute(select(Tracker, Person.name).join(Person).order_by(Tracker.name))
        return [_row(tracker, person) for tracker, person in rows]


def active_trackers(engine: Engine) -> list[Described]:
    """Those that are switched on."""
    return [row.described for row in list_trackers(engine) if row.on]


def get_tracker(engine: Engine, tracker_id: int) -> TrackerRow:
    """One tracker; NotFound if there is none."""
    found = [row for row in list_trackers(engine) if row.id == tracker_id]
    if not found:
        raise NotFound()
    return found[0]


def make_tracker(
    engine: Engine, identity: Identity, described: Described, *, description: str, now: datetime
) -> TrackerRow:
    """A new tracker, switched off; TrackerExists for a name that is taken, or one of the eight kinds."""
    _may(identity)
    with system_session(engine) as session:
        taken = session.scalar(select(Tracker.id).where(Tracker.name == described.name))
        if taken or described.name in KINDS:
            raise TrackerExists(name=described.name)
        tracker = Tracker(
            name=described.name,
            description=description,
            examples=list(described.examples),
            counterexamples=list(described.counterexamples),
            settings={"phrases": list(described.phrases)},
            on=False,
            person_id=identity.person_id,
            created_at=now,
            updated_at=now,
        )
        session.add(tracker)
        session.flush()
        _note(session, identity, tracker, "make", now)
        return _row(tracker, identity.name)


def change_tracker(
    engine: Engine, identity: Identity, tracker_id: int, changes: Mapping[str, Any], now: datetime
) -> TrackerRow:
    """Change what a tracker is made of, or switch it; the names of `changes` are those of the tracker."""
    _may(identity)
    with system_session(engine) as session:
        tracker = session.get(Tracker, tracker_id)
        if tracker is None:
            raise NotFound()
        for name, value in changes.items():
            if name == "phrases":
                tracker.settings = {**tracker.settings, "phrases": list(value)}
            else:
                setattr(tracker, name, value)
        tracker.updated_at = now
        session.flush()
        _note(session, identity, tracker, "change", now)
        person = session.get_one(Person, tracker.person_id)
        return _row(tracker, person.name)


def read_lines(engine: Engine, identity: Identity, *, since: datetime | None, limit: int) -> list[Line]:
    """The latest lines of customers that the asker may see."""
    with reader(engine, identity) as records:
        messages, talks = records.scope.rows(Message), records.scope.rows(Conversation)
        accounts = records.scope.rows(Account)
        statement = select(
            *(messages.c[name] for name in ("text", "speaker", "lang", "at")),
            talks.c.channel,
            accounts.c.name.label("account"),
            talks.c.external_id.label("conversation"),
            messages.c.external_id.label("message"),
        ).select_from(
            messages.join(talks, talks.c.id == messages.c.conversation_id).outerjoin(
                accounts, accounts.c.id == talks.c.account_id
            )
        )
        statement = statement.where(messages.c.speaker.in_(("customer", "unknown")), talks.c.kind == "customer")
        if since is not None:
            statement = statement.where(messages.c.at >= since)
        statement = statement.order_by(messages.c.at.desc(), messages.c.id.desc()).limit(limit)
        return [
            Line(
                Utterance(row.text, speaker_of(row.speaker), row.channel),
                row.at,
                row.account,
                row.conversation,
                row.message,
            )
            for row in records.execute(statement)
        ]


def _may(identity: Identity) -> None:
    if identity.role not in DESCRIBE:
        raise Forbidden()


def _note(session: Session, identity: Identity, tracker: Tracker, what: str, now: datetime) -> None:
    detail = {"name": tracker.name, "on": tracker.on, "examples": len(tracker.examples)}
    audit.record(
        session,
        actor_id=identity.person_id,
        action=f"tracker.{what}",
        subject=f"tracker:{tracker.id}",
        detail=detail,
        now=now,
    )


def _row(tracker: Tracker, person: str) -> TrackerRow:
    described = Described(
        tracker.name,
        tuple(tracker.examples),
        tuple(tracker.counterexamples),
        tuple(tracker.settings.get("phrases", ())),
    )
    return TrackerRow(tracker.id, described, tracker.description, tracker.on, person, tracker.updated_at)
