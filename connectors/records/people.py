"""What is only known once all people are read: who manages whom, and with that who is a manager."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from connectors.records.mapping import ExtraPerson
from connectors.records.names import name_id
from connectors.records.plan import LinkSlot
from connectors.records.report import FeedReport
from connectors.records.run import Run
from connectors.records.values import BadValue
from connectors.records.write import Row, Writer
from core.identity import Role
from db.engine import system_session
from db.tables import Person

BLOCK = "people"


class Pointer(NamedTuple):
    """One person's manager as the export has it."""

    text: str | None
    match: str
    create: bool
    shown: str
    line: int
    report: FeedReport


@dataclass(eq=False)
class PeopleRun:
    """Collects what person feeds say of managers and roles; `settle` makes the tree of it."""

    run: Run
    said: set[str] = field(default_factory=set)
    settled: bool = False
    _block: dict[str, ExtraPerson] = field(init=False)
    _pointers: dict[str, Pointer] = field(default_factory=dict)
    _made: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._block = {name_id("person", extra.name): extra for extra in self.run.mapping.people}

    def point(self, external_id: str, text: str | None, link: LinkSlot, line: int, report: FeedReport) -> None:
        """Remember the manager of one person."""
        self._pointers[external_id] = Pointer(text, link.match, link.create, link.slot.shown, line, report)

    def take(self, row: Row) -> None:
        """Let the mapping's own people stand over what a feed says of them, and remember whose role is said."""
        extra = self._block.get(name_id("person", str(row.values.get("name"))))
        for name in ("role", "region", "email"):
            said = getattr(extra, name, None)
            if said is not None and name in row.values:
                row.values[name] = said
        if row.values.get("role") is not None:
            self.said.add(row.external_id)

    def settle(self) -> None:
        """Add the people of the mapping itself, then set managers, roles and the regions of new managers."""
        self.settled = True
        with system_session(self.run.engine) as session:
            self.run.directory("person").forget()
            block = self._add_block(session)
            wanted = self._managers(session) | self._block_managers(session, block)
            tree = self._tree(session)
            changes = {person: manager for person, manager in wanted.items() if tree.get(person) != manager}
            self._set(session, "manager_id", self._without_loops(tree, changes))
            self._set(session, "role", self._new_managers(session))
            self._set(session, "region", self._regions(session))

    def _set(self, session: Session, column: str, values: dict[int, Any]) -> None:
        table = Person.__table__
        if values:
            fresh = {column: bindparam("new"), "loaded_at": self.run.now}
            statement = update(Person).where(table.c.id == bindparam("row_id")).values(fresh)
            rows = [{"row_id": person, "new": value} for person, value in values.items()]
            session.connection().execute(statement, rows)

    def _add_block(self, session: Session) -> dict[int, str]:
        """Write the mapping's own people; those the export has too keep their id. Returns who has which manager."""
        people = self.run.mapping.people
        if not people:
            return {}
        report = FeedReport(BLOCK, "person", self.run.report.mapping)
        self.run.report.feeds.append(report)
        directory = self.run.directory("person")
        managers: dict[int, str] = {}
        for line, extra in enumerate(people, 1):
            report.read += 1
            said = {"region": extra.region, "email": extra.email, "role": extra.role}
            values = {"name": extra.name} | {name: value for name, value in said.items() if value is not None}
            known = self._known(session, extra.name)
            external_id = known or name_id("person", extra.name)
            if known:
                del values["name"]
            if extra.role is not None:
                self.said.add(external_id)
            writer = Writer(directory.kind, self.run.mapping.source, self.run.now, {"role": Role.REP})
            written = writer.write(session, [Row(line, external_id, values)])
            report.added += written.added
            report.updated += written.updated
            report.unchanged += written.unchanged
            directory.forget()
            if extra.manager:
                managers[directory.by_name(session, extra.name).id] = extra.manager
        return managers

    def _known(self, session: Session, name: str) -> str | None:
        try:
            hit = self.run.directory("person").by_name(session, name)
        except BadValue:
            return None
        found = session.execute(select(Person.source, Person.external_id).where(Person.id == hit.id)).one()
        return found.external_id if found.source == self.run.mapping.source else None

    def _managers(self, session: Session) -> dict[int, int | None]:
        own = select(Person.external_id, Person.id).where(Person.source == self.run.mapping.source)
        ids = {row.external_id: row.id for row in session.execute(own)}
        wanted: dict[int, int | None] = {}
        for external_id, pointer in self._pointers.items():
            if external_id in ids:
                wanted[ids[external_id]] = self._find(session, pointer)
        return wanted

    def _block_managers(self, session: Session, block: dict[int, str]) -> dict[int, int | None]:
        report = self.run.report.feeds[-1] if block else FeedReport(BLOCK, "person", "")
        return {
            person: self._find(session, Pointer(manager, "name", True, "manager", 0, report))
            for person, manager in block.items()
        }

    def _find(self, session: Session, pointer: Pointer) -> int | None:
        if pointer.text is None:
            return None
        directory = self.run.directory("person")
        try:
            if pointer.match == "id":
                directory.prepare(session, [pointer.text], None)
                return directory.by_id(pointer.text, None).id
            by_email = pointer.match == "email"
            find = directory.by_email if by_email else directory.by_name
            return find(session, pointer.text).id
        except BadValue as problem:
            if pointer.create and problem.reason != "two_names" and pointer.match != "email":
                made = directory.create(session, pointer.text, pointer.match, self.run.now, Role.MANAGER).id
                pointer.report.created["person"] += 1
                self._made.add(made)
                return made
            why = self.run.words(problem)
            self.run.report.add_warning(pointer.report, pointer.line, pointer.shown, pointer.text, why)
            return None

    def _tree(self, session: Session) -> dict[int, int | None]:
        return {row.id: row.manager_id for row in session.execute(select(Person.id, Person.manager_id))}

    def _without_loops(self, tree: dict[int, int | None], changes: dict[int, int | None]) -> dict[int, int | None]:
        """Nobody is above themselves: a change that would close a loop leaves the person without a manager."""
        tree = tree | dict.fromkeys(changes)
        settled: dict[int, int | None] = {}
        for person, manager in changes.items():
            above: int | None = manager
            while above is not None and above != person:
                above = tree.get(above)
            settled[person] = None if above == person else manager
            tree[person] = settled[person]
        return settled

    def _new_managers(self, session: Session) -> dict[int, Role]:
        """Reps of this source whose role nobody said and who manage somebody."""
        above = select(Person.manager_id).where(Person.manager_id.is_not(None))
        found = session.execute(
            select(Person.id, Person.external_id).where(
                Person.source == self.run.mapping.source, Person.role == Role.REP, Person.id.in_(above)
            )
        )
        return {row.id: Role.MANAGER for row in found if row.external_id not in self.said}

    def _regions(self, session: Session) -> dict[int, str]:
        """A manager known only by name has the region of the team, where the whole team has one."""
        if not self._made:
            return {}
        team = select(Person.manager_id, Person.region).where(Person.manager_id.in_(self._made)).distinct()
        regions: dict[int, set[str | None]] = {}
        for manager, region in session.execute(team):
            if manager is not None:
                regions.setdefault(manager, set()).add(region)
        return {manager: one for manager, found in regions.items() if len(found) == 1 and (one := next(iter(found)))}
