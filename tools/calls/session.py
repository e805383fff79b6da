"""One running call in one process: its pieces are decoded as they come, heard every few seconds, and told."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from typing import Any

import structlog
from sqlalchemy import Engine

from core.calls import Live
from core.clock import Clock
from core.errors import DealhandError
from core.said import Reading, Utterance
from core.settings import Settings
from db import live as rows
from tools.calls.hark import Listener
from tools.calls.pouring import open_decoder
from tools.calls.storage import Storage
from tools.calls.transcribers import open_transcriber
from tools.calls.transcript import RATE, Hints, Spoken

log = structlog.get_logger("calls")
STEP = 2.0
"""Seconds of new sound between two looks at it."""
BEHIND = 4.0
"""Seconds of sound waiting, from which on nothing is heard twice."""
LOOK = 0.25
BEAT = 5.0
IDLE = 600.0
OVERLAP = 0.3
BREATH = 2.0
PATIENCE = 5.0
WARM = "ok"
"""Read once at the start, because the first reading loads what the others need."""
STOPS = (".", "?", "!")
CONTEXT = 6
_ear = threading.Lock()
"""One call is heard at a time; the others wait their turn."""

Tell = Callable[[Mapping[str, Any]], None]
Detect = Callable[[Sequence[Utterance]], list[Reading]]


class Session:
    """Listens in a thread of its own, from the first piece on that is not committed yet."""

    def __init__(self, settings: Settings, engine: Engine, storage: Storage, found: Live, holder: str) -> None:
        self.detect: Detect | None = None
        self.over = False
        self._settings, self._engine, self._storage = settings, engine, storage
        self._live, self._holder = found, holder
        self._segments: list[dict[str, Any]] = [dict(one) for one in found.segments]
        self._reached: dict[int | None, float] = {one["channel"]: float(one["end"]) for one in self._segments}
        self._watchers: list[Tell] = []
        self._told: set[tuple[str, str]] = set()
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._held_at = 0.0
        self._busy_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="live-call", daemon=True)
        self._said: SimpleQueue[list[tuple[Spoken, bool]] | None] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="live-signals", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._reader.start()

    def wake(self) -> None:
        """A piece came."""
        self._awake.set()

    def stop(self) -> None:
        """Hear what is there to the end, and stop."""
        self._stopping.set()
        self._awake.set()
        self._thread.join()
        self._reader.join(PATIENCE)

    def watch(self, tell: Tell) -> Callable[[], None]:
        """Tell `tell` everything settled so far, and then what comes; what is given back ends that."""
        tell({"type": "text", "segments": list(self._segments)})
        self._watchers.append(tell)

        def leave() -> None:
            if tell in self._watchers:
                self._watchers.remove(tell)

        return leave

    def _run(self) -> None:
        try:
            self._hear()
        except DealhandError as error:
            self._tell({"type": "error", "code": error.code, "params": dict(error.params)})
        except Exception:
            log.exception("live.failed", live=self._live.id)
            self._tell({"type": "error", "code": "bug", "params": {}})
        finally:
            self.over = True
            self._said.put(None)
            rows.let_go(self._engine, self._live.id, self._holder)

    def _hear(self) -> None:
        decoder = open_decoder(self._live.format, self._live.rate, self._live.channels)
        # A call that is taken up again is decoded from its beginning, and what was settled is passed over.
        settled = min(self._reached.values(), default=0.0)
        skip, number, waiting = int(settled * RATE), 0, 0
        listener: Listener | None = None
        while True:
            last = self._stopping.is_set()
            if not self._holds():
                if last:
                    return
                self._awake.wait(BEAT / 2)
                continue
            blocks, number = self._take(decoder, number)
            for block in [*blocks, *(decoder.end() if last else ())]:
                passed = min(skip, block.shape[1])
                skip -= passed
                if passed < block.shape[1]:
                    listener = listener or self._listener(settled)
                    listener.feed(block[:, passed:])
                    waiting += block.shape[1] - passed
            # What was not heard when the call ends is left to the transcript of the whole recording.
            if listener is not None and (waiting < BEHIND * RATE if last else waiting >= STEP * RATE):
                self._step(listener, waiting / RATE, last=last)
                waiting = 0
            if last or self._is_idle(bool(blocks)):
                return
            self._awake.wait(LOOK)
            self._awake.clear()

    def _is_idle(self, busy: bool) -> bool:
        """Whether nothing came for so long that nobody needs to wait: the next piece starts a new session."""
        now = time.monotonic()
        if busy:
            self._busy_at = now
        return now - self._busy_at > IDLE

    def _take(self, decoder: Any, number: int) -> tuple[list[Any], int]:
        """The sound of the pieces that came since, whoever took them."""
        blocks = []
        found = rows.reload(self._engine, self._live.id)
        for place in range(number, found.chunks if found else number):
            piece = b"".join(self._storage.read(f"live/{self._live.id}/{place:08d}"))
            blocks += decoder.pour(piece)
            number = place + 1
        return [*blocks, *decoder.pour(b"")], number

    def _listener(self, settled: float) -> Listener:
        speakers: Any = self._live.channel_speakers
        return Listener(
            open_transcriber(self._settings),
            channels=self._live.channels,
            speakers=speakers,
            hints=Hints(),
            since=settled,
        )

    def _holds(self) -> bool:
        """Whether this process is the one that listens; asked anew every few seconds."""
        now = time.monotonic()
        if self._held_at and now - self._held_at < BEAT:
            return True
        held = rows.hold(self._engine, self._live.id, self._holder, Clock().now())
        self._held_at = now if held else 0.0
        return held

    def _step(self, listener: Listener, waited: float, *, last: bool) -> None:
        behind = waited > BEHIND and not last
        began = time.monotonic()
        with _ear:
            update = listener.step(partial=not behind and not last, last=last)
        lines = [line for line in update.lines if line.start >= self._reached.get(line.channel, 0.0) - OVERLAP]
        if lines:
            fresh = [_segment(line) for line in lines]
            self._segments += fresh
            self._reached |= {line.channel: line.end for line in lines}
            rows.keep(self._engine, self._live.id, self._segments)
            self._tell({"type": "text", "segments": fresh})
        self._tell({"type": "partial", "segments": [_segment(line) for line in update.partial]})
        self._said.put([*((line, False) for line in lines), *((line, True) for line in update.partial)])
        lag = waited - STEP + time.monotonic() - began
        self._tell({"type": "lag", "seconds": round(max(lag, 0.0), 2), "behind": behind})

    def _read(self) -> None:
        """Read lines for signals beside the listening, which does not wait for it."""
        if self.detect is not None:
            self.detect([Utterance(text=WARM, speaker="customer", channel="call")])
        while (lines := self._said.get()) is not None:
            current = self._said.empty()
            wanted = [(line, partial) for line, partial in lines if current or not partial]
            if self.detect is None or not wanted:
                continue
            try:
                self._signal(self.detect, wanted)
            except DealhandError as error:
                log.warning("live.signals_unread", live=self._live.id, code=error.code)

    def _signal(self, detect: Detect, lines: list[tuple[Spoken, bool]]) -> None:
        """Each signal is told once, and first of all while it is still partial."""
        first = min(line.start for line, _ in lines)
        settled = [one for one in self._segments if one["end"] <= first + OVERLAP]
        before = tuple((one["speaker"], one["text"]) for one in settled[-CONTEXT:])
        begun = [_begun(line, self._segments) for line, _ in lines]
        utterances = [
            Utterance(text=start + line.text, speaker=line.speaker, channel="call", before=before)
            for start, (line, _) in zip(begun, lines, strict=True)
        ]
        for start, (line, partial), reading in zip(begun, lines, detect(utterances), strict=True):
            for found in reading.signals:
                key = (found.kind, found.quote.strip().lower())
                if found.end > len(start) and key not in self._told:
                    self._told.add(key)
                    second = round(_said_at(line, found.end - len(start)), 2)
                    self._tell({
                        "type": "signal", "kind": found.kind, "quote": found.quote, "second": second,
                        "confidence": found.confidence, "partial": partial, "speaker": line.speaker,
                    })  # fmt: skip

    def _tell(self, event: Mapping[str, Any]) -> None:
        for tell in list(self._watchers):
            tell(event)


def _segment(line: Spoken) -> dict[str, Any]:
    return {
        "start": round(line.start, 2),
        "end": round(line.end, 2),
        "speaker": line.speaker,
        "text": line.text,
        "confidence": round(line.confidence, 3),
        "channel": line.channel,
    }


def _begun(line: Spoken, segments: Sequence[Mapping[str, Any]]) -> str:
    """What the same speaker said just before the line, which may be the beginning of the sentence."""
    earlier = [one for one in segments if one["channel"] == line.channel and one["end"] <= line.start + OVERLAP]
    if not earlier or line.start - earlier[-1]["end"] > BREATH or earlier[-1]["text"][-1:] in STOPS:
        return ""
    between = " " if line.text[:1].isascii() else ""
    return f"{earlier[-1]['text']}{between}"


def _said_at(line: Spoken, end: int) -> float:
    """When the character before `end` had been said."""
    reached = 0
    for word in line.words:
        reached = line.text.find(word.word, reached) + len(word.word)
        if reached >= end:
            return word.end
    return line.end
