"""When colleagues are away: for who leads them, and for admins. Why is theirs alone."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.errors import Forbidden, NotFound
from core.identity import Identity, Role
from db.duties import absences_of, add_absence, end_absence
from db.engine import reader, system_session
from db.people import list_people
from web.asker import Asker, Way
from web.parts import Parts, Shared
from web.problems import RESPONSES
from web.routes.links import Changed
from web.routes.preferences import BadAbsence

router = APIRouter(prefix="/api/absences", tags=["escalations"], responses=RESPONSES)
LARGEST = 2**31 - 1
KEEPS = (Role.MANAGER, Role.DIRECTOR, Role.ADMIN)

OurId = Annotated[int, Path(ge=1, le=LARGEST)]


class PersonItem(BaseModel):
    """A colleague."""

    id: int
    name: str
    role: Role


class AwayItem(BaseModel):
    """When somebody is away."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    id: int
    person_id: int
    person: str
    from_: Annotated[datetime, Field(alias="from")]
    to: datetime


class Aways(BaseModel):
    """Absences that are not over, the next first, and whom the asker may enter one for."""

    items: list[AwayItem]
    people: list[PersonItem]


class Away(BaseModel):
    """Who is away from when to when."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    person: Annotated[int, Field(ge=1, le=LARGEST)]
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime


@router.get("")
def absences(asker: Asker, parts: Shared) -> Aways:
    """Who of the asker's people is away, now and later."""
    people = _people(asker, parts)
    now = parts.clock.now()
    with system_session(parts.engine) as session:
        found = [(one, row) for one in people for row in absences_of(session, one.id, now)]
        items = [_item(row.id, one, row.from_at, row.to_at) for one, row in found]
    return Aways(items=sorted(items, key=lambda one: (one.from_, one.id)), people=people)


@router.post("", status_code=201)
def enter(away: Away, asker: Asker, parts: Shared, way: Way) -> AwayItem:
    """Have one of the asker's people be away; the same again is the same absence."""
    one = _person(away.person, asker, parts)
    now = parts.clock.now()
    if away.to <= max(away.from_, now):
        raise BadAbsence()
    with system_session(parts.engine) as session:
        by = asker.person_id
        made = add_absence(session, one.id, away.from_, away.to, by=by, channel=way, now=now)
    return _item(made, one, away.from_, away.to)


@router.delete("/{person_id}/{absence_id}")
def take_back(person_id: OurId, absence_id: OurId, asker: Asker, parts: Shared, way: Way) -> Changed:
    """Have one of the asker's people be there after all."""
    one = _person(person_id, asker, parts)
    now = parts.clock.now()
    with system_session(parts.engine) as session:
        return Changed(changed=end_absence(session, one.id, absence_id, by=asker.person_id, channel=way, now=now))


def _people(asker: Identity, parts: Parts) -> list[PersonItem]:
    if asker.role not in KEEPS:
        raise Forbidden()
    with reader(parts.engine, asker) as records:
        scope = records.scope
    every = asker.role is not Role.MANAGER
    with system_session(parts.engine) as session:
        rows = [one for one in list_people(session) if every or one.id in scope.people]
    return sorted((PersonItem(id=one.id, name=one.name, role=one.role) for one in rows), key=lambda one: one.name)


def _person(person_id: int, asker: Identity, parts: Parts) -> PersonItem:
    for one in _people(asker, parts):
        if one.id == person_id:
            return one
    raise NotFound()


def _item(absence_id: int, one: PersonItem, start: datetime, end: datetime) -> AwayItem:
    return AwayItem(id=absence_id, person_id=one.id, person=one.name, from_=start, to=end)
