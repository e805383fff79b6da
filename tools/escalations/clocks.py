"""Which time of day the words for one mean, with and without a part of the day beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from tools.escalations.pieces import Piece, tables, whole

NOON = 12
HOURS = 24
HOUR = 60
NAMED = {"midnight": HOURS, "noon": NOON}
FRACTIONS = {"half": 30, "quarter": 15, "a quarter": 15, "ten": 10, "twenty": 20, "five": 5}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as it was said; `literal` is one of the 24-hour clock, which needs no reading."""

    hour: int
    minute: int = 0
    meridiem: str | None = None
    literal: bool = False


def clock_of(piece: Piece) -> Clock:
    """What a piece of kind clock says."""
    if piece.form == "named":
        name = (piece.get("name") or "").split()[0]
        return Clock(NAMED.get(name, NOON), literal=True)
    if piece.form == "hanzi":
        return _hanzi(piece)
    if piece.form == "past":
        return _past(piece)
    said = piece.get("h")
    hour = int(said) if said else int(piece.number or _word(piece))
    literal = hour > NOON or hour == 0 or (said is not None and len(said) > 1 and said[0] == "0")
    return Clock(hour, int(piece.get("min") or 0), piece.get("ap"), literal and piece.get("ap") is None)


def _word(piece: Piece) -> float:
    return float(tables()["words"]["n"][piece.get("word")])


def _hanzi(piece: Piece) -> Clock:
    hour = int(whole(piece.get("zh") or "") or 0)
    fraction = piece.get("frac")
    zmin = piece.get("zmin")
    minute = int(whole(zmin) or 0) if zmin else tables()["fractions"].get(fraction, 0) if fraction else 0
    return Clock(hour, minute, None, hour > NOON or hour == 0)


def _past(piece: Piece) -> Clock:
    said = piece.get("h")
    hour = int(said) if said else int(piece.number or 0)
    fraction = piece.get("frac") or ""
    minutes = int(fraction) if fraction.isdigit() else FRACTIONS[fraction]
    if piece.get("dir") in ("past", "after"):
        return Clock(hour, minutes)
    return Clock((hour - 2) % NOON + 1, HOUR - minutes)


def business(clock: Clock, part: Mapping[str, Any] | None) -> tuple[time, int]:
    """The time of day, and how many days later it is: midnight is the next day's."""
    hour = clock.hour
    if clock.meridiem is not None:
        hour = hour % NOON + (NOON if clock.meridiem == "p" else 0)
    elif not clock.literal and part is not None:
        hour = _in_part(hour, part)
    elif not clock.literal and 1 <= hour <= tables()["afternoon_until"]:
        hour += NOON
    return time(hour % HOURS, clock.minute % HOUR), hour // HOURS


def _in_part(hour: int, part: Mapping[str, Any]) -> int:
    if not part.get("pm"):
        return 0 if hour == NOON and part["from"] == "00:00" else hour
    if hour == NOON:
        return HOURS if part["from"] > "17" else NOON
    if "at" in part and hour > 3:
        return hour
    return hour + NOON if hour < NOON else hour
