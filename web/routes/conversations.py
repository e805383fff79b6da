"""Conversations with customers: found by the id they came in with, listed by account, and read line by line."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from db.conversations import find_conversation, read_conversation
from web.asker import Asker
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/conversations", tags=["conversations"], responses=RESPONSES)
LARGEST = 2**31 - 1

OurId = Annotated[int, Path(ge=1, le=LARGEST)]
ExternalId = Annotated[str | None, Query(max_length=1000)]


class MarkItem(BaseModel):
    """A signal of a message: `quote` is `text[start:end]`."""

    id: int
    kind: str
    quote: str
    start: int
    end: int
    confidence: float


class LineItem(BaseModel):
    """One thing said; `message` is the external id."""

    id: int
    message: str
    speaker: str
    author: str | None
    text: str
    at: datetime
    sentiment: str | None
    signals: list[MarkItem]


class TalkItem(BaseModel):
    """A conversation; `lines` begins after `start` of the `total` lines. `call_id` is set if it was a call."""

    id: int
    conversation: str
    channel: str
    title: str | None
    account_id: int | None
    account: str | None
    owner: str | None
    call_id: str | None
    started_at: datetime
    total: int
    start: int
    lines: list[LineItem]


class Found(BaseModel):
    """Our id of a conversation."""

    id: int


@router.get("")
def find(
    asker: Asker,
    parts: Shared,
    external_id: Annotated[str, Query(min_length=1, max_length=1000)],
    message: ExternalId = None,
) -> Found:
    """Which of the asker's conversations came in under `external_id`."""
    return Found(id=find_conversation(parts.engine, asker, external_id, message))


@router.get("/{conversation_id}")
def read(
    conversation_id: OurId,
    asker: Asker,
    parts: Shared,
    start: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    message: ExternalId = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> TalkItem:
    """What was said, in order; `message` begins the page just before that message."""
    talk = read_conversation(parts.engine, asker, conversation_id, start=start, message=message, limit=limit)
    return TalkItem.model_validate(talk, from_attributes=True)
