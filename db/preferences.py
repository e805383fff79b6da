"""How people want to be told: in which channels, when not, and what they rather read once a day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.channels import CHANNELS
from core.errors import UserError
from core.wording import LANGS
from db import audit
from db.tables import ChannelAccount, Preference

CONSOLE = "console"
NEVER = "never"
USUAL_DIGEST = "08:30"


class BadPreference(UserError):
    """A preference has no such value."""

    code = "bad_preference"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person said; None and no channels where they said nothing. Times are "22:00" by their own clock.

    `digest_at` is when what can wait is told, or `never` for nowhere but the console.
    """

    time_zone: str | None = None
    lang: str | None = None
    channels: tuple[str, ...] = ()
    quiet_from: str | None = None
    quiet_to: str | None = None
    digest_at: str | None = None


def wishes_of(session: Session, person_id: int) -> Wishes:
    """How a person wants to be told."""
    row = session.get(Preference, person_id)
    if row is None:
        return Wishes()
    return Wishes(row.time_zone, row.lang, tuple(row.channels), row.quiet_from, row.quiet_to, row.digest_at)


def set_wishes(session: Session, person_id: int, wishes: Wishes, *, by: int, channel: str, now: datetime) -> None:
    """Keep how a person wants to be told, in place of what they said before; BadPreference for what can't be."""
    _check(wishes)
    before = wishes_of(session, person_id)
    if before == wishes:
        return
    row = session.get(Preference, person_id) or Preference(person_id=person_id)
    row.time_zone, row.lang, row.channels = wishes.time_zone, wishes.lang, list(wishes.channels)
    row.quiet_from, row.quiet_to, row.digest_at = wishes.quiet_from, wishes.quiet_to, wishes.digest_at
    session.add(row)
    detail = {"before": asdict(before), "after": asdict(wishes), "channel": channel}
    subject = f"person:{person_id}"
    audit.record(session, actor_id=by, action="person.preferences", subject=subject, detail=detail, now=now)


def ways_to(session: Session, person_id: int) -> list[tuple[str, str]]:
    """The channels that reach a person in the order they want, each with their account; not the console."""
    rows = select(ChannelAccount.channel, ChannelAccount.external_id).where(ChannelAccount.person_id == person_id)
    accounts: dict[str, str] = {}
    for channel, account in session.execute(rows.order_by(ChannelAccount.linked_at.desc(), ChannelAccount.id.desc())):
        accounts.setdefault(channel, account)
    wanted = _before_console(wishes_of(session, person_id).channels)
    order = [*wanted, *(one for one in accounts if one not in wanted)] if wanted is not None else []
    return [(channel, accounts[channel]) for channel in order if channel in accounts]


def _before_console(channels: Sequence[str]) -> list[str] | None:
    """What comes before the console: who puts it first wants to be told nowhere else."""
    if channels and channels[0] == CONSOLE:
        return None
    return [one for one in channels if one != CONSOLE]


def _check(wishes: Wishes) -> None:
    unknown = [one for one in wishes.channels if one not in CHANNELS]
    if unknown:
        raise BadPreference(value=unknown[0])
    if wishes.lang is not None and wishes.lang not in LANGS:
        raise BadPreference(value=wishes.lang)
    for clock in (wishes.quiet_from, wishes.quiet_to, None if wishes.digest_at == NEVER else wishes.digest_at):
        _check_clock(clock)
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        raise BadPreference(value=f"{wishes.quiet_from} – {wishes.quiet_to}")
    if wishes.time_zone is not None:
        try:
            ZoneInfo(wishes.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadPreference(value=wishes.time_zone) from error


def _check_clock(clock: str | None) -> None:
    if clock is None:
        return
    try:
        time.fromisoformat(clock)
    except ValueError as error:
        raise BadPreference(value=clock) from error
