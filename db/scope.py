"""Who may see which rows: one mechanism under every query.

A statement that reads records takes them from `Scope.rows(table)`. An engine made by `db.engine` refuses
any other statement over those tables, so a query that forgets the asker does not run.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Select, Subquery, Table, event, false, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import SQLCoreOperations

from core.errors import UnscopedQuery
from core.identity import Identity, Role
from db.tables import (
    Account,
    AuditEntry,
    Base,
    Contact,
    Conversation,
    Deal,
    Feedback,
    Message,
    Person,
    Quote,
    QuoteLine,
)

OPEN_TABLES = frozenset({"people", "products", "company", "credentials", "feedback", "alembic_version"})
"""Tables without customers' rows: colleagues and products are no secret, the rest is for code below any question."""

SYSTEM = "system"
"""The value of the execution option `scope` for code that acts for nobody: imports, migrations, demo, sign-in."""


def _table(model: type[Base]) -> Table:
    found = model.__table__
    assert isinstance(found, Table)
    return found


SCOPED_TABLES = frozenset(Base.metadata.tables) - OPEN_TABLES


@dataclass(frozen=True, eq=False)
class Scope:
    """What one asker may see: everything, or the rows credited to `people`."""

    identity: Identity
    everything: bool
    people: frozenset[int]
    issued: dict[int, FromClause] = field(default_factory=dict, repr=False)

    @property
    def nothing(self) -> bool:
        """Whether the asker sees no record at all (trainers and admins)."""
        return not self.everything and not self.people

    def rows(self, model: type[Base], name: str | None = None) -> Subquery:
        """The rows of `model` the asker may see, to select from or join."""
        table = _table(model)
        statement: Select[tuple[object, ...]] = select(*table.c)
        condition = None if self.everything and model is not Conversation else self._condition(model)
        if condition is not None:
            statement = statement.where(condition)
        rows = statement.subquery(name or f"my_{table.name}")
        self.issued[id(rows)] = rows
        return rows

    def _owned(self, column: SQLCoreOperations[int | None]) -> ColumnElement[bool]:
        return column.in_(sorted(self.people)) if self.people else false()

    def _condition(self, model: type[Base]) -> ColumnElement[bool] | None:
        if model is Account:
            deals = select(Deal.account_id).where(self._owned(Deal.owner_id))
            return or_(self._owned(Account.owner_id), Account.id.in_(deals))
        if model is Contact:
            return Contact.account_id.in_(self._ids(Account))
        if model is QuoteLine:
            return QuoteLine.quote_id.in_(self._ids(Quote))
        if model is Conversation:
            mine = (Conversation.kind == "assistant") & (Conversation.owner_id == self.identity.person_id)
            customers = Conversation.kind == "customer"
            return or_(mine, customers if self.everything else customers & self._owned(Conversation.owner_id))
        if model is Message:
            return Message.conversation_id.in_(self._ids(Conversation))
        if model is AuditEntry:
            return AuditEntry.actor_id == self.identity.person_id
        if model in (Person, Feedback) or "owner_id" not in _table(model).c:
            raise UnscopedQuery(table=_table(model).name)
        return self._owned(_table(model).c.owner_id)

    def _ids(self, model: type[Base]) -> Select[tuple[int]]:
        table = _table(model)
        condition = None if self.everything and model is not Conversation else self._condition(model)
        ids = select(table.c.id)
        return ids if condition is None else ids.where(condition)


def scope_of(session: Session, identity: Identity) -> Scope:
    """The scope of `identity` as the tree of people stands now."""
    if identity.role is Role.DIRECTOR:
        return Scope(identity, everything=True, people=frozenset())
    if identity.role in (Role.TRAINER, Role.ADMIN):
        return Scope(identity, everything=False, people=frozenset())
    if identity.role is Role.REP:
        return Scope(identity, everything=False, people=frozenset({identity.person_id}))
    reports: dict[int | None, list[int]] = {}
    for person_id, manager_id in session.execute(select(Person.id, Person.manager_id)):
        reports.setdefault(manager_id, []).append(person_id)
    return Scope(identity, everything=False, people=frozenset(_below(identity.person_id, reports)))


def _below(top: int, reports: dict[int | None, list[int]]) -> set[int]:
    found: set[int] = set()
    waiting = [top]
    while waiting:
        person = waiting.pop()
        if person not in found:
            found.add(person)
            waiting.extend(reports.get(person, []))
    return found


def _tables_outside(element: ClauseElement, scope: object) -> Iterator[str]:
    """Names of scoped tables that `element` reads other than through `scope`."""
    if isinstance(scope, Scope) and scope.issued.get(id(element)) is element:
        return
    if isinstance(element, Table) and element.name in SCOPED_TABLES:
        yield element.name
    for child in element.get_children():
        if isinstance(child, ClauseElement):
            yield from _tables_outside(child, scope)


def guard(engine: Engine) -> None:
    """Make `engine` refuse every select over scoped tables that did not come through a Scope."""

    @event.listens_for(engine, "before_execute")
    def refuse_unscoped(
        connection: Connection, element: ClauseElement, many: object, params: object, options: dict[str, object]
    ) -> None:
        if not getattr(element, "is_select", False):
            return
        scope = options.get("scope") or connection.get_execution_options().get("scope")
        if scope == SYSTEM:
            return
        outside = sorted(set(_tables_outside(element, scope)))
        if outside:
            raise UnscopedQuery(tables=", ".join(outside))
