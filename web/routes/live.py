"""Calls while they run: sound comes in by websocket or in numbered pieces; what is heard goes out at once."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Query, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from core.calls import Live, Opening
from core.errors import Bug, DealhandError, NotSignedIn, UserError
from core.identity import Identity
from core.ports import LiveCalls
from core.wording import Lang, explain
from web.asker import Asker, find_asker, refuse_cross_site
from web.language import language_of
from web.parts import Parts, Shared, parts_of
from web.problems import RESPONSES

router = APIRouter(prefix="/api/calls/live", tags=["calls"], responses=RESPONSES)
log = structlog.get_logger("web")
MANY = 200
"""Events that wait for a slow reader, from which on partial text is left out."""
POLICY_VIOLATION = 1008


class Begin(BaseModel):
    """What a live call will be."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["pcm16", "file"] = "pcm16"
    rate: int = Field(16_000, ge=8000, le=48_000)
    channels: Literal[1, 2] = 1
    account: str | None = Field(None, max_length=200)
    channel_speakers: list[Literal["customer", "rep"]] | None = Field(None, max_length=2)

    def opening(self) -> Opening:
        """As the desk takes it."""
        told = tuple(self.channel_speakers) if self.channel_speakers else None
        return Opening(self.format, self.rate, self.channels, self.account, told)


class LiveOut(BaseModel):
    """A call as far as it was heard; `next` is the number of the piece to send."""

    id: str
    state: str
    next: int
    segments: list[dict[str, Any]]
    call_id: str | None


class Next(BaseModel):
    """The piece is kept; `next` is the number of the one to send."""

    next: int


class Over(BaseModel):
    """The call is over; it is a recording like any other, unless nothing was sent."""

    call_id: str | None


def desk_of(parts: Parts) -> LiveCalls:
    """The desk for live calls, with someone to read signals, who is called when there is something to read."""
    live = parts.calls.live
    if live.detect is None:
        live.detect = lambda utterances: parts.signals.detect(utterances)  # noqa: PLW0108 (made when first called)
    return live


def _out(found: Live) -> LiveOut:
    return LiveOut(
        id=found.id,
        state=found.state,
        next=found.chunks,
        segments=list(found.segments),
        call_id=found.content_hash,
    )


@router.post("", status_code=201)
def start(begin: Begin, asker: Asker, parts: Shared) -> LiveOut:
    """Begin a call that is heard while it runs."""
    return _out(desk_of(parts).start(asker, begin.opening()))


@router.get("/{live_id}")
def view(live_id: str, asker: Asker, parts: Shared) -> LiveOut:
    """What was heard of a call so far."""
    return _out(desk_of(parts).view(asker, live_id))


@router.post("/{live_id}/chunks")
async def add(live_id: str, request: Request, asker: Asker, parts: Shared, number: Annotated[int, Query(ge=0)]) -> Next:
    """Keep one piece of sound, by its number; sent again, it is not kept again."""
    piece = await request.body()
    return Next(next=await run_in_threadpool(lambda: desk_of(parts).add(asker, live_id, number, piece)))


@router.post("/{live_id}/end", status_code=202)
def end(live_id: str, asker: Asker, parts: Shared) -> Over:
    """The call is over; it is transcribed as a whole now."""
    return Over(call_id=_end(parts, asker, live_id))


def _end(parts: Parts, asker: Identity, live_id: str) -> str | None:
    received = desk_of(parts).end(asker, live_id)
    if received is None:
        return None
    parts.jobs.enqueue("call", received.key, {"call_id": received.call_id})
    return received.call_id


@router.websocket("")
async def hear(socket: WebSocket) -> None:
    """One call over one connection; `?resume=ID` goes on with a call whose connection was lost."""
    await socket.accept()
    request: Any = socket
    lang = language_of(request)
    try:
        asker = await run_in_threadpool(_asker, request)
        await _Line(socket, parts_of(request), asker).serve()
    except DealhandError as error:
        await _refuse(socket, error, lang)
    except WebSocketDisconnect:
        pass
    except Exception:
        log.exception("live.broken")
        await _refuse(socket, Bug(), lang)


def _asker(socket: Any) -> Identity:
    """Who sends; with a cookie, only from our own page."""
    socket.scope.setdefault("method", "GET")
    if not socket.headers.get("authorization"):
        refuse_cross_site(socket)
    found = find_asker(Request({**socket.scope, "type": "http"}))
    if found is None:
        raise NotSignedIn()
    return found


async def _refuse(socket: WebSocket, error: DealhandError, lang: Lang) -> None:
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        event = {"type": "error", "code": error.code, "detail": explain(error, lang)}
        await socket.send_json(event | {name: error.params[name] for name in ("next",) if name in error.params})
        await socket.close(POLICY_VIOLATION)


class BadOpening(UserError):
    """The address says something about the call that can't be."""

    code = "bad_sound"
    http_status = 422


class _Line:
    """One connection: pieces are acknowledged once they are on disk, and what is heard is told as it is."""

    def __init__(self, socket: WebSocket, parts: Parts, asker: Identity) -> None:
        self._socket, self._parts, self._asker = socket, parts, asker
        self._events: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()

    async def serve(self) -> None:
        """Until the call ends or the connection does."""
        live = await run_in_threadpool(desk_of, self._parts)
        found = await run_in_threadpool(self._open, live)
        await self._socket.send_json({"type": "open", "id": found.id, "next": found.chunks, "state": found.state})
        loop = asyncio.get_running_loop()

        def tell(event: Mapping[str, Any]) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._put, dict(event))

        leave = await run_in_threadpool(live.watch, found.id, tell)
        telling = asyncio.create_task(self._tell())
        try:
            await self._receive(live, found)
        finally:
            leave()
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError, RuntimeError, WebSocketDisconnect):
                await telling

    def _open(self, live: LiveCalls) -> Live:
        asked: dict[str, Any] = dict(self._socket.query_params)
        if resume := asked.pop("resume", None):
            return live.mine(self._asker, resume)
        asked.pop("lang", None)
        named = asked.pop("channel_speakers", "")
        told = [one.strip() for one in named.split(",") if one.strip()] or None
        try:
            begin = Begin.model_validate(
                {**asked, "channels": int(asked.get("channels", "1")), "channel_speakers": told}
            )
        except (ValidationError, ValueError) as error:
            raise BadOpening() from error
        return live.start(self._asker, begin.opening())

    def _put(self, event: Mapping[str, Any]) -> None:
        if event["type"] not in ("partial", "lag") or self._events.qsize() < MANY:
            self._events.put_nowait(event)

    async def _tell(self) -> None:
        while True:
            await self._socket.send_json(await self._events.get())

    async def _receive(self, live: LiveCalls, found: Live) -> None:
        number = found.chunks
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if piece := message.get("bytes"):
                number = await run_in_threadpool(live.add, self._asker, found.id, number, piece)
                self._put({"type": "ack", "next": number})
            elif _is_end(message.get("text")):
                call_id = await run_in_threadpool(_end, self._parts, self._asker, found.id)
                while not self._events.empty():
                    await asyncio.sleep(0.01)
                await self._socket.send_json({"type": "ended", "call_id": call_id})
                await self._socket.close()
                return


def _is_end(text: str | None) -> bool:
    try:
        said = json.loads(text or "")
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("type") == "end"
