"""Turns over HTTP: whole, or as they happen; and thumbs on them."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from core.errors import Bug, DealhandError
from core.identity import Identity
from core.ports import Assistant
from core.reply import Reply
from core.stream import Delta
from core.wording import Lang
from db.threads import save_thumb
from web.asker import Asker
from web.language import language_of
from web.parts import Parts, Shared
from web.problems import RESPONSES, Unavailable, problem_of

router = APIRouter(prefix="/api", tags=["chat"], responses=RESPONSES)
log = structlog.get_logger("web")

Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


class Ask(BaseModel):
    """One message to the assistant."""

    model_config = ConfigDict(extra="forbid")

    message: Text
    thread_id: str | None = Field(None, max_length=100)
    lang: Lang | None = None


class Which(BaseModel):
    """A thread of the asker's."""

    model_config = ConfigDict(extra="forbid")

    thread_id: str = Field(min_length=1, max_length=100)


class Stopped(BaseModel):
    """Whether a turn ran that could be stopped."""

    stopped: bool


class Thumb(BaseModel):
    """What the asker thinks of a reply of theirs; the last one counts."""

    model_config = ConfigDict(extra="forbid")

    turn_id: str = Field(min_length=1, max_length=100)
    thumb: Literal["up", "down"]
    text: str | None = Field(None, max_length=2000)


class Saved(BaseModel):
    """It was kept."""

    saved: bool = True


def assistant_of(parts: Parts) -> Assistant:
    """The assistant; Unavailable before the app has started and after it ended."""
    if parts.assistant is None:
        raise Unavailable()
    return parts.assistant


def take_turn(asker: Asker, parts: Shared) -> Identity:
    """The asker, with one turn counted against their limit."""
    parts.limiter.take(asker.person_id)
    return asker


Turn = Annotated[Identity, Depends(take_turn)]


def _count(parts: Parts, reply: Reply, began: float) -> None:
    seconds = time.perf_counter() - began
    parts.meters.turn(status=reply.status.value, model=reply.model, lang=reply.lang, seconds=seconds)


@router.post("/chat")
async def chat(ask: Ask, asker: Turn, parts: Shared) -> Reply:
    """Take one turn and answer with the whole reply."""
    began = time.perf_counter()
    reply = await assistant_of(parts).turn(asker, ask.message, thread_id=ask.thread_id, lang=ask.lang)
    _count(parts, reply, began)
    return reply


@router.post("/chat/stream", response_class=EventSourceResponse)
async def stream(ask: Ask, asker: Turn, parts: Shared, request: Request) -> AsyncIterator[ServerSentEvent]:
    """Take one turn and send it as it happens: `status` and `delta` events, then one `reply` (or one `error`)."""
    try:
        async for event in _events(ask, asker, parts):
            yield event
    except DealhandError as error:
        yield _error_event(error, request)
    except Exception:
        log.exception("stream.failed", person=asker.person_id)
        yield _error_event(Bug(), request)


async def _events(ask: Ask, asker: Identity, parts: Parts) -> AsyncIterator[ServerSentEvent]:
    began = time.perf_counter()
    async for event in assistant_of(parts).stream(asker, ask.message, thread_id=ask.thread_id, lang=ask.lang):
        if isinstance(event, Reply):
            _count(parts, event, began)
            yield ServerSentEvent(event="reply", data=event)
        else:
            yield ServerSentEvent(event="delta" if isinstance(event, Delta) else "status", data=event)


def _error_event(error: DealhandError, request: Request) -> ServerSentEvent:
    return ServerSentEvent(event="error", data=problem_of(error, language_of(request)).model_dump(exclude_none=True))


@router.post("/chat/stop")
async def stop(which: Which, asker: Asker, parts: Shared) -> Stopped:
    """Stop the turn of the asker's that runs in a thread; the thread shows that it was stopped."""
    return Stopped(stopped=await assistant_of(parts).stop(asker, which.thread_id))


@router.post("/feedback")
async def feedback(thumb: Thumb, asker: Asker, parts: Shared) -> Saved:
    """Keep a thumb, and what goes with it, on one of the asker's own turns."""
    await run_in_threadpool(
        save_thumb,
        parts.engine,
        asker,
        turn_id=thumb.turn_id,
        thumb=thumb.thumb,
        text=thumb.text,
        now=parts.clock.now(),
    )
    return Saved()
