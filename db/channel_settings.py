"""How the assistant behaves in one place of a channel.

Call these with a session of `db.engine.system_session`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.reply import Value
from db import audit
from db.tables import ChannelSetting
from db.upsert import add_once


class PlaceSettings(Value):
    """What can be set; the defaults hold where nobody set anything.

    `follow_ups`: in a thread it answered in, a person need not name it again. `discreet`: figures are shown to the
    asker alone where others read along. `silent`: it says nothing there at all. `lang`: its language there, else that
    of each message. `account`: the customer (id in accounts) whose conversation is what is said there; None for nobody.
    """

    follow_ups: bool = True
    discreet: bool = True
    silent: bool = False
    lang: Literal["en", "zh"] | None = None
    account: int | None = None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place that has settings of its own."""

    channel: str
    place: str
    settings: PlaceSettings
    at: datetime


def read(session: Session, channel: str, place: str) -> PlaceSettings:
    """The settings of a place."""
    row = session.scalar(
        select(ChannelSetting.settings).where(ChannelSetting.channel == channel, ChannelSetting.place == place)
    )
    return PlaceSettings.model_validate(row or {})


def change(
    session: Session, channel: str, place: str, *, person_id: int, now: datetime, **changes: Any
) -> PlaceSettings:
    """Change some settings of a place; what they are now."""
    before = read(session, channel, place)
    after = PlaceSettings.model_validate({**before.model_dump(), **changes})
    values = {"settings": after.model_dump(), "person_id": person_id, "at": now}
    keys = {"channel": channel, "place": place}
    if add_once(session, ChannelSetting, tuple(keys), {**keys, **values}) is None:
        row = session.scalars(select(ChannelSetting).filter_by(**keys)).one()
        row.settings, row.person_id, row.at = after.model_dump(), person_id, now
    detail = {"before": before.model_dump(), "after": after.model_dump(), "channel": channel}
    subject = f"place:{channel}:{place}"
    audit.record(session, actor_id=person_id, action="place.set", subject=subject, detail=detail, now=now)
    return after


def listed(session: Session) -> list[PlaceRow]:
    """Every place with settings of its own, by channel."""
    rows = session.scalars(select(ChannelSetting).order_by(ChannelSetting.channel, ChannelSetting.place))
    return [PlaceRow(row.channel, row.place, PlaceSettings.model_validate(row.settings), row.at) for row in rows]
