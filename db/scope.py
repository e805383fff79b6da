"""Who may see which rows: one mechanism under every query.

A statement that reads records takes them from `Scope.rows(table)`. `db.guard` refuses any other statement over
those tables, so a query that forgets the asker does not run.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Subquery,
    Table,
    bindparam,
    false,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import SQLCoreOperations

from core.errors import UnscopedQuery
from core.identity import Identity, Role
from db.tables import (
    Account,
    Arrival,
    AuditEntry,
    Base,
    Call,
    Contact,
    Conversation,
    Deal,
    Escalation,
    EscalationEvent,
    Fact,
    Message,
    Notice,
    Person,
    Quote,
    QuoteLine,
    Remembered,
    Rung,
    Segment,
    Sentiment,
    Signal,
    SignalLabel,
)

OPEN_TABLES = frozenset(
    {
        "people",
        "products",
        "company",
        "credentials",
        "feedback",
        "alembic_version",
        "leases",
        "trackers",
        "to_remember",
        "vector_stores",
        "channel_accounts",
        "inbound",
        "outbound",
        "channel_threads",
        "takeovers",
        "channel_settings",
        "proposals",
        "timers",
        "duties",
        "absences",
        "preferences",
    }
)
"""Tables without customers' rows: colleagues and products are no secret, the rest is for code below any question."""

IN_CONVERSATIONS: tuple[type[Base], ...] = (Message, Call, Signal, Sentiment, Arrival)

SCOPED_TABLES = frozenset(Base.metadata.tables) - OPEN_TABLES


@dataclass(frozen=True)
class Rights:
    """What decides which rows a scope lets through; equal rights see equal rows."""

    person_id: int
    everything: bool
    people: frozenset[int]
    trains: bool = False

    def condition(self, model: type[Base]) -> ColumnElement[bool] | None:
        """What a row must meet; None where every row is the asker's to see."""
        if model is Conversation:
            mine = (Conversation.kind == "assistant") & (Conversation.owner_id == self.person_id)
            customers = Conversation.kind == "customer"
            return or_(mine, customers if self.everything else customers & self._owned(Conversation.owner_id))
        if model in IN_CONVERSATIONS:
            return self._in_conversations(_table(model).c.conversation_id)
        if model is Remembered:
            # Only customers' messages are there, so that who sees everything needs no look at each conversation.
            return None if self.everything else Remembered.conversation_id.in_(self._ids(Conversation))
        if model is Segment:
            return Segment.call_id.in_(self._ids(Call))
        if model is Fact:
            return self._of_accounts_heard()
        if model is Notice:
            return Notice.person_id == self.person_id
        if model is SignalLabel:
            return None if self.trains else false()
        if self.everything:
            return None
        if model is Escalation:
            # Whoever was asked to step in sees it, though the account may not be theirs: it was meant for them.
            asked = select(Rung.escalation_id).where(self._owned(Rung.person_id), Rung.fired_at.is_not(None))
            did = select(EscalationEvent.escalation_id).where(self._owned(EscalationEvent.actor_id))
            own = map(self._owned, (Escalation.owner_id, Escalation.person_id, Escalation.asked_by))
            return or_(*own, Escalation.id.in_(asked), Escalation.id.in_(did))
        if model in (Rung, EscalationEvent):
            return _table(model).c.escalation_id.in_(self._ids(Escalation))
        return self._below_everything(model)

    def _below_everything(self, model: type[Base]) -> ColumnElement[bool]:
        if model is Account:
            own = select(Account.id).where(self._owned(Account.owner_id))
            deals = select(Deal.account_id).where(self._owned(Deal.owner_id))
            # An OR of the two is worked out account by account in PostgreSQL once the deals outgrow its memory.
            return Account.id.in_(union(own, deals))
        if model is Contact:
            return Contact.account_id.in_(self._ids(Account))
        if model is QuoteLine:
            return QuoteLine.quote_id.in_(self._ids(Quote))
        if model is AuditEntry:
            return AuditEntry.actor_id == self.person_id
        table = _table(model)
        if table.name in OPEN_TABLES or "owner_id" not in table.c:
            raise UnscopedQuery(tables=table.name)
        return self._owned(table.c.owner_id)

    def _in_conversations(self, column: SQLCoreOperations[int]) -> ColumnElement[bool]:
        ids = self._ids(Conversation)
        # SQLite lists what is IN a select before it looks: for who sees everything that is every conversation.
        return ids.where(Conversation.id == column).exists() if self.everything else column.in_(ids)

    def _of_accounts_heard(self) -> ColumnElement[bool]:
        """Facts of the asker's accounts, but none from a conversation that is not theirs to read."""
        heard = Fact.conversation_id.is_(None) | Fact.conversation_id.in_(self._ids(Conversation))
        return heard if self.everything else Fact.account_id.in_(self._ids(Account)) & heard

    def _owned(self, column: SQLCoreOperations[int | None]) -> ColumnElement[bool]:
        return column.in_(sorted(self.people)) if self.people else false()

    def _ids(self, model: type[Base]) -> Select[tuple[int]]:
        condition = self.condition(model)
        ids = select(_table(model).c.id)
        return ids if condition is None else ids.where(condition)


