"""Who works here and who reports to whom: what the rulings on named people and teams are made from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select

from core.identity import Role
from db.engine import Reader
from db.tables import Person

PersonRow = tuple[int, str, Role, str | None, int | None, bool]


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person of the company."""

    id: int
    name: str
    role: Role
    region: str | None
    manager_id: int | None
    active: bool


class Colleagues:
    """Everyone, as they stand at the moment of the question."""

    def __init__(self, people: list[Colleague]) -> None:
        self.by_id = {person.id: person for person in people}
        self._named: defaultdict[str, list[Colleague]] = defaultdict(list)
        self._reports: defaultdict[int, list[Colleague]] = defaultdict(list)
        for person in people:
            self._named[person.name].append(person)
            if person.manager_id is not None:
                self._reports[person.manager_id].append(person)

    def named(self, name: str) -> list[Colleague]:
        """Everyone with exactly that name."""
        return self._named.get(name, [])

    def reports(self, person_id: int) -> list[Colleague]:
        """Who reports to a person directly."""
        return self._reports.get(person_id, [])

    def below(self, person_id: int) -> set[int]:
        """Everyone who reports to a person, directly or through others."""
        found: set[int] = set()
        waiting = [person_id]
        while waiting:
            new = {report.id for report in self.reports(waiting.pop())} - found
            found |= new
            waiting.extend(new)
        return found - {person_id}

    def above(self, person_id: int) -> set[int]:
        """The manager of a person, theirs, and so on to the top."""
        found: set[int] = set()
        manager = self.by_id[person_id].manager_id if person_id in self.by_id else None
        while manager is not None and manager not in found:
            found.add(manager)
            manager = self.by_id[manager].manager_id if manager in self.by_id else None
        return found

    def sellers_of(self, region: str) -> list[Colleague]:
        """The active reps and managers of a region."""
        sellers = (Role.REP, Role.MANAGER)
        return [one for one in self.by_id.values() if one.active and one.region == region and one.role in sellers]

    @property
    def names(self) -> list[str]:
        """Everyone's name."""
        return list(self._named)

    @property
    def regions(self) -> set[str]:
        """Every region that someone works in."""
        return {person.region for person in self.by_id.values() if person.region}


EVERYONE = select(Person.id, Person.name, Person.role, Person.region, Person.manager_id, Person.active)


def read_colleagues(reader: Reader) -> Colleagues:
    """Everyone in the table of people now."""
    rows = reader.execute(EVERYONE.order_by(Person.id))
    return Colleagues([Colleague(*row) for row in cast("Iterable[PersonRow]", rows)])
