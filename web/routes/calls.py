"""Calls over HTTP: recordings handed in, listened to, corrected and removed, within what the asker may hear."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from core.calls import CallRow, CallStatus, CallView, Corrected, Received, RecordingTooLarge
from core.identity import Identity
from core.wording import Lang, phrases, say
from web.asker import Asker
from web.paging import BadCursor, Cursor, Limit, open_cursor, seal_cursor
from web.parts import Parts, ReaderLang, Shared
from web.problems import RESPONSES
from web.ranges import BadRange, span_of

router = APIRouter(prefix="/api/calls", tags=["calls"], responses=RESPONSES)

UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["audio"],
                    "properties": {
                        "audio": {"type": "string", "format": "binary"},
                        "account": {"type": "string"},
                        "channel_speakers": {"type": "string", "examples": ["rep,customer"]},
                    },
                }
            }
        },
    }
}


class Accepted(BaseModel):
    """The recording is kept and will be read; `new` is false for one that was known."""

    call_id: str
    new: bool


class CallItem(BaseModel):
    """What a list shows of a call."""

    call_id: str
    filename: str
    account_id: int | None
    account: str | None
    status: CallStatus
    step: str | None
    progress: float
    duration: float | None
    live: bool
    at: Any


class CallPage(BaseModel):
    """A page of calls, the latest first."""

    items: list[CallItem]
    cursor: str | None = None


class SegmentItem(BaseModel):
    """Something said, in seconds of the call; `low` are spans of the text that were hard to hear."""

    id: str
    start: float
    end: float
    speaker: str
    text: str
    confidence: float
    channel: int | None
    low: list[tuple[int, int]]
    words: list[dict[str, Any]]
    corrected: bool
    author: str | None


class SignalItem(BaseModel):
    """A signal: `quote` is `text[start:end]` of the segment `message`, which begins at `second`."""

    id: int
    kind: str
    quote: str
    confidence: float
    speaker: str
    at: Any
    message: str
    start: int
    end: int
    second: float


class Said(BaseModel):
    """Something about the call that people should know: a stable code and its words."""

    code: str
    detail: str


class CallOut(CallItem):
    """One call as it stands; `conversation_id` is ours, to assign it with."""

    conversation_id: int
    channels: int | None
    channel_speakers: list[str] | None
    lang: str | None
    coverage: float | None
    transcriber: str | None
    warnings: list[Said]
    error: Said | None
    audio: bool
    audio_erased_at: Any
    finished_at: Any
    segments: list[SegmentItem]
    signals: list[SignalItem]


class SegmentChange(BaseModel):
    """What is right about a segment; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    speaker: Literal["customer", "rep", "unknown"] | None = None
    text: str | None = Field(None, min_length=1, max_length=4000)


class CallChange(BaseModel):
    """Who is on each channel, the left one first."""

    model_config = ConfigDict(extra="forbid")

    channel_speakers: list[Literal["customer", "rep"]] = Field(min_length=1, max_length=8)


@router.post("", status_code=202, openapi_extra=UPLOAD)
async def receive(request: Request, asker: Asker, parts: Shared) -> Accepted:
    """Keep a recording and have it read; the same recording again is the same call."""
    try:
        async with request.form(max_files=1, max_fields=10) as form:
            audio = form.get("audio")
            if not isinstance(audio, UploadFile):
                raise RequestValidationError([{"type": "missing", "loc": ("body", "audio"), "msg": "", "input": None}])
            given = {name: value for name, value in form.items() if isinstance(value, str)}
            received = await run_in_threadpool(_receive, parts, asker, audio, given)
    except HTTPException as error:
        if error.status_code == 413:
            raise RecordingTooLarge(megabytes=parts.settings.audio_megabytes) from error
        raise
    return Accepted(call_id=received.call_id, new=received.new)


def _receive(parts: Parts, asker: Identity, audio: UploadFile, given: Mapping[str, str]) -> Received:
    named = given.get("channel_speakers", "")
    received = parts.calls.receive(
        asker,
        audio.file,
        audio.filename or "",
        account=given.get("account") or None,
        channel_speakers=[speaker for speaker in named.split(",") if speaker.strip()] or None,
    )
    parts.jobs.enqueue("call", received.key, {"call_id": received.call_id})
    return received


