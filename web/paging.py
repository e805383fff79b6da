"""Cursors: where the next page of a list begins, opaque to the caller."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated

from fastapi import Query

from core.errors import UserError

Cursor = Annotated[str | None, Query(max_length=1000)]
Limit = Annotated[int, Query(ge=1, le=100)]


class BadCursor(UserError):
    """The cursor did not come from this list."""

    code = "bad_cursor"


def seal_cursor(key: str, row_id: int) -> str:
    """The cursor after the row that sorts by `key` and `row_id`."""
    return urlsafe_b64encode(json.dumps([key, row_id]).encode()).decode().rstrip("=")


def open_cursor(cursor: str) -> tuple[str, int]:
    """The key and row that `seal_cursor` was given; BadCursor for anything else."""
    try:
        key, row_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError) as error:
        raise BadCursor() from error
    if not isinstance(key, str) or not isinstance(row_id, int):
        raise BadCursor()
    return key, row_id


def open_moment(cursor: str) -> tuple[datetime, int]:
    """The moment and row of a list in order of time; BadCursor for anything else."""
    key, row_id = open_cursor(cursor)
    try:
        return datetime.fromisoformat(key), row_id
    except ValueError as error:
        raise BadCursor() from error
