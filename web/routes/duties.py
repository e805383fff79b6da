"""Who takes which role in escalations: for admins."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from core.errors import Forbidden
from core.escalations import ROLES, Role
from core.identity import Identity
from core.identity import Role as Rank
from db.duties import set_duty, takers
from db.engine import system_session
from db.people import find_person, identity_of
from web.asker import Asker, Way
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/duties", tags=["escalations"], responses=RESPONSES)
LARGEST = 2**31 - 1
MOST_OPEN = 8

Words = Annotated[list[Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]], Field(max_length=50)]


class DutyItem(BaseModel):
    """What a person takes of a role; no regions is everywhere, `most_open` 0 is not any more."""

    person_id: int
    person: str
    role: Role
    regions: list[str]
    skills: list[str]
    most_open: int
    open: int


class Duties(BaseModel):
    """Every duty, by role."""

    items: list[DutyItem]


class Taking(BaseModel):
    """What a person, by id or name, is to take of a role; `most_open` 0 takes it from them."""

    model_config = ConfigDict(extra="forbid")

    person: Annotated[int, Field(ge=1, le=LARGEST)] | Annotated[str, Field(min_length=1, max_length=200)]
    role: Role
    regions: Words = []
    skills: Words = []
    most_open: Annotated[int, Field(ge=0, le=1000)] = MOST_OPEN


@router.get("")
def duties(asker: Asker, parts: Shared) -> Duties:
    """Who takes which role."""
    _must_be_admin(asker)
    with system_session(parts.engine) as session:
        found = [(role, one) for role in ROLES for one in takers(session, role)]
    return Duties(
        items=[
            DutyItem(
                person_id=one.id,
                person=one.name,
                role=role,
                regions=list(one.regions),
                skills=list(one.skills),
                most_open=one.most_open,
                open=one.load,
            )
            for role, one in found
        ]
    )


@router.put("")
def assign(taking: Taking, asker: Asker, parts: Shared, way: Way) -> Duties:
    """Have a person take a role, in place of what they took of it before."""
    _must_be_admin(asker)
    with system_session(parts.engine) as session:
        called = taking.person
        person = identity_of(session, called) if isinstance(called, int) else find_person(session, called)
        set_duty(
            session,
            person.person_id,
            taking.role,
            regions=taking.regions,
            skills=taking.skills,
            most_open=taking.most_open,
            by=asker.person_id,
            channel=way,
            now=parts.clock.now(),
        )
    return duties(asker, parts)


def _must_be_admin(asker: Identity) -> None:
    if asker.role is not Rank.ADMIN:
        raise Forbidden()
