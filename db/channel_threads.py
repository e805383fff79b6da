"""Which of the assistant's threads a person's talk in a place is, and that it answered them there.

Call these with a session of `db.engine.system_session`.
"""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from core.channels import Spot
from db.tables import ChannelThread
from db.upsert import add_once

KEYS = ("channel", "place", "thread", "person_id")


def find(session: Session, spot: Spot, person_id: int, *, since: datetime | None = None) -> str | None:
    """The thread in which the assistant answered that person there, if it did, and did so after `since`."""
    here = list(_here(spot, person_id))
    if since is not None:
        here.append(ChannelThread.at >= since)
    return session.scalar(select(ChannelThread.thread_id).where(*here))


def keep(session: Session, spot: Spot, person_id: int, *, thread_id: str, now: datetime) -> None:
    """Remember that it answered there, in which of its threads."""
    values = {**asdict(spot), "person_id": person_id, "thread_id": thread_id, "at": now}
    if add_once(session, ChannelThread, KEYS, values) is None:
        session.execute(update(ChannelThread).where(*_here(spot, person_id)).values(thread_id=thread_id, at=now))


def _here(spot: Spot, person_id: int) -> tuple[ColumnElement[bool], ...]:
    here = ChannelThread.channel == spot.channel, ChannelThread.place == spot.place
    return *here, ChannelThread.thread == spot.thread, ChannelThread.person_id == person_id