@lru_cache(maxsize=512)
def _restricted(rights: Rights, model: type[Base], name: str) -> Subquery:
    """Built once for equal rights: naming a subquery's columns costs more than most queries run."""
    statement: Select[tuple[object, ...]] = select(*_table(model).c)
    condition = rights.condition(model)
    if condition is not None:
        statement = statement.where(condition)
    rows = statement.subquery(name)
    assert rows.c is not None
    return rows


@dataclass(frozen=True, eq=False)
class Scope:
    """What one asker may see: everything, or the rows credited to `people`. Rows without an owner: directors only."""

    identity: Identity
    everything: bool
    people: frozenset[int]
    _issued: dict[int, ClauseElement] = field(default_factory=dict, repr=False)

    @property
    def nothing(self) -> bool:
        """Whether the asker sees no record at all (trainers and admins)."""
        return not self.everything and not self.people

    def rows(self, model: type[Base], name: str | None = None) -> Subquery:
        """The rows of `model` the asker may see, to select from or join; to join them twice, give two names."""
        trains = self.identity.role in (Role.TRAINER, Role.DIRECTOR)
        rights = Rights(self.identity.person_id, self.everything, self.people, trains)
        rows = _restricted(rights, model, name or f"my_{_table(model).name}")
        # Kept, not only noted: a freed statement's id could come back as another's.
        self._issued[id(rows.element)] = rows.element
        return rows

    def issued(self, element: ClauseElement) -> bool:
        """Whether `element` is the inside of something `rows` handed out."""
        return self._issued.get(id(element)) is element


def scope_of(session: Session | Connection, identity: Identity) -> Scope:
    """The scope of `identity` as the tree of people stands now."""
    if identity.role is Role.DIRECTOR:
        return Scope(identity, everything=True, people=frozenset())
    if identity.role in (Role.TRAINER, Role.ADMIN):
        return Scope(identity, everything=False, people=frozenset())
    if identity.role is Role.REP:
        return Scope(identity, everything=False, people=frozenset({identity.person_id}))
    return Scope(identity, everything=False, people=_below(session, identity.person_id))


def _line_of(top: BindParameter[int]) -> Select[tuple[int]]:
    line = select(Person.id).where(Person.id == top).cte("line", recursive=True)
    line = line.union(select(Person.id).join(line, Person.manager_id == line.c.id))
    return select(line.c.id)


_LINE = _line_of(bindparam("top", type_=Integer))


def _below(session: Session | Connection, top: int) -> frozenset[int]:
    """`top` and everyone under them to any depth; a circle of managers ends where it closes."""
    return frozenset(row.id for row in session.execute(_LINE, {"top": top})) | {top}


def _table(model: type[Base]) -> Table:
    found = model.__table__
    assert isinstance(found, Table)
    return found
