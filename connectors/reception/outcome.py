"""What is to come of something that arrived: what is said where, kept with its end in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.channels import Arrived, Content, Spot
from core.identity import Identity
from db import channel_threads, inbound, outbound
from db.inbound import End, Taken
from db.links import lookup

WATCH = "watch"
"""Marks what has a call watched."""
Write = Callable[[Session], object]


@dataclass(frozen=True, slots=True)
class Say:
    """One message to put out under `key`."""

    key: str
    content: Content
    spot: Spot
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`thread_id` is the assistant's thread that was gone on with there; `only_if` whose account it must still be."""

    says: tuple[Say, ...] = ()
    state: End = "done"
    thread_id: str | None = None
    only_if: Identity | None = None
    more: tuple[Write, ...] = ()
    again_in: float | None = None
    """Not over yet: to be worked on again after so many seconds."""
    failed: bool = False
    """Not over because it failed."""


NOTHING = Outcome()


class Unlinked(Exception):
    """The account is no longer the person's that the answer was made for."""


def reply_key(number: int) -> str:
    """The key of the one message that answers an arrival."""
    return f"reply:{number}"


def answer_key(taken: Taken) -> str:
    """The key of what answers it: of a call that is watched, the message that answered the recording."""
    arrived = taken.arrived
    if arrived.kind == "home":
        return f"home:{arrived.channel}:{arrived.account}"
    return reply_key(int(arrived.extra.get(WATCH, {}).get("reply", taken.id)))


def reply_to(taken: Taken, content: Content) -> Say:
    """The one message that answers it, where it was said."""
    arrived = taken.arrived
    if content.answers is None:
        content = content.model_copy(update={"answers": arrived.message})
    extra = {name: value for name, value in arrived.extra.items() if name != WATCH}
    return Say(answer_key(taken), content, arrived.spot, extra)


def aside(arrived: Arrived, content: Content) -> Content:
    """The same, shown to whoever wrote alone where others read along."""
    return content if arrived.private else content.model_copy(update={"only_for": arrived.account})


def settle(session: Session, taken: Taken, worker: str, outcome: Outcome, now: datetime) -> bool:
    """Keep all of it or nothing; False if the arrival is another's by now, or not wanted any more."""
    arrived, person = taken.arrived, outcome.only_if
    if outcome.again_in is not None:
        inbound.again(session, taken.id, worker, outcome.again_in, fresh=not outcome.failed)
    elif not inbound.finish(session, taken.id, worker, outcome.state, now):
        return False
    if person is not None and lookup(session, arrived.channel, arrived.account) != person:
        raise Unlinked
    for say in outcome.says:
        put(session, say, person, now)
    if outcome.thread_id is not None and person is not None:
        channel_threads.keep(session, arrived.spot, person.person_id, thread_id=outcome.thread_id, now=now)
    for write in outcome.more:
        write(session)
    return True


def put(session: Session, say: Say, person: Identity | None, now: datetime) -> None:
    """Put one message out."""
    outbound.put(
        session,
        say.key,
        say.spot.channel,
        say.spot.place,
        say.content,
        now=now,
        thread=say.spot.thread or None,
        person_id=person.person_id if person else None,
        extra=say.extra,
    )


def show_stopped(session: Session, taken: Taken, worker: str, content: Content, now: datetime) -> None:
    """Have it be over; what shows that it was being worked on reads `content` instead."""
    if inbound.finish(session, taken.id, worker, "stopped", now):
        outbound.change(session, answer_key(taken), content)
