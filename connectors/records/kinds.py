"""The kinds of record a mapping may fill: their fields and links, read from the tables themselves."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import Boolean, Column, Date, Enum, Integer, Table

from db.tables import RECORDS, Base, Moment, Money, Record

Kind = Literal["text", "money", "whole", "date", "moment", "boolean", "choice", "period", "number"]
Match = Literal["id", "name", "email"]

OURS = frozenset({"id", "source", "external_id", "custom", "loaded_at", "reply"})
"""Columns the loader fills by itself, and the one only the assistant writes."""

CHOICES: dict[str, tuple[str, ...]] = {
    "activity.kind": ("visit", "call", "meeting", "email"),
    "ticket.kind": ("complaint", "question", "incident", "request"),
    "conversation.kind": ("customer",),
    "message.speaker": ("customer", "rep"),
    "target.metric": (
        *("revenue", "collections", "new_deals", "deals_won", "win_rate", "avg_deal_size", "price_realisation"),
        *("visits", "effective_visits", "calls", "meetings", "emails", "active_accounts"),
    ),
}
"""Text columns of which only these values have a meaning."""

DERIVED = frozenset({"person.role", "activity.date", "target.start_date", "target.end_date"})
"""Needed by the table, but worked out where the mapping does not say."""

OWNER_FROM = ("deal", "quote", "order", "invoice", "account")
ACCOUNT_FROM = ("deal", "order", "invoice", "contact")
"""Where a record that has no owner or account of its own takes it from: the first of its links that has one."""

PERIOD = "period"


@dataclass(frozen=True)
class Field:
    """One field a feed may fill."""

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    enum: Any = None


@dataclass(frozen=True)
class Link:
    """One field that points to another record; `match` is how unless the mapping says."""

    name: str
    target: str
    match: Match
    required: bool = False

    @property
    def column(self) -> str:
        """The table's column that holds the link."""
        return f"{self.name}_id"


@dataclass(frozen=True, eq=False)
class RecordKind:
    """One kind of record with everything a feed may fill."""

    name: str
    table: Table
    fields: dict[str, Field]
    links: dict[str, Link]

    @property
    def named(self) -> bool:
        """Whether other records may find this one by name."""
        return "name" in self.fields


def _table(model: type[Record]) -> Table:
    assert issubclass(model, Base)
    found = model.__table__
    assert isinstance(found, Table)
    return found


def _record_of(table: str) -> str:
    return next(record for record, model in RECORDS.items() if _table(model).name == table)


def _field(record: str, column: Column[Any]) -> Field:
    key = f"{record}.{column.name}"
    required = not column.nullable and column.default is None and key not in DERIVED
    if isinstance(column.type, Enum):
        return Field(column.name, "choice", required, tuple(column.type.enums), column.type.enum_class)
    if key in CHOICES:
        return Field(column.name, "choice", required, CHOICES[key])
    kinds: tuple[tuple[type[Any], Kind], ...] = (
        (Money, "money"),
        (Moment, "moment"),
        (Boolean, "boolean"),
        (Date, "date"),
        (Integer, "whole"),
    )
    text: Kind = "text"
    kind = next((kind for of, kind in kinds if isinstance(column.type, of)), text)
    return Field(column.name, kind, required)


def _link(column: Column[Any]) -> Link:
    target = _record_of(next(iter(column.foreign_keys)).column.table.name)
    match: Match = "name" if target in ("person", "account", "product", "contact") else "id"
    return Link(column.name.removesuffix("_id"), target, match, not column.nullable)


@cache
def record_kinds() -> dict[str, RecordKind]:
    """Every kind by name, in the order in which kinds are loaded: what is linked to comes first."""
    kinds: dict[str, RecordKind] = {}
    for record, model in RECORDS.items():
        columns = [column for column in _table(model).columns if column.name not in OURS]
        links = [_link(column) for column in columns if column.foreign_keys]
        fields = [_field(record, column) for column in columns if not column.foreign_keys]
        if record == "target":
            fields.append(Field(PERIOD, "period"))
        by_name = {field.name: field for field in fields}
        kinds[record] = RecordKind(record, _table(model), by_name, {link.name: link for link in links})
    return _in_order(kinds)


def _in_order(kinds: dict[str, RecordKind]) -> dict[str, RecordKind]:
    done: dict[str, RecordKind] = {}
    while len(done) < len(kinds):
        for name, kind in kinds.items():
            if name not in done and all(link.target in done or link.target == name for link in kind.links.values()):
                done[name] = kind
                break
    return done
