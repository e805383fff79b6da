"""What holds of an account now, and what held before: newer evidence supersedes, a person's pinned word stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from db.facts import PERSON, FactRow
from tools.profiles.claims import SINGLE

AT_ODDS = timedelta(days=30)
ALIKE = 88.0
SAME_NEED = 60.0
FREE_TEXT = ("needs", "preferences")
MORE_SURE = 0.05


@dataclass(frozen=True, slots=True)
class Standing:
    """A fact and its time: `valid_to` is None while it holds. `against` contradicts it."""

    row: FactRow
    valid_from: datetime
    valid_to: datetime | None
    confidence: float
    times: int = 1
    against: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it holds now."""
        return self.valid_to is None


def standing_of(rows: Iterable[FactRow]) -> list[Standing]:
    """Every fact with its time, by name; of each name what holds first, then the latest."""
    by_name: dict[str, list[FactRow]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    found: list[Standing] = []
    for name, every in by_name.items():
        settled = _single(every) if name in SINGLE else _several(every)
        found += sorted(settled, key=lambda one: (one.holds, one.valid_from), reverse=True)
    return found


def _single(rows: Sequence[FactRow]) -> list[Standing]:
    """One value at a time: each closes the one before; a pinned one lets none after it hold."""
    found: list[Standing] = []
    pinned: FactRow | None = None
    for row in rows:
        last = found[-1] if found else None
        if row.origin == PERSON:
            pinned = row if row.pinned and not _withdrawn(row) else None
        if _withdrawn(row):
            _close(found, row.at)
        elif pinned is not None and row is not pinned:
            if not _same(row, pinned):
                at = next(place for place, one in enumerate(found) if one.row is pinned)
                found[at] = replace(found[at], against=(*found[at].against, row.value))
        elif last is not None and last.holds and _same(row, last.row):
            found[-1] = _again(last, row)
        else:
            against = (last.row.value,) if last is not None and last.holds and _at_odds(last, row) else ()
            _close(found, row.at)
            found.append(Standing(row, row.at, None, row.confidence, against=against))
    return found


def _several(rows: Sequence[FactRow]) -> list[Standing]:
    """Any number at a time: said again it is the same fact, taken back it is closed."""
    found: list[Standing] = []
    for row in rows:
        place = next((at for at, one in enumerate(found) if one.holds and _alike(one.row, row)), None)
        if _withdrawn(row):
            if place is not None:
                found[place] = replace(found[place], valid_to=row.at)
        elif place is None:
            found.append(Standing(row, row.at, None, row.confidence))
        else:
            found[place] = _again(found[place], row)
        replaced = row.detail.get("instead_of")
        if replaced and not _withdrawn(row):
            found = [_ended(one, row) if one.row.value == replaced and one.holds else one for one in found]
    return found


def _ended(one: Standing, row: FactRow) -> Standing:
    return one if one.row is row else replace(one, valid_to=row.at)


def _again(one: Standing, row: FactRow) -> Standing:
    """Said once more: the evidence is the newest, the fact holds since it was first said."""
    surer = min(0.99, max(one.confidence, row.confidence) + MORE_SURE)
    kept = one.row if one.row.pinned else row
    return replace(one, row=kept, confidence=max(surer, kept.confidence), times=one.times + 1)


def _close(found: list[Standing], at: datetime) -> None:
    if found and found[-1].holds:
        found[-1] = replace(found[-1], valid_to=at)


def _at_odds(last: Standing, row: FactRow) -> bool:
    """Two customers' people who say different things within a month."""
    other = last.row.author != row.author or last.row.conversation != row.conversation
    return row.origin != PERSON and other and row.at - last.row.at <= AT_ODDS


def _withdrawn(row: FactRow) -> bool:
    return bool(row.detail.get("withdrawn"))


def _same(one: FactRow, other: FactRow) -> bool:
    return one.value.casefold() == other.value.casefold()


def _alike(one: FactRow, other: FactRow) -> bool:
    if one.name in FREE_TEXT:
        least = SAME_NEED if _withdrawn(other) else ALIKE
        return fuzz.token_set_ratio(one.value.casefold(), other.value.casefold()) >= least
    first, second = one.value.casefold(), other.value.casefold()
    return (
        first == second
        or fuzz.ratio(first, second) >= ALIKE
        or (min(len(first), len(second)) > 3 and (first in second or second in first))
    )
