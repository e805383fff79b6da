"""What came in: what waits for an account, what is new, and what the asker was told."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from core.work import hand_over
from db import inbox
from db.engine import system_session
from db.inbox import After, Came, Waiting
from web.asker import Asker
from web.paging import BadCursor, Cursor, Limit, open_cursor, seal_cursor
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api", tags=["inbox"], responses=RESPONSES)
WAIT_SECONDS = 2.0
LARGEST = 2**31 - 1

OurId = Annotated[int, Path(ge=1, le=LARGEST)]


class ConversationItem(BaseModel):
    """One conversation that came in; `conversation` is the external id it came in with."""

    id: int
    conversation: str
    channel: str
    title: str | None
    account_id: int | None
    account: str | None
    owner: str | None
    came_at: datetime
    messages: int
    said_at: datetime | None
    author: str | None
    excerpt: str


class CandidateItem(BaseModel):
    """An account it may be; `why` is external_id, name, address, phone, domain, contact or similar."""

    account_id: int
    name: str
    why: str


class WaitingItem(ConversationItem):
    """A conversation without an account: what came with it, and whose it may be."""

    named: str | None
    hints: list[str]
    candidates: list[CandidateItem]


class NoticeItem(BaseModel):
    """Something the asker should know of."""

    id: int
    kind: str
    conversation_id: int | None
    conversation: str | None
    title: str | None
    account: str | None
    message: str | None
    quote: str | None
    detail: dict[str, Any]
    at: datetime
    seen_at: datetime | None


class WaitingPage(BaseModel):
    """Conversations that wait for an account, the latest first."""

    items: list[WaitingItem]
    cursor: str | None = None


class RecentPage(BaseModel):
    """Conversations that came in, the latest first."""

    items: list[ConversationItem]
    cursor: str | None = None


class NoticePage(BaseModel):
    """What the asker was told, the latest first."""

    items: list[NoticeItem]
    cursor: str | None = None


class Inbox(BaseModel):
    """The first page of each."""

    unmatched: WaitingPage
    recent: RecentPage
    notices: NoticePage


class CountsItem(BaseModel):
    """How much asks for something: conversations without an account, and notices not seen."""

    unmatched: int
    notices: int


class Choice(BaseModel):
    """The account a conversation belongs to, by our id."""

    model_config = ConfigDict(extra="forbid")

    account_id: int = Field(ge=1, le=LARGEST)


class Changed(BaseModel):
    """Whether there was anything to do; asking twice is no mistake."""

    changed: bool


@router.get("/inbox")
def look(asker: Asker, parts: Shared, limit: Limit = 20) -> Inbox:
    """The asker's inbox; `/api/inbox/unmatched`, `/api/inbox/recent` and `/api/notices` have the pages after."""
    return Inbox(
        unmatched=unmatched(asker, parts, None, limit),
        recent=recent(asker, parts, None, None, limit),
        notices=notices(asker, parts, None, limit),
    )


@router.get("/inbox/count")
def count(asker: Asker, parts: Shared) -> CountsItem:
    """How much of the asker's inbox asks for something."""
    return CountsItem.model_validate(inbox.count(parts.engine, asker), from_attributes=True)


@router.get("/inbox/unmatched")
def unmatched(asker: Asker, parts: Shared, cursor: Cursor = None, limit: Limit = 20) -> WaitingPage:
    """What waits for an account."""
    rows = inbox.waiting(parts.engine, asker, after=_after(cursor), limit=limit)
    last = rows[limit - 1].came if len(rows) > limit else None
    return WaitingPage(items=[_waiting(row) for row in rows[:limit]], cursor=_next(last))


@router.get("/inbox/recent")
def recent(
    asker: Asker,
    parts: Shared,
    account: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> RecentPage:
    """What came in lately, of all or of one account."""
    rows = inbox.recent(parts.engine, asker, account=account, after=_after(cursor), limit=limit)
    last = rows[limit - 1] if len(rows) > limit else None
    return RecentPage(items=[ConversationItem(**_came(row)) for row in rows[:limit]], cursor=_next(last))


@router.get("/notices")
def notices(asker: Asker, parts: Shared, cursor: Cursor = None, limit: Limit = 20) -> NoticePage:
    """What the asker was told."""
    rows = inbox.notices(parts.engine, asker, after=_after(cursor), limit=limit)
    more = seal_cursor(rows[limit - 1].at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    items = [NoticeItem.model_validate(row, from_attributes=True) for row in rows[:limit]]
    return NoticePage(items=items, cursor=more)


@router.post("/inbox/{conversation_id}/assign")
def assign(conversation_id: OurId, choice: Choice, asker: Asker, parts: Shared) -> Changed:
    """Say whose a conversation is, among what the asker may see; it is read again for that account."""
    with system_session(parts.engine) as session:
        done = inbox.assign(session, asker, conversation_id, choice.account_id, parts.clock.now())
    if done.work is not None:
        hand_over(parts.jobs, [done.work], seconds=WAIT_SECONDS)
    return Changed(changed=done.changed)


@router.post("/inbox/{conversation_id}/dismiss")
def dismiss(conversation_id: OurId, asker: Asker, parts: Shared) -> Changed:
    """Say that a conversation is no customer's."""
    with system_session(parts.engine) as session:
        changed = inbox.dismiss(session, asker, conversation_id, parts.clock.now())
    return Changed(changed=changed)


@router.post("/notices/{notice_id}/seen")
def seen(notice_id: OurId, asker: Asker, parts: Shared) -> Changed:
    """Note that the asker saw a notice."""
    with system_session(parts.engine) as session:
        changed = inbox.see_notice(session, asker, notice_id, parts.clock.now())
    return Changed(changed=changed)


def _came(row: Came) -> dict[str, Any]:
    return {
        "id": row.id,
        "conversation": row.external_id,
        "channel": row.channel,
        "title": row.title,
        "account_id": row.account_id,
        "account": row.account,
        "owner": row.owner,
        "came_at": row.came_at,
        "messages": row.messages,
        "said_at": row.said_at,
        "author": row.author,
        "excerpt": row.excerpt,
    }


def _waiting(row: Waiting) -> WaitingItem:
    candidates = [CandidateItem.model_validate(one, from_attributes=True) for one in row.candidates]
    return WaitingItem(**_came(row.came), named=row.named, hints=list(row.hints), candidates=candidates)


def _next(last: Came | None) -> str | None:
    return seal_cursor(last.came_at.isoformat(), last.id) if last else None


def _after(cursor: str | None) -> After | None:
    if cursor is None:
        return None
    moment, row_id = open_cursor(cursor)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise BadCursor() from error
    if at.tzinfo is None:
        raise BadCursor()
    return at, row_id
