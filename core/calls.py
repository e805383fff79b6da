"""Calls as values: what was taken in, and what askers are shown of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from core.errors import UserError
from core.said import Speaker

CallStatus = Literal["queued", "running", "done", "failed"]


class RecordingTooLarge(UserError):
    """The recording is larger than the settings allow."""

    code = "recording_too_large"
    http_status = 413


@dataclass(frozen=True, slots=True)
class Received:
    """A recording that was taken in. `key` names the work it needs; `new` is whether it was not known before.

    `kept` is whether the file that was sent is the one that is kept.
    """

    call_id: str
    conversation_id: int
    new: bool
    key: str
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One segment of a call. `id` is ours, `message` the outside's; `low` are spans of `text` hard to hear."""

    id: int
    message: str
    start: float
    end: float
    speaker: Speaker
    text: str
    confidence: float
    channel: int | None = None
    low: tuple[tuple[int, int], ...] = ()
    words: tuple[dict[str, Any], ...] = ()
    corrected: bool = False
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """One signal of a call: `quote` is `text[start:end]` of the segment `message`, which begins at `second`."""

    id: int
    kind: str
    quote: str
    confidence: float
    speaker: Speaker
    at: datetime
    message: str
    start: int
    end: int
    second: float


@dataclass(frozen=True, slots=True)
class CallRow:
    """What a list shows of a call."""

    id: int
    call_id: str
    filename: str
    account_id: int | None
    account: str | None
    status: CallStatus
    step: str | None
    progress: float
    duration: float | None
    live: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CallView:
    """One call as it stands. `error` is {"code", "params"}; `audio` is whether the recording is still kept."""

    row: CallRow
    conversation_id: int
    channels: int | None
    channel_speakers: tuple[str, ...] | None
    lang: str | None
    coverage: float | None
    transcriber: str | None
    warnings: tuple[Any, ...]
    error: dict[str, Any] | None
    audio: bool
    audio_erased_at: datetime | None
    finished_at: datetime | None
    segments: tuple[Line, ...] = ()
    signals: tuple[Heard, ...] = ()


@dataclass(frozen=True, slots=True)
class Audio:
    """A recording to listen to; `read(start, end)` gives its bytes from `start` up to `end`."""

    filename: str
    media_type: str
    size: int
    read: Callable[[int, int], Iterator[bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that is kept. `key` names the work that reads the call again; None if nothing is to be read."""

    conversation_id: int
    message_id: int
    revision: int
    changed: bool

    @property
    def key(self) -> str:
        """The key of the work that reads the corrected words for signals and facts."""
        return f"heard:{self.conversation_id}:{self.message_id}:r{self.revision}"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a live call will be: pcm16 is 16-bit samples with the channels in turn, file is one from its beginning."""

    format: str = "pcm16"
    rate: int = 16_000
    channels: int = 1
    account: str | None = None
    channel_speakers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A call that runs, or ran. `chunks` is the number of the next piece; `state` is open, ending or ended."""

    id: str
    started_by: int
    account_id: int | None
    format: str
    rate: int
    channels: int
    channel_speakers: tuple[str, ...] | None
    chunks: int
    bytes: int
    state: str
    segments: tuple[dict[str, Any], ...]
    content_hash: str | None
    started_at: datetime
