"""A notice on its way to a person: their channels in order, not while they sleep, the next where one fails."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.channels import Content
from db import outbound
from db.preferences import ways_to
from db.tables import Notice, Outbound
from tools.escalations.quiet import rest_of

ASKED = ("escalation", "asked")


def deliver(session: Session, person_id: int, notice_id: int, content: Content) -> None:
    """Send a notice by the first of the person's channels, when they are awake; without any, the console has it."""
    ways = ways_to(session, person_id)
    if ways:
        _put(session, person_id, notice_id, content, ways[0])


def undelivered(session: Session, outbound_id: int) -> None:
    """What a channel will never take goes by the next one; after the last, the console has it."""
    row = session.get(Outbound, outbound_id)
    if row is None or row.notice_id is None or row.person_id is None:
        return
    ways = ways_to(session, row.person_id)
    tried = [place for place, (channel, _) in enumerate(ways) if channel == row.channel]
    for way in ways[tried[0] + 1 :] if tried else ways:
        if _new(session, row.notice_id, way[0]):
            _put(session, row.person_id, row.notice_id, Content.model_validate(row.content), way)
            return


def key_of(notice_id: int, channel: str) -> str:
    """What a notice is sent under in a channel: once."""
    return f"notice:{notice_id}:{channel}"


def _new(session: Session, notice_id: int, channel: str) -> bool:
    return outbound.read(session, key_of(notice_id, channel)) is None


def _put(session: Session, person_id: int, notice_id: int, content: Content, way: tuple[str, str]) -> None:
    channel, account = way
    notice = session.get_one(Notice, notice_id)
    outbound.put(
        session,
        key_of(notice_id, channel),
        channel,
        f"@{account}",
        content,
        now=notice.at,
        person_id=person_id,
        notice_id=notice_id,
        due_at=_due(session, notice),
    )


def _due(session: Session, notice: Notice) -> datetime:
    """When they are awake; at once where they are asked to step in: the ladder has looked at the time already."""
    if (notice.kind, notice.detail.get("what")) == ASKED:
        return notice.at
    return rest_of(session, notice.person_id).waking(notice.at, any_day=True)
