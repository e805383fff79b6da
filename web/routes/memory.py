"""Searching what was said, within what the asker may see."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from core.said import Filters, Hit
from db.recall import accounts_called
from web.asker import Asker
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/memory", tags=["memory"], responses=RESPONSES)

Names = Annotated[list[str], Field(max_length=20)]


class Wanted(BaseModel):
    """What is looked for, and what the search keeps to; `account` is a name or an id."""

    q: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
    account: Annotated[str | None, Field(max_length=200)] = None
    k: Annotated[int, Field(ge=1, le=50)] = 10
    channel: Names = []
    signal: Names = []
    speaker: Names = []
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class HitItem(BaseModel):
    """Something said; `conversation` and `message` are the external ids they came in with."""

    kind: Literal["message", "segment"]
    id: int
    conversation: str
    message: str
    account: str | None
    channel: str
    speaker: str
    author: str | None
    text: str
    score: float
    at: datetime
    second: float | None


class Hits(BaseModel):
    """What answers the question, the best first; nothing where nothing does."""

    hits: list[HitItem]


@router.get("/search")
def search(asker: Asker, parts: Shared, wanted: Annotated[Wanted, Query()]) -> Hits:
    """What was said that answers `q`; an account that the asker may not see has no hits, like one that isn't there."""
    accounts: tuple[int, ...] = ()
    if wanted.account is not None:
        accounts = accounts_called(parts.engine, asker, wanted.account)
        if not accounts:
            return Hits(hits=[])
    filters = Filters(
        accounts=accounts,
        channels=tuple(wanted.channel),
        signals=tuple(wanted.signal),
        speakers=tuple(wanted.speaker),
        since=wanted.since,
        until=wanted.until,
    )
    hits = parts.memory.search(asker, wanted.q, filters=filters, k=wanted.k)
    return Hits(hits=[_item(hit) for hit in hits])


def _item(hit: Hit) -> HitItem:
    return HitItem(
        kind=hit.kind,
        id=hit.message_id,
        conversation=hit.conversation,
        message=hit.message,
        account=hit.account,
        channel=hit.channel,
        speaker=hit.speaker,
        author=hit.author,
        text=hit.text,
        score=hit.score,
        at=hit.at,
        second=hit.second,
    )