@router.get("")
def calls(
    asker: Asker,
    parts: Shared,
    account: Annotated[int | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> CallPage:
    """The asker's calls, the latest first."""
    rows = parts.calls.calls(asker, account=account, after=_after(cursor), limit=limit)
    page = rows[:limit]
    more = seal_cursor("calls", page[-1].id) if len(rows) > limit else None
    return CallPage(items=[CallItem(**_item(row)) for row in page], cursor=more)


def _after(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    key, row_id = open_cursor(cursor)
    if key != "calls":
        raise BadCursor()
    return row_id


def _item(row: CallRow) -> dict[str, Any]:
    return {
        "call_id": row.call_id,
        "filename": row.filename,
        "account_id": row.account_id,
        "account": row.account,
        "status": row.status,
        "step": row.step,
        "progress": round(row.progress, 4),
        "duration": row.duration,
        "live": row.live,
        "at": row.created_at,
    }


@router.get("/{call_id}")
def call(call_id: str, asker: Asker, parts: Shared, lang: ReaderLang) -> CallOut:
    """One call: how far it is, what was said, and what it signals."""
    return describe(parts.calls.call(asker, call_id), lang)


def describe(view: CallView, lang: Lang) -> CallOut:
    """A call as it is shown in `lang`."""
    segments = [
        SegmentItem(
            id=line.message,
            start=line.start,
            end=line.end,
            speaker=line.speaker,
            text=line.text,
            confidence=line.confidence,
            channel=line.channel,
            low=list(line.low),
            words=list(line.words),
            corrected=line.corrected,
            author=line.author,
        )
        for line in view.segments
    ]
    return CallOut(
        **_item(view.row),
        conversation_id=view.conversation_id,
        channels=view.channels,
        channel_speakers=list(view.channel_speakers) if view.channel_speakers else None,
        lang=view.lang,
        coverage=view.coverage,
        transcriber=view.transcriber,
        warnings=[_warning(found, lang) for found in view.warnings],
        error=_error(view.error, view.row.filename, lang) if view.error else None,
        audio=view.audio,
        audio_erased_at=view.audio_erased_at,
        finished_at=view.finished_at,
        segments=segments,
        signals=[SignalItem.model_validate(one, from_attributes=True) for one in view.signals],
    )


def _warning(found: Any, lang: Lang) -> Said:
    code = str(found)
    return Said(code=code, detail=phrases(lang).get(f"calls.warning.{code}", code))


def _error(error: Mapping[str, Any], filename: str, lang: Lang) -> Said:
    code = str(error["code"])
    if f"errors.{code}" not in phrases(lang):
        return Said(code=code, detail=say("errors.bug", lang))
    params = dict(error["params"])
    if "name" in params:
        # The pipeline knows the recording by its name in the storage, people by the one they gave it.
        params["name"] = filename
    return Said(code=code, detail=say(f"errors.{code}", lang, **params))


@router.patch("/{call_id}")
def change(call_id: str, wanted: CallChange, asker: Asker, parts: Shared) -> dict[str, Any]:
    """Say who is on each channel; the words are read again for signals."""
    return _read_again(parts, parts.calls.set_speakers(asker, call_id, wanted.channel_speakers))


@router.patch("/{call_id}/segments/{message}")
def correct(call_id: str, message: str, wanted: SegmentChange, asker: Asker, parts: Shared) -> dict[str, Any]:
    """Correct who said a segment, or what; it is read again for signals."""
    return _read_again(parts, parts.calls.correct(asker, call_id, message, speaker=wanted.speaker, text=wanted.text))


def _read_again(parts: Parts, corrected: Corrected) -> dict[str, Any]:
    if corrected.revision:
        payload = {"conversation_id": corrected.conversation_id, "message_id": corrected.message_id}
        parts.jobs.enqueue("heard", corrected.key, payload)
    return {"changed": corrected.changed, "revision": corrected.revision}


@router.delete("/{call_id}/audio", status_code=204)
def erase_audio(call_id: str, asker: Asker, parts: Shared) -> None:
    """Remove the recording; what was said in it stays."""
    parts.calls.erase_audio(asker, call_id)


@router.get("/{call_id}/audio", response_class=StreamingResponse)
def audio(call_id: str, request: Request, asker: Asker, parts: Shared) -> Response:
    """The recording, or the part of it that the Range header asks for."""
    found = parts.calls.audio(asker, call_id)
    tag = f'"{call_id}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": _disposition(found.filename),
        "ETag": tag,
    }
    wanted = request.headers.get("range")
    if request.headers.get("if-range", tag) != tag:
        wanted = None
    try:
        span = span_of(wanted, found.size)
    except BadRange:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{found.size}"})
    start, end = span or (0, found.size)
    headers["Content-Length"] = str(end - start)
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    return StreamingResponse(
        found.read(start, end), status_code=206 if span else 200, headers=headers, media_type=found.media_type
    )


def _disposition(filename: str) -> str:
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_. ") else "_" for one in filename)
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
