"""Which places of channels a person may see and set, and how the channels get on.

Rooms are where others read along. Direct messages are their owner's alone: nobody else sees that there are any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.orm import Session

from core.channels import Content
from core.errors import Forbidden, NotFound, UserError
from core.identity import Identity, Role
from core.wording import Lang, say
from db import channel_settings, inbound, outbound
from db.channel_settings import PlaceSettings
from db.engine import reader, system_session
from db.scope import Scope
from db.tables import Account, ChannelAccount, ChannelSetting, ChannelThread, Inbound, Outbound, Person

SETS = (Role.MANAGER, Role.DIRECTOR, Role.ADMIN)
"""Who may set how the assistant behaves where others read along."""


class NotARoom(UserError):
    """Direct messages can't be a customer's: only the assistant and one colleague are there."""

    code = "place_not_a_room"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Place:
    """A place with settings, as one asker may see it; `customer` is None where they may not see that customer."""

    channel: str
    place: str
    room: bool
    settings: PlaceSettings
    customer: str | None
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Traffic:
    """What of a channel came and went, in counts only."""

    heard_at: datetime | None
    sent_at: datetime | None
    to_answer: int
    not_answered: int
    to_send: int
    not_sent: int


def places_of(engine: Engine, asker: Identity) -> list[Place]:
    """The places with settings that the asker may see; Forbidden for who may set none."""
    if asker.role not in SETS:
        raise Forbidden()
    with reader(engine, asker) as records:
        scope = records.scope
        accounts = scope.rows(Account)
        names = {
            row.id: row.name
            for row in records.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(_tied(engine))))
        }
    with system_session(engine) as session:
        return _seen(session, asker, scope, names)


def set_place(  # noqa: PLR0913 (a place has two names)
    engine: Engine, asker: Identity, channel: str, place: str, changes: Mapping[str, Any], *, lang: Lang, now: datetime
) -> Place:
    """Change settings of a place that the asker sees; what it is now.

    Everybody there is told when it becomes a customer's, and when it no longer is.
    """
    before = _one(engine, asker, channel, place)
    wanted = changes.get("account")
    if wanted is not None and wanted != before.settings.account:
        if not before.room:
            raise NotARoom()
        _must_see(engine, asker, wanted)
    with system_session(engine) as session:
        after = channel_settings.change(session, channel, place, person_id=asker.person_id, now=now, **changes)
        if after.account != before.settings.account:
            announce(session, channel, place, after, key=f"{channel}:{place}:{now.isoformat()}", lang=lang, now=now)
    return _one(engine, asker, channel, place)


def announce(  # noqa: PLR0913 (where, what and when)
    session: Session, channel: str, place: str, settings: PlaceSettings, *, key: str, lang: Lang, now: datetime
) -> None:
    """Tell everybody in a room that what is said there is recorded from now on, or is not; whose it is, is not said."""
    tongue = settings.lang or lang
    words = say("chat.room.begins" if settings.account is not None else "chat.room.ends", tongue)
    outbound.put(session, f"room:{key}", channel, place, Content(lang=tongue, text=words), now=now)


def traffic(session: Session, channel: str, now: datetime) -> Traffic:
    """How a channel gets on."""
    came = select(
        func.max(Inbound.received_at),
        func.count().filter(Inbound.state.in_(inbound.OPEN)),
        func.count().filter(Inbound.state == "failed"),
    ).where(Inbound.channel == channel)
    due = Outbound.state.in_(outbound.OPEN) & (Outbound.due_at <= now)
    refused = (Outbound.state == "failed") & or_(Outbound.error.is_(None), Outbound.error != "unlinked")
    went = select(func.max(Outbound.sent_at), func.count().filter(due), func.count().filter(refused)).where(
        Outbound.channel == channel
    )
    heard_at, to_answer, not_answered = session.execute(came).one()
    sent_at, to_send, not_sent = session.execute(went).one()
    return Traffic(heard_at, sent_at, to_answer, not_answered, to_send, not_sent)


def is_room(channel: str, place: str) -> bool:
    """Whether others read along there; of a channel that is not known, nothing is believed to be a room."""
    if channel == "slack":
        return not place.startswith(("D", "@", "home:"))
    return channel == "telegram" and place.startswith("-")


def _one(engine: Engine, asker: Identity, channel: str, place: str) -> Place:
    for one in places_of(engine, asker):
        if (one.channel, one.place) == (channel, place):
            return one
    raise NotFound()


def _must_see(engine: Engine, asker: Identity, account: int) -> None:
    with reader(engine, asker) as records:
        accounts = records.scope.rows(Account)
        if records.execute(select(accounts.c.id).where(accounts.c.id == account)).first() is None:
            raise NotFound()


def _tied(engine: Engine) -> list[int]:
    with system_session(engine) as session:
        return [row.settings.account for row in channel_settings.listed(session) if row.settings.account is not None]


def _seen(session: Session, asker: Identity, scope: Scope, names: Mapping[int, str]) -> list[Place]:
    own = _own_talks(session, asker)
    talked = _where_talked(session, scope)
    setters = _setters(session)
    found = []
    for row in channel_settings.listed(session):
        here, account = (row.channel, row.place), row.settings.account
        by_id, by = setters.get(here, (None, None))
        room = is_room(*here)
        if not room:
            shown = here in own
        elif asker.role is not Role.MANAGER:
            shown = True
        elif account is not None:
            shown = account in names
        else:
            shown = here in talked or by_id in scope.people
        if shown:
            customer = names.get(account) if account is not None else None
            found.append(Place(row.channel, row.place, room, row.settings, customer, by, row.at))
    return found


def _own_talks(session: Session, asker: Identity) -> set[tuple[str, str]]:
    mine = select(ChannelAccount.channel, ChannelAccount.external_id, ChannelAccount.address)
    own: set[tuple[str, str]] = set()
    for row in session.execute(mine.where(ChannelAccount.person_id == asker.person_id)):
        own |= {(row.channel, f"@{row.external_id}"), (row.channel, row.external_id)}
        if row.address:
            own.add((row.channel, row.address))
    return own


def _where_talked(session: Session, scope: Scope) -> set[tuple[str, str]]:
    talks = select(ChannelThread.channel, ChannelThread.place).where(ChannelThread.person_id.in_(scope.people))
    return {(row.channel, row.place) for row in session.execute(talks.distinct())}


def _setters(session: Session) -> dict[tuple[str, str], tuple[int, str]]:
    rows: Sequence[Any] = session.execute(
        select(ChannelSetting.channel, ChannelSetting.place, Person.id, Person.name).join(
            Person, Person.id == ChannelSetting.person_id
        )
    ).all()
    return {(row.channel, row.place): (row.id, row.name) for row in rows}
