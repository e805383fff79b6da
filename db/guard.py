"""Refuses to run a statement that reads records other than through an asker's scope."""

import re
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Engine, TextClause, event
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import BindParameter, ColumnClause
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.sql.lambdas import LambdaElement
from sqlalchemy.sql.operators import custom_op

from core.errors import UnscopedQuery
from db.scope import SCOPED_TABLES, Scope

SYSTEM: Final = "system"
"""The value of the execution option `scope` for code that acts for nobody: imports, migrations, demo, sign-in."""

PRIVATE_TABLES = SCOPED_TABLES | {"credentials"}
"""What an asker's own reader may not read either, unless it came through the scope."""

# Accepts e.g. "SELECT 1 FROM deals d"; a name inside a longer word, as in `deals_won`, is none.
NAMES = re.compile(rf"\b({'|'.join(sorted(PRIVATE_TABLES))})\b", re.IGNORECASE)
WRITES = re.compile(r"\s*(PRAGMA|VACUUM|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|TRUNCATE|COPY)\b", re.IGNORECASE)


def guard(engine: Engine) -> None:
    """Make `engine` refuse every select over scoped tables that did not come through a Scope; writes pass."""

    @event.listens_for(engine, "before_execute")
    def refuse_unscoped(
        connection: Connection, element: ClauseElement, many: object, params: object, options: dict[str, object]
    ) -> None:
        if options.get("scope") != SYSTEM and not _writes(element):
            _refuse(set(_read_outside(element, options.get("scope"), set())))

    @event.listens_for(engine, "before_cursor_execute")
    def refuse_raw(
        connection: Connection, cursor: Any, statement: str, params: object, context: Any, many: bool
    ) -> None:
        raw = context is not None and context.compiled is None
        if raw and not WRITES.match(statement) and connection.get_execution_options().get("scope") != SYSTEM:
            _refuse(_named(statement, None))


def _refuse(tables: set[str]) -> None:
    if tables:
        raise UnscopedQuery(tables=", ".join(sorted(tables)))


def _writes(element: ClauseElement) -> bool:
    if isinstance(element, TextClause):
        return WRITES.match(element.text) is not None
    return isinstance(element, ExecutableDDLElement) or getattr(element, "is_dml", False)


def _read_outside(element: ClauseElement, scope: object, seen: set[int]) -> Iterator[str]:
    """Names of scoped tables that `element` reads other than through `scope`."""
    if _is_leaf(element) or id(element) in seen or (isinstance(scope, Scope) and scope.issued(element)):
        return
    seen.add(id(element))
    if isinstance(element, LambdaElement):
        # What a lambda reads is not known before it is compiled.
        yield "lambda"
    if isinstance(element, TableClause):
        yield from _named(element.name, scope)
    for sql in _raw_sql(element):
        yield from _named(sql, scope)
    for child in element.get_children():
        if isinstance(child, ClauseElement):
            yield from _read_outside(child, scope, seen)


def _is_leaf(element: ClauseElement) -> bool:
    """A value or a named column holds nothing that reads; they are most of a statement."""
    return isinstance(element, BindParameter) or (isinstance(element, ColumnClause) and not element.is_literal)


def _raw_sql(element: ClauseElement) -> Iterator[str]:
    """The pieces of SQL that someone wrote by hand into `element`."""
    if isinstance(element, TextClause):
        yield element.text
    if isinstance(element, ColumnClause) and element.is_literal:
        yield element.name
    for name in ("operator", "modifier"):
        operator = getattr(element, name, None)
        if isinstance(operator, custom_op):
            yield operator.opstring
    for name in ("_prefixes", "_suffixes"):
        yield from (str(piece) for piece, _ in getattr(element, name, None) or ())
    yield from (hint for _, hint in getattr(element, "_statement_hints", None) or ())
    yield from (getattr(element, "_hints", None) or {}).values()


def _named(sql: str, scope: object) -> set[str]:
    """The scoped tables that a piece of SQL mentions; without an asker, credentials are no record."""
    found = {name.lower() for name in NAMES.findall(sql)}
    return found if isinstance(scope, Scope) else found & SCOPED_TABLES
