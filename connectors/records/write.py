"""Writes a batch of rows: new ones in, changed ones updated, the others left as they are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Column, Executable, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from connectors.records.kinds import RecordKind


@dataclass(slots=True)
class Row:
    """One row on its way into the database."""

    line: int
    external_id: str
    values: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Written:
    """How many rows were new, changed or the same; `missing` lack fields that a new record needs."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    missing: list[tuple[Row, str]] = field(default_factory=list)


class Writer:
    """Upserts rows of one kind by (source, external id)."""

    def __init__(self, kind: RecordKind, source: str, now: datetime, defaults: dict[str, Any]) -> None:
        self._table = kind.table
        self._source = source
        self._now = now
        self._defaults = defaults
        self._always = {column.name: _default(column) for column in kind.table.columns if not column.nullable}
        self._needed = [field.name for field in kind.fields.values() if field.required]
        self._needed += [link.column for link in kind.links.values() if link.required]

    def write(self, session: Session, rows: Iterable[Row]) -> Written:
        """Write a batch in which no external id comes twice."""
        batch = {row.external_id: row for row in rows}
        done = Written()
        if not batch:
            return done
        existing = self._existing(session, batch)
        new, changed = [], []
        for external_id, row in batch.items():
            if external_id not in existing:
                lacking = next((name for name in self._needed if row.values.get(name) is None), None)
                if lacking is None:
                    new.append(self._new(row))
                else:
                    done.missing.append((row, lacking))
                continue
            change = self._change(existing[external_id], row)
            if change is None:
                done.unchanged += 1
            else:
                changed.append(change)
        if new:
            session.execute(self._insert(session, new[0]), new)
        if changed:
            session.execute(self._update(changed[0]), changed)
        done.added, done.updated = len(new), len(changed)
        return done

    def _existing(self, session: Session, batch: dict[str, Row]) -> dict[str, Any]:
        columns = list(next(iter(batch.values())).values)
        table = self._table
        statement = select(table.c.external_id, table.c.id, table.c.custom, *(table.c[name] for name in columns))
        found = session.execute(statement.where(table.c.source == self._source, table.c.external_id.in_(list(batch))))
        return {row[0]: row for row in found}

    def _new(self, row: Row) -> dict[str, Any]:
        values = self._defaults | {name: value for name, value in row.values.items() if value is not None}
        filled = {name: values.get(name, self._always.get(name)) for name in (*self._defaults, *row.values)}
        return filled | {
            "source": self._source,
            "external_id": row.external_id,
            "custom": _filled(row.custom),
            "loaded_at": self._now,
        }

    def _change(self, old: Any, row: Row) -> dict[str, Any] | None:
        """What to write over an existing record; None where nothing differs."""
        custom = _filled({**old[2], **row.custom})
        after = {
            name: was if value is None and name in self._always else value
            for (name, value), was in zip(row.values.items(), old[3:], strict=True)
        }
        if custom == old[2] and tuple(after.values()) == tuple(old[3:]):
            return None
        return {f"new_{name}": value for name, value in after.items()} | {
            "row_id": old[1],
            "new_custom": custom,
            "new_loaded_at": self._now,
        }

    def _insert(self, session: Session, first: dict[str, Any]) -> Executable:
        """A second load that runs at the same time makes no double and no error."""
        dialect = session.get_bind().dialect.name
        insert = postgresql.insert(self._table) if dialect == "postgresql" else sqlite.insert(self._table)
        fresh = {name: insert.excluded[name] for name in first if name not in ("source", "external_id")}
        return insert.on_conflict_do_update(index_elements=["source", "external_id"], set_=fresh)

    def _update(self, first: dict[str, Any]) -> Executable:
        names = [name.removeprefix("new_") for name in first if name.startswith("new_")]
        fresh: dict[str, BindParameter[Any]] = {name: bindparam(f"new_{name}") for name in names}
        return update(self._table).where(self._table.c.id == bindparam("row_id")).values(fresh)


def _filled(custom: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in custom.items() if value is not None}


def _default(column: Column[Any]) -> Any:
    """The table's own value for a column that can't be empty."""
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
