"""Threads that people took over: the assistant is silent in them until they are handed back.

Call these with a session of `db.engine.system_session`.
"""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from core.channels import Spot
from db import audit
from db.tables import Takeover
from db.upsert import add_once


def take_over(session: Session, spot: Spot, *, person_id: int, why: str, now: datetime) -> bool:
    """Have the thread be the person's; False if someone has it already."""
    values = {**asdict(spot), "person_id": person_id, "at": now}
    if add_once(session, Takeover, ("channel", "place", "thread"), values) is None:
        return False
    detail = {"before": None, "after": person_id, "why": why, "channel": spot.channel}
    subject = f"thread:{spot.channel}:{spot.place}:{spot.thread}"
    audit.record(session, actor_id=person_id, action="thread.take_over", subject=subject, detail=detail, now=now)
    return True


def hand_back(session: Session, spot: Spot, *, person_id: int, now: datetime) -> bool:
    """Have the assistant answer again; False if nobody had the thread."""
    gone = session.scalar(delete(Takeover).where(*_here(spot)).returning(Takeover.person_id))
    if gone is None:
        return False
    detail = {"before": gone, "after": None, "channel": spot.channel}
    subject = f"thread:{spot.channel}:{spot.place}:{spot.thread}"
    audit.record(session, actor_id=person_id, action="thread.hand_back", subject=subject, detail=detail, now=now)
    return True


def holder(session: Session, spot: Spot) -> int | None:
    """Who took the thread over."""
    return session.scalar(select(Takeover.person_id).where(*_here(spot)))


def _here(spot: Spot) -> tuple[ColumnElement[bool], ...]:
    return Takeover.channel == spot.channel, Takeover.place == spot.place, Takeover.thread == spot.thread
