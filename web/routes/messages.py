"""What was said with customers, in batches: each item is taken or refused on its own."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, SkipValidation

from core.said import IncomingConversation
from core.wire import read_conversation
from core.work import hand_over
from db.intake import Door, heard, receive
from web.asker import Asker
from web.parts import ReaderLang, Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api", tags=["messages"], responses=RESPONSES)

SOURCE = "api"
MOST_CONVERSATIONS = 1_000
MOST_BYTES = 20_000_000
WAIT_SECONDS = 2.0
"""So that whoever reads right after writing finds the signals."""


class MessageIn(BaseModel):
    """One thing said. `at` has a time zone; the first text sent under an `external_id` counts."""

    external_id: str
    speaker: Literal["customer", "rep", "unknown"]
    author: str | None = None
    text: str
    at: str


class ConversationIn(BaseModel):
    """Messages that belong together; more of the same conversation may come later.

    `account` is the account's name or its id in the CRM; `hints` are the customer's addresses, numbers and names.
    """

    external_id: str
    channel: str
    account: str | None = None
    title: str | None = None
    hints: list[str] = []
    messages: list[MessageIn]


class Batch(BaseModel):
    """Conversations to take in."""

    conversations: list[SkipValidation[ConversationIn]] = Field(max_length=MOST_CONVERSATIONS)


class Refused(BaseModel):
    """What was not taken in, and why."""

    external_id: str
    reason: str


class Taken(BaseModel):
    """How many messages are new, how many were there already, and what was refused."""

    accepted: int
    duplicates: int
    rejected: list[Refused]


@router.post("/messages")
def take(batch: Batch, asker: Asker, parts: Shared, lang: ReaderLang) -> Taken:
    """Take conversations in. Nothing comes in twice, and what is wrong with one item keeps no other out."""
    door = Door(source=SOURCE, by=asker, now=parts.clock.now(), lang=lang)
    conversations = _read(list(batch.conversations), door, lang)
    receive(parts.engine, conversations, door)
    hand_over(parts.jobs, heard(parts.engine, door.touched), seconds=WAIT_SECONDS)
    done = door.done
    refused = [Refused(external_id=one.external_id, reason=one.reason) for one in done.rejected]
    return Taken(accepted=done.accepted, duplicates=done.duplicates, rejected=refused)


def _read(items: list[Any], door: Door, lang: ReaderLang) -> list[IncomingConversation]:
    found: list[IncomingConversation] = []
    for item in items:
        read = read_conversation(item, lang)
        for one in read.rejected:
            door.refuse(one.external_id, one.reason)
        if read.conversation is not None:
            found.append(read.conversation)
    return found
