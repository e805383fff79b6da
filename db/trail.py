"""Reading the audit log: an admin all of it, others what is in their scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, FromClause, Select, select

from core.identity import Identity, Role
from db.engine import reader, system_session
from db.tables import AuditEntry


@dataclass(frozen=True)
class TrailRow:
    """One entry of the log."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    subject: str
    detail: dict[str, Any]
    hash: str


def read_trail(engine: Engine, identity: Identity, *, before: int | None = None, limit: int = 50) -> list[TrailRow]:
    """The latest entries the asker may see; one more than `limit` if there are more."""
    if identity.role is Role.ADMIN:
        with system_session(engine) as session:
            return _rows(session.execute(_latest(AuditEntry.__table__, before, limit)))
    with reader(engine, identity) as records:
        return _rows(records.execute(_latest(records.scope.rows(AuditEntry), before, limit)))


def _latest(entries: FromClause, before: int | None, limit: int) -> Select[Any]:
    statement = select(*entries.c).order_by(entries.c.id.desc()).limit(limit + 1)
    return statement if before is None else statement.where(entries.c.id < before)


def _rows(found: Iterable[Any]) -> list[TrailRow]:
    return [TrailRow(row.id, row.at, row.actor_id, row.action, row.subject, row.detail, row.hash) for row in found]
