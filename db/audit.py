"""The log of every change that matters: each entry's hash covers the entry before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, select, update
from sqlalchemy.orm import Session

from db.tables import AuditEntry

FIRST = "0" * 64
LOCK = 4_271_960_014


def record(
    session: Session, *, actor_id: int | None, action: str, subject: str, detail: Mapping[str, Any], now: datetime
) -> AuditEntry:
    """Append an entry to the chain; writers wait for each other. `detail` holds JSON values and no secrets."""
    _wait_turn(session)
    previous = head(session)
    entry = AuditEntry(
        at=now, actor_id=actor_id, action=action, subject=subject, detail=dict(detail), previous_hash=previous
    )
    entry.hash = _digest(entry)
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session) -> list[int]:
    """The ids of entries that were changed, or that do not follow the one before them; empty when all is well."""
    broken: list[int] = []
    previous = FIRST
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous_hash != previous or entry.hash != _digest(entry):
            broken.append(entry.id)
        previous = entry.hash
    return broken


def count(session: Session) -> int:
    """How many entries there are."""
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def head(session: Session) -> str:
    """The hash of the last entry: kept elsewhere, it shows whether entries at the end were removed."""
    return session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or FIRST


def read(session: Session, entry_id: int) -> AuditEntry:
    """One entry."""
    return session.get_one(AuditEntry, entry_id)


def _wait_turn(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    else:
        # A write that matches no row begins the transaction that only one connection may be in.
        session.execute(update(AuditEntry).where(false()).values(action=""))


def _digest(entry: AuditEntry) -> str:
    content = {
        "at": entry.at.isoformat(),
        "actor_id": entry.actor_id,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((entry.previous_hash + canonical).encode()).hexdigest()
