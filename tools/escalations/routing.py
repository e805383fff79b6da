"""Whom to ask: by the account owner's line, by what consultants take on, or as named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from core.escalations import NobodyToAsk, NotTheirs, Role, Wanted
from core.identity import Role as Rank
from core.needles import Needles
from db.duties import Colleague, colleagues, directors, line_above, takers
from db.escalations import Client

HEADS = (Rank.MANAGER, Rank.DIRECTOR)
SOME = 5
NOBODY = "–"


@dataclass(frozen=True, slots=True)
class Route:
    """Who could be asked, the best first, and who stands above if they don't step in."""

    first: Colleague
    others: tuple[Colleague, ...]
    above: tuple[Colleague, ...]
    top: Colleague | None


def route(session: Session, wanted: Wanted, client: Client, *, asker: int | None, now: datetime) -> Route:
    """Whom to ask for what is wanted; NobodyToAsk if there is nobody, NotTheirs if who is named does not do this."""
    able = _able(session, wanted, client, asker)
    there = [one for one in able if _present(one, wanted, now)]
    if wanted.person_id is not None:
        return _routed(session, _named(session, wanted, there, now), there, client, asker, now)
    if not there:
        raise NobodyToAsk(role=wanted.role)
    return _routed(session, there[0], there, client, asker, now)


def takes(session: Session, person_id: int, role: Role) -> bool:
    """Whether the person may step in in that role: they have the duty, or lead others."""
    known = colleagues(session, [person_id], role).get(person_id)
    return known is not None and (known.rank in HEADS or known.most_open > 0)


def could(session: Session, wanted: Wanted, client: Client, now: datetime) -> str:
    """The names of some who could be asked."""
    there = [one for one in _able(session, wanted, client, None) if _present(one, wanted, now)]
    return _names(there)


def _able(session: Session, wanted: Wanted, client: Client, asker: int | None) -> list[Colleague]:
    """Those who take the role, the best first; whoever asks does not mean themselves."""
    if wanted.role == "sales_manager":
        line = line_above(session, client.owner_id)
        rest = _ranked(takers(session, "sales_manager"), wanted, client) + directors(session)
        found = line or rest
    else:
        found = _ranked(takers(session, wanted.role), wanted, client)
    unique = {one.id: one for one in found}
    return [one for one in unique.values() if one.id != asker]


def _ranked(people: Sequence[Colleague], wanted: Wanted, client: Client) -> list[Colleague]:
    """Who has room before who has none, then by skill, region and how much they have on their desk."""
    text = " ".join((wanted.cause, wanted.note or "", *(one.quote for one in wanted.evidence)))
    needed = {skill for skill in _skills(people) if _words(skill).inside(text)}

    def rank(one: Colleague) -> tuple[bool, int, int, float, int]:
        full = one.load >= one.most_open
        fits = len(needed & {skill.casefold() for skill in one.skills})
        here = {region.casefold() for region in one.regions}
        elsewhere = 0 if (client.region or "").casefold() in here else 1 if not here else 2
        return full, -fits, elsewhere, one.load / max(one.most_open, 1), one.id

    return sorted(people, key=rank)


def _skills(people: Iterable[Colleague]) -> set[str]:
    return {skill.casefold() for one in people for skill in one.skills}


def _present(one: Colleague, wanted: Wanted, now: datetime) -> bool:
    if one.away_at(now):
        return False
    return wanted.appointment_at is None or not one.away_at(wanted.appointment_at)


def _named(session: Session, wanted: Wanted, there: Sequence[Colleague], now: datetime) -> Colleague:
    assert wanted.person_id is not None
    known = colleagues(session, [wanted.person_id], wanted.role).get(wanted.person_id)
    able = known is not None and (known.rank in HEADS or known.most_open > 0)
    if known is None or not able or not _present(known, wanted, now):
        raise NotTheirs(name=known.name if known else wanted.person_id, role=wanted.role, choices=_names(there))
    return known


def _routed(
    session: Session, first: Colleague, there: Sequence[Colleague], client: Client, asker: int | None, now: datetime
) -> Route:
    others = tuple(one for one in there if one.id != first.id)
    line = line_above(session, client.owner_id) or line_above(session, first.id)
    above = tuple(one for one in line if not one.away_at(now) and one.id != asker)
    heads = [one for one in (*above, *directors(session)) if one.rank is Rank.DIRECTOR and one.id != asker]
    tops = [one for one in heads if not one.away_at(now)]
    return Route(first, others, above, tops[0] if tops else None)


def _names(people: Sequence[Colleague]) -> str:
    return ", ".join(one.name for one in people[:SOME]) or NOBODY


@cache
def _known() -> dict[str, list[str]]:
    read = yaml.safe_load(Path(__file__).with_name("skills.yaml").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


@cache
def _words(skill: str) -> Needles:
    return Needles((skill, *_known().get(skill, ())))
