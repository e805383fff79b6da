"""Who takes which role in escalations, when they are there, and when they rest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.escalations import OPEN, Role
from core.identity import Role as Rank
from db import audit
from db.tables import Absence, Duty, Escalation, Person, Preference

Away = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    """An active person, as far as asking them to step in goes; `load` is how many open escalations they have."""

    id: int
    name: str
    rank: Rank
    region: str | None
    manager_id: int | None
    load: int = 0
    away: Away = ()
    regions: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    most_open: int = 0
    """None for who has no duty."""

    def away_at(self, moment: datetime) -> bool:
        """Whether they are away at that moment."""
        return any(start <= moment < end for start, end in self.away)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a person wants to be told, where they said so."""

    time_zone: str | None = None
    lang: str | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None


def colleagues(session: Session, ids: Collection[int], role: Role | None = None) -> dict[int, Colleague]:
    """Those of the people who are active, by id, with what they take of `role`."""
    return {one.id: one for one in _read(session, list(ids), role)}


def takers(session: Session, role: Role) -> list[Colleague]:
    """Every active person who has the duty."""
    ids = session.scalars(select(Duty.person_id).where(Duty.role == role).order_by(Duty.person_id)).all()
    return _read(session, ids, role)


def able(session: Session, role: Role) -> list[Colleague]:
    """Every active person who may be named for the role: who has the duty, or leads others."""
    on_duty = select(Duty.person_id).where(Duty.role == role, Duty.most_open > 0)
    named = or_(Person.role.in_((Rank.MANAGER, Rank.DIRECTOR)), Person.id.in_(on_duty))
    ids = session.scalars(select(Person.id).where(Person.active, named).order_by(Person.name, Person.id))
    return _read(session, ids.all(), role)


def line_above(session: Session, person_id: int | None) -> list[Colleague]:
    """The active managers above a person, the nearest first; a circle of managers ends where it closes."""
    order: list[int] = []
    person = session.get(Person, person_id) if person_id else None
    while person and person.manager_id and person.manager_id not in (*order, person_id):
        order.append(person.manager_id)
        person = session.get(Person, person.manager_id)
    found = colleagues(session, order)
    return [found[one] for one in order if one in found]


def directors(session: Session) -> list[Colleague]:
    """Every active director."""
    ids = session.scalars(select(Person.id).where(Person.role == Rank.DIRECTOR, Person.active).order_by(Person.id))
    return _read(session, ids.all(), None)


def habits_of(session: Session, person_id: int) -> Habits:
    """What a person said of how they want to be told."""
    row = session.get(Preference, person_id)
    return Habits(row.time_zone, row.lang, row.quiet_from, row.quiet_to) if row else Habits()


def set_duty(  # noqa: PLR0913 (a duty has that many parts)
    session: Session,
    person_id: int,
    role: Role,
    *,
    regions: Sequence[str] = (),
    skills: Sequence[str] = (),
    most_open: int | None = None,
    by: int | None = None,
    channel: str = "terminal",
    now: datetime,
) -> None:
    """Have the person take the role, in place of what they took of it before."""
    row = session.scalar(select(Duty).where(Duty.person_id == person_id, Duty.role == role))
    before = _plain(row) if row else None
    row = row or Duty(person_id=person_id, role=role)
    row.regions, row.skills = list(regions), list(skills)
    if most_open is not None:
        row.most_open = most_open
    session.add(row)
    session.flush()
    detail = {"before": before, "after": _plain(row), "channel": channel}
    _noted(session, by, "person.duty", person_id, detail, now)


def add_absence(  # noqa: PLR0913 (an absence has that many parts)
    session: Session,
    person_id: int,
    from_at: datetime,
    to_at: datetime,
    *,
    reason: str | None = None,
    by: int | None = None,
    channel: str = "terminal",
    now: datetime,
) -> int:
    """Have the person away from one moment to another; the same again is the same absence. Its id."""
    same = Absence.person_id == person_id, Absence.from_at == from_at, Absence.to_at == to_at
    known = session.scalar(select(Absence.id).where(*same))
    if known is not None:
        return known
    row = Absence(person_id=person_id, from_at=from_at, to_at=to_at, reason=reason)
    session.add(row)
    session.flush()
    after = {"from": from_at.isoformat(), "to": to_at.isoformat()}
    _noted(session, by, "person.absent", person_id, {"before": None, "after": after, "channel": channel}, now)
    return row.id


def absences_of(session: Session, person_id: int, since: datetime) -> list[Absence]:
    """When the person is away, unless that ended before `since`; the next first."""
    rows = select(Absence).where(Absence.person_id == person_id, Absence.to_at > since)
    return list(session.scalars(rows.order_by(Absence.from_at, Absence.id)))


def end_absence(session: Session, person_id: int, absence_id: int, *, by: int, channel: str, now: datetime) -> bool:
    """Have the person be there after all; whether there was such an absence."""
    row = session.get(Absence, absence_id)
    if row is None or row.person_id != person_id:
        return False
    before = {"from": row.from_at.isoformat(), "to": row.to_at.isoformat()}
    session.delete(row)
    _noted(session, by, "person.present", person_id, {"before": before, "after": None, "channel": channel}, now)
    return True


def _read(session: Session, ids: Sequence[int], role: Role | None) -> list[Colleague]:
    people = {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(ids), Person.active))}
    if not people:
        return []
    away: dict[int, list[tuple[datetime, datetime]]] = {}
    absences = select(Absence).where(Absence.person_id.in_(people)).order_by(Absence.from_at)
    for row in session.scalars(absences):
        away.setdefault(row.person_id, []).append((row.from_at, row.to_at))
    duties = {one.person_id: one for one in session.scalars(select(Duty).where(Duty.role == role))} if role else {}
    loads = _loads(session, people)
    made = []
    for one in (people[number] for number in ids if number in people):
        duty = duties.get(one.id)
        base = (
            one.id,
            one.name,
            one.role,
            one.region,
            one.manager_id,
            loads.get(one.id, 0),
            tuple(away.get(one.id, ())),
        )
        more = (tuple(duty.regions), tuple(duty.skills), duty.most_open) if duty else ()
        made.append(Colleague(*base, *more))
    return made


def _loads(session: Session, people: Collection[int]) -> dict[int, int]:
    mine = Escalation.person_id.in_(people), Escalation.state.in_(OPEN)
    counted = select(Escalation.person_id, func.count()).where(*mine).group_by(Escalation.person_id)
    return {row[0]: row[1] for row in session.execute(counted) if row[0] is not None}


def _plain(duty: Duty) -> dict[str, object]:
    return {"role": duty.role, "regions": duty.regions, "skills": duty.skills, "most_open": duty.most_open}


def _noted(
    session: Session, by: int | None, action: str, person_id: int, detail: Mapping[str, object], now: datetime
) -> None:
    audit.record(session, actor_id=by, action=action, subject=f"person:{person_id}", detail=detail, now=now)
