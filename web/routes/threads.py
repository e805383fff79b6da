"""The asker's own transcript: which threads there are, and what was said in one."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from core.reply import Reply
from db.threads import Said, list_threads, read_thread
from web.asker import Asker
from web.paging import BadCursor, Cursor, Limit, open_cursor, seal_cursor
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/threads", tags=["threads"], responses=RESPONSES)


class Thread(BaseModel):
    """One thread, by when it was last spoken in."""

    thread_id: str
    title: str
    last_at: datetime


class Threads(BaseModel):
    """A page of threads, the latest first."""

    items: list[Thread]
    cursor: str | None = None


class Line(BaseModel):
    """One thing said; the assistant's lines carry the whole reply, and the asker's thumb on it."""

    speaker: Literal["asker", "assistant"]
    text: str
    at: datetime
    reply: Reply | None = None
    thumb: Literal["up", "down"] | None = None


class Transcript(BaseModel):
    """Everything said in one thread."""

    thread_id: str
    messages: list[Line]


@router.get("")
def threads(asker: Asker, parts: Shared, cursor: Cursor = None, limit: Limit = 30) -> Threads:
    """The asker's threads."""
    rows = list_threads(parts.engine, asker, after=_after(cursor), limit=limit)
    page = rows[:limit]
    more = seal_cursor(page[-1].last_at.isoformat(), page[-1].id) if len(rows) > limit else None
    items = [Thread(thread_id=row.thread_id, title=row.title, last_at=row.last_at) for row in page]
    return Threads(items=items, cursor=more)


@router.get("/{thread_id}")
def thread(thread_id: str, asker: Asker, parts: Shared) -> Transcript:
    """One of the asker's threads."""
    said = read_thread(parts.engine, asker, thread_id)
    return Transcript(thread_id=thread_id, messages=[_line(one) for one in said])


def _line(said: Said) -> Line:
    return Line.model_validate(
        {"speaker": said.speaker, "text": said.text, "at": said.at, "reply": said.reply, "thumb": said.thumb}
    )


def _after(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    moment, row_id = open_cursor(cursor)
    try:
        return datetime.fromisoformat(moment), row_id
    except ValueError as error:
        raise BadCursor() from error
