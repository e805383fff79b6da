"""What is to be said in channels: each message is one row that says how it should read now.

Call these with a session of `db.engine.system_session`. Leases are in real time, due times in the company's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.channels import Content, Outgoing, Spot
from db.leases import REAL
from db.tables import Outbound
from db.upsert import add_once

OPEN = ("waiting", "sending")
PARTS = re.compile(r"[,:]")
"""What the channels put between the parts of a message that is several, e.g. `-1001:45:t,-1001:46:p9`."""
LATEST = 200
SEND_LOCK = 4_271_960_022


@dataclass(frozen=True, slots=True)
class Due:
    """One message to show. `ref` is None until it was posted; `since` is when it was first tried, None if never."""

    id: int
    channel: str
    outgoing: Outgoing
    version: int
    ref: str | None
    since: datetime | None
    attempts: int
    person_id: int | None
    notice_id: int | None


def put(  # noqa: PLR0913 (an address has that many parts)
    session: Session,
    key: str,
    channel: str,
    place: str,
    content: Content,
    *,
    now: datetime,
    thread: str | None = None,
    person_id: int | None = None,
    notice_id: int | None = None,
    extra: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
) -> None:
    """Have it posted once under `key`; with other content, have what was posted changed.

    A `place` of `@account` is that account's direct messages. `extra` is given to the channel as it is.
    """
    plain = content.model_dump(mode="json", exclude_defaults=True)
    row = {
        "key": key,
        "channel": channel,
        "place": place,
        "thread": thread,
        "person_id": person_id,
        "notice_id": notice_id,
        "content": plain,
        "extra": dict(extra) if extra else None,
        "version": 1,
        "shown": 0,
        "state": "waiting",
        "attempts": 0,
        "due_at": due_at or now,
        "created_at": now,
    }
    if add_once(session, Outbound, ("key",), row) is None:
        _change(session, key, plain)


def change(session: Session, key: str, content: Content) -> bool:
    """Have what was put under `key` read so; whether there is such a message."""
    return _change(session, key, content.model_dump(mode="json", exclude_defaults=True))


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as it should read now, and where."""

    key: str
    spot: Spot
    person_id: int | None
    content: Content


def read(session: Session, key: str) -> Stored | None:
    """The message under `key`."""
    row = session.scalar(select(Outbound).where(Outbound.key == key))
    return None if row is None else _stored(row)


def find_posted(session: Session, channel: str, places: Sequence[str], message: str | None) -> Stored | None:
    """The latest message of ours in these places that the channel calls `message`, or of which it is a part."""
    if not message:
        return None
    here = Outbound.channel == channel, Outbound.place.in_(places), Outbound.ref.is_not(None)
    rows = session.scalars(select(Outbound).where(*here).order_by(Outbound.id.desc()).limit(LATEST))
    for row in rows:
        if row.ref == message or message in PARTS.split(row.ref or ""):
            return _stored(row)
    return None


def put_since(session: Session, start: str, since: datetime) -> bool:
    """Whether anything was put under a key that begins with `start` at or after `since`."""
    keys = Outbound.key.startswith(start, autoescape=True)
    return session.scalar(select(Outbound.id).where(keys, Outbound.created_at >= since).limit(1)) is not None


def take_due(
    session: Session, channels: Sequence[str], worker: str, *, most: int, seconds: float, now: datetime
) -> list[Due]:
    """The messages to show next, at most one a place, for `seconds` the worker's own.

    What has never been posted waits for what was to be posted before it in the same place.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Two takers at once could each find a place where nothing is on its way.
        session.execute(select(func.pg_advisory_xact_lock(SEND_LOCK)))
    real = REAL.now()
    ready = _ready(real, now)
    ids = session.scalars(
        select(Outbound.id).where(ready, Outbound.channel.in_(channels), ~_behind(real, now)).order_by(Outbound.id)
    ).all()
    found: dict[tuple[str, str], Due] = {}
    for one in ids:
        if len(found) >= most:
            break
        row = session.get_one(Outbound, one)
        if (row.channel, row.place) not in found and (due := _take(session, row, ready, worker, seconds)):
            found[row.channel, row.place] = due
    return list(found.values())


def sent(session: Session, due: Due, worker: str, ref: str, now: datetime) -> None:
    """It reads in the channel as it should have when it was taken; if it changed since, it is due again."""
    values = {
        "ref": ref,
        "shown": due.version,
        "state": case((Outbound.version == due.version, "sent"), else_="waiting"),
        "attempts": 0,
        "error": None,
        "taken_by": None,
        "taken_until": None,
        "sent_at": now,
    }
    session.execute(update(Outbound).where(Outbound.id == due.id, Outbound.taken_by == worker).values(values))


def busy(session: Session, due: Due, worker: str, seconds: float, error: str, *, unsure: bool) -> None:
    """Try again after `seconds`; `unsure` where it may have been sent after all."""
    values = {
        "state": "sending" if unsure else "waiting",
        "taken_by": None,
        "taken_until": REAL.now() + timedelta(seconds=seconds),
        "error": error,
    }
    session.execute(update(Outbound).where(Outbound.id == due.id, Outbound.taken_by == worker).values(values))


def refused(session: Session, due: Due, worker: str, error: str) -> bool:
    """The channel will never take it; False if it was another's to send."""
    mine = Outbound.id == due.id, Outbound.taken_by == worker
    values = {"state": "failed", "taken_by": None, "taken_until": None, "error": error}
    done = session.execute(update(Outbound).where(*mine).values(values).returning(Outbound.id))
    return done.first() is not None


