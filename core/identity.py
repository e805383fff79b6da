"""Who is asking. It travels as runtime context, where no model can reach it."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do and see; the definitions are in the glossary."""

    REP = "rep"
    MANAGER = "manager"
    DIRECTOR = "director"
    TRAINER = "trainer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Identity:
    """One signed-in person."""

    person_id: int
    name: str
    role: Role
    region: str | None = None
