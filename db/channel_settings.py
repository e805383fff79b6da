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
from db.tables import Account, ChannelSetting
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
    """The settings of a place; the room of an account that is gone is nobody's."""
    row = session.scalar(
        select(ChannelSetting.settings).where(ChannelSetting.channel == channel, ChannelSetting.place == place)
    )
    settings = PlaceSettings.model_validate(row or {})
    if settings.account is not None and session.get(Account, settings.account) is None:
        return settings.model_copy(update={"account": None})
    return settings


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
    _note(session, (channel, place), before, after, by=person_id, now=now)
    return after


def _note(
    session: Session,
    where: tuple[str, str],
    before: PlaceSettings,
    after: PlaceSettings,
    *,
    by: int | None,
    now: datetime,
) -> None:
    channel, place = where
    detail = {"before": before.model_dump(), "after": after.model_dump(), "channel": channel}
    subject = f"place:{channel}:{place}"
    audit.record(session, actor_id=by, action="place.set", subject=subject, detail=detail, now=now)


def rooms(session: Session) -> frozenset[tuple[str, str]]:
    """The places, as (channel, place), that are the rooms of accounts there are."""
    tied = {(row.channel, row.place): row.settings.account for row in listed(session)}
    known = set(session.scalars(select(Account.id).where(Account.id.in_(set(tied.values()) - {None}))))
    return frozenset(place for place, account in tied.items() if account in known)


def leave(session: Session, account_id: int, *, by: int | None, now: datetime) -> None:
    """Make the account's rooms nobody's, as when the account is erased."""
    for row in session.scalars(select(ChannelSetting)):
        before = PlaceSettings.model_validate(row.settings)
        if before.account == account_id:
            after = before.model_copy(update={"account": None})
            row.settings = after.model_dump()
            _note(session, (row.channel, row.place), before, after, by=by, now=now)


def listed(session: Session) -> list[PlaceRow]:
    """Every place with settings of its own, by channel."""
    rows = session.scalars(select(ChannelSetting).order_by(ChannelSetting.channel, ChannelSetting.place))
    return [PlaceRow(row.channel, row.place, PlaceSettings.model_validate(row.settings), row.at) for row in rows]