def renew(session: Session, worker: str, ids: Sequence[int], seconds: float) -> None:
    """Keep the worker's leases."""
    until = REAL.now() + timedelta(seconds=seconds)
    session.execute(update(Outbound).where(Outbound.id.in_(ids), Outbound.taken_by == worker).values(taken_until=until))


def withdraw(session: Session, channel: str, person_id: int) -> None:
    """Don't send what still waits for a person in a channel."""
    waits = Outbound.channel == channel, Outbound.person_id == person_id, Outbound.state == "waiting"
    session.execute(update(Outbound).where(*waits).values(state="failed", error="unlinked"))


def forget(session: Session, before: datetime) -> None:
    """Remove what was settled before `before`."""
    session.execute(delete(Outbound).where(Outbound.state.not_in(OPEN), Outbound.created_at < before))


def _stored(row: Outbound) -> Stored:
    spot = Spot(row.channel, row.place, row.thread or "")
    return Stored(row.key, spot, row.person_id, Content.model_validate(row.content))


def _change(session: Session, key: str, plain: dict[str, Any]) -> bool:
    row = session.scalar(select(Outbound).where(Outbound.key == key).execution_options(populate_existing=True))
    if row is None or row.content == plain:
        return row is not None
    values = {
        "content": plain,
        "version": Outbound.version + 1,
        "attempts": 0,
        "state": case((Outbound.state == "sending", "sending"), else_="waiting"),
    }
    session.execute(update(Outbound).where(Outbound.key == key).values(values))
    return True


def _ready(real: datetime, now: datetime) -> ColumnElement[bool]:
    free = or_(Outbound.taken_until.is_(None), Outbound.taken_until < real)
    return Outbound.state.in_(OPEN) & (Outbound.due_at <= now) & free


def _behind(real: datetime, now: datetime) -> ColumnElement[bool]:
    other = aliased(Outbound)
    here = (other.channel == Outbound.channel) & (other.place == Outbound.place) & other.state.in_(OPEN)
    held = (other.state == "sending") & other.taken_by.is_not(None) & (other.taken_until >= real)
    first = Outbound.ref.is_(None) & other.ref.is_(None) & (other.id < Outbound.id) & (other.due_at <= now)
    return select(other.id).where(here, other.id != Outbound.id, or_(held, first)).exists()


def _take(session: Session, row: Outbound, ready: ColumnElement[bool], worker: str, seconds: float) -> Due | None:
    real = REAL.now()
    values = {
        "state": "sending",
        "taken_by": worker,
        "taken_until": real + timedelta(seconds=seconds),
        "tried_at": row.tried_at or real,
        "attempts": Outbound.attempts + 1,
    }
    unsure = row.state == "sending"
    taken = update(Outbound).where(Outbound.id == row.id, Outbound.version == row.version, ready).values(values)
    taken = taken.returning(Outbound.attempts).execution_options(synchronize_session=False)
    attempts = session.scalar(taken)
    if attempts is None:
        return None
    content = Content.model_validate(row.content)
    outgoing = Outgoing(row.key, row.place, row.thread, content, row.extra or {})
    since = row.tried_at if unsure else None
    return Due(row.id, row.channel, outgoing, row.version, row.ref, since, attempts, row.person_id, row.notice_id)
