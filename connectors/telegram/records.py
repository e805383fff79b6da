"""What the records know of messages in Telegram: which numbers are taken, and what others are sending just now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from connectors.telegram.pieces import is_super
from connectors.telegram.refs import parsed
from db.engine import system_session
from db.leases import REAL
from db.tables import Outbound

LOOK_BACK = 1000
CHANNEL = "telegram"


@dataclass(frozen=True, slots=True)
class Known:
    """The numbers of messages that are accounted for, and the last of them that was there by a moment."""

    numbers: frozenset[int]
    last: int


def known(engine: Engine, place: str, since: datetime) -> Known:
    """What is accounted for among the messages that are counted together with those of `place`; `since` is real."""
    rows = select(Outbound.place, Outbound.ref, Outbound.content, Outbound.tried_at).where(Outbound.channel == CHANNEL)
    found: list[tuple[str, int, datetime | None]] = []
    with system_session(engine) as session:
        for at_place, ref, content, tried_at in session.execute(rows.order_by(Outbound.id.desc()).limit(LOOK_BACK)):
            found += [(one.place, one.number, tried_at) for one in parsed(ref or "")]
            if str(content.get("answers") or "").isdecimal():
                found.append((at_place.removeprefix("@"), int(content["answers"]), tried_at))
    counted = [(number, at) for other, number, at in found if _together(place, other)]
    earlier = [number for number, at in counted if at is not None and at < since]
    return Known(frozenset(number for number, _ in counted), max(earlier, default=0))


def _together(place: str, other: str) -> bool:
    return place == other or not (is_super(place) or is_super(other))


def busy_elsewhere(engine: Engine, key: str, place: str) -> bool:
    """Whether something else is being sent to `place` at this moment, so that its number is not known.

    One place has one sender at a time, but a private chat may be meant by two names.
    """
    sending = (
        select(Outbound.id)
        .where(Outbound.channel == CHANNEL, Outbound.place.in_((place, f"@{place}")))
        .where(Outbound.state == "sending", Outbound.ref.is_(None), Outbound.key != key)
        .where(Outbound.taken_by.is_not(None), Outbound.taken_until > REAL.now())
    )
    with system_session(engine) as session:
        return session.scalar(sending.limit(1)) is not None
