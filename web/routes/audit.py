"""The audit log: one's own entries, or everything for an admin."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from db.trail import read_trail
from web.asker import Asker
from web.paging import Cursor, Limit, open_cursor, seal_cursor
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/audit", tags=["audit"], responses=RESPONSES)


class Entry(BaseModel):
    """One change; `hash` covers the entry before it."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    subject: str
    detail: dict[str, Any]
    hash: str


class Entries(BaseModel):
    """A page of entries, the latest first."""

    items: list[Entry]
    cursor: str | None = None


@router.get("")
def entries(asker: Asker, parts: Shared, cursor: Cursor = None, limit: Limit = 50) -> Entries:
    """The latest entries the asker may see."""
    before = open_cursor(cursor)[1] if cursor else None
    rows = read_trail(parts.engine, asker, before=before, limit=limit)
    page = rows[:limit]
    items = [Entry.model_validate(row, from_attributes=True) for row in page]
    return Entries(items=items, cursor=seal_cursor("", page[-1].id) if len(rows) > limit else None)
