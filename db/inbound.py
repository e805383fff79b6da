"""What arrived from channels: claimed once, kept, and worked on in order, lane by lane.

Call these with a session of `db.engine.system_session`. Leases are in real time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.channels import Arrived
from db.leases import REAL
from db.tables import Inbound
from db.upsert import add_once

OPEN = ("waiting", "taken")
HEARD = "heard"
"""Begins the keys of what is not answered but recorded: talk in a customer's room."""
TURN_LOCK = 4_271_960_021
End = Literal["done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Taken:
    """One arrival to be worked on; `attempts` counts this one. `stop_asked` is whether it is not wanted any more."""

    id: int
    arrived: Arrived
    attempts: int
    stop_asked: bool


def claim(session: Session, arrived: Arrived, now: datetime, lane: str | None = None) -> int | None:
    """Keep what arrived; its id, or None if it had arrived before."""
    values = {
        "channel": arrived.channel,
        "key": arrived.key,
        "lane": lane or arrived.lane,
        "payload": arrived.model_dump(mode="json", exclude_defaults=True),
        "state": "waiting",
        "attempts": 0,
        "stop_asked": False,
        "received_at": now,
    }
    new: int | None = add_once(session, Inbound, ("channel", "key"), values)
    return new


def ask_stop(session: Session, arrived: Arrived, before: int) -> list[int]:
    """Have what the same account sent before, in that thread, not be answered; which arrivals these are.

    Said outside of a thread, or as the first of one, it means whatever the account waits for in that place.
    """
    wide = arrived.thread is None or arrived.thread == arrived.message
    start = f"{arrived.channel}:{arrived.place}:" + ("" if wide else f"{arrived.thread}:")
    mine = Inbound.lane.startswith(start, autoescape=True) & Inbound.lane.endswith(
        f":{arrived.account}", autoescape=True
    )
    wanted = mine & ~Inbound.key.startswith(f"{HEARD}:")
    statement = update(Inbound).where(wanted, Inbound.state.in_(OPEN), Inbound.id < before, ~Inbound.stop_asked)
    stopped = list(session.scalars(statement.values(stop_asked=True).returning(Inbound.id)))
    row = session.get_one(Inbound, before)
    extra = {**row.payload.get("extra", {}), "stopped": len(stopped)}
    row.payload = {**row.payload, "extra": extra}
    return stopped


def take(session: Session, worker: str, channels: Sequence[str], *, most: int, seconds: float) -> list[Taken]:
    """The next arrivals whose lanes are free, for `seconds` the worker's own."""
    if session.get_bind().dialect.name == "postgresql":
        # Two takers at once could each find a lane free.
        session.execute(select(func.pg_advisory_xact_lock(TURN_LOCK)))
    now = REAL.now()
    free = select(Inbound.id).where(_free(now), Inbound.channel.in_(channels)).order_by(Inbound.id).limit(most)
    found = session.scalars(free).all()
    return [taken for one in found if (taken := _take(session, one, worker, now, seconds))]


def renew(session: Session, worker: str, ids: Iterable[int], seconds: float) -> list[int]:
    """Keep the worker's leases; the arrivals that are not wanted any more, or are another's by now."""
    ids = list(ids)
    until = REAL.now() + timedelta(seconds=seconds)
    mine = Inbound.id.in_(ids), Inbound.state == "taken", Inbound.taken_by == worker
    renewed = update(Inbound).where(*mine).values(taken_until=until).returning(Inbound.id, Inbound.stop_asked)
    wanted = {row.id for row in session.execute(renewed) if not row.stop_asked}
    return [one for one in ids if one not in wanted]


def finish(session: Session, taken_id: int, worker: str, state: End, now: datetime) -> bool:
    """It is over, and its words are not kept. False, with nothing changed, if it was another's or not wanted."""
    mine = [Inbound.id == taken_id, Inbound.state == "taken", Inbound.taken_by == worker]
    if state == "done":
        mine.append(~Inbound.stop_asked)
    row = session.scalar(select(Inbound).where(*mine).with_for_update())
    if row is None:
        return False
    left = {name: row.payload[name] for name in ("account", "stranger") if name in row.payload}
    values = {"state": state, "done_at": now, "taken_by": None, "taken_until": None, "payload": left}
    ended = session.execute(update(Inbound).where(*mine).values(values).execution_options(synchronize_session=False))
    assert isinstance(ended, CursorResult)
    return ended.rowcount == 1


def again(session: Session, taken_id: int, worker: str, seconds: float, *, fresh: bool = False) -> None:
    """Have it worked on again after `seconds`; `fresh` where nothing failed."""
    until = REAL.now() + timedelta(seconds=seconds)
    values: dict[str, object] = {"taken_by": None, "taken_until": until}
    if fresh:
        values["attempts"] = 0
    session.execute(update(Inbound).where(Inbound.id == taken_id, Inbound.taken_by == worker).values(values))


def release(session: Session, worker: str) -> None:
    """Give back whatever the worker has: it ends."""
    mine = Inbound.state == "taken", Inbound.taken_by == worker
    session.execute(
        update(Inbound).where(*mine).values(taken_by=None, taken_until=REAL.now(), attempts=Inbound.attempts - 1)
    )


def began_by_stranger(session: Session, channel: str, place: str, thread: str) -> bool:
    """Whether the first that arrived in a thread came from someone who is none of the company's own."""
    lanes = Inbound.lane.startswith(f"{channel}:{place}:{thread}:", autoescape=True)
    first = session.scalar(select(Inbound.payload).where(lanes).order_by(Inbound.id).limit(1))
    return bool(first and first.get("stranger"))


def forget(session: Session, before: datetime) -> None:
    """Remove what ended before `before`: no channel delivers anything again that late."""
    session.execute(delete(Inbound).where(Inbound.state.not_in(OPEN), Inbound.done_at < before))


def _free(now: datetime) -> ColumnElement[bool]:
    other = aliased(Inbound)
    held = (other.state == "taken") & (other.taken_until >= now)
    in_lane = select(other.id).where(other.lane == Inbound.lane, other.state.in_(OPEN), other.id != Inbound.id)
    blocked = in_lane.where(or_(other.id < Inbound.id, held)).exists()
    return or_(Inbound.state == "waiting", (Inbound.state == "taken") & (Inbound.taken_until < now)) & ~blocked


def _take(session: Session, one: int, worker: str, now: datetime, seconds: float) -> Taken | None:
    free = or_(Inbound.state == "waiting", (Inbound.state == "taken") & (Inbound.taken_until < now))
    values = {
        "state": "taken",
        "taken_by": worker,
        "taken_until": now + timedelta(seconds=seconds),
        "attempts": Inbound.attempts + 1,
    }
    statement = update(Inbound).where(Inbound.id == one, free).values(values)
    row = session.execute(statement.returning(Inbound.payload, Inbound.attempts, Inbound.stop_asked)).first()
    if row is None:
        return None
    return Taken(one, Arrived.model_validate(row.payload), row.attempts, row.stop_asked)
