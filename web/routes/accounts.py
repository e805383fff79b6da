"""Accounts by name, bounded by what the asker may see."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from db.accounts import find_accounts
from web.asker import Asker
from web.paging import Cursor, Limit, open_cursor, seal_cursor
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/accounts", tags=["accounts"], responses=RESPONSES)


class AccountItem(BaseModel):
    """What a list shows of an account."""

    id: int
    name: str
    sector: str | None
    country: str | None
    owner: str | None


class Accounts(BaseModel):
    """A page of accounts in order of name."""

    items: list[AccountItem]
    cursor: str | None = None


@router.get("")
def accounts(
    asker: Asker,
    parts: Shared,
    name: Annotated[str, Query(max_length=200)] = "",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Accounts:
    """The asker's accounts whose name contains `name`."""
    after = open_cursor(cursor) if cursor else None
    rows = find_accounts(parts.engine, asker, name=name, after=after, limit=limit)
    page = rows[:limit]
    more = seal_cursor(page[-1].name, page[-1].id) if len(rows) > limit else None
    items = [AccountItem.model_validate(row, from_attributes=True) for row in page]
    return Accounts(items=items, cursor=more)
