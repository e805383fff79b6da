"""Calls that are heard while they run: pieces of sound are kept as they come, and listened to beside that."""

import io
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, BinaryIO, cast
from uuid import uuid4

from sqlalchemy import Engine

from core.calls import Live, Opening, Received, RecordingTooLarge
from core.clock import Clock
from core.errors import NotFound, UserError
from core.identity import Identity
from core.settings import Settings
from db import calls
from db import live as rows
from db.live import LiveEnded, LiveGap
from db.matching import Clues, Match
from tools.calls.session import Detect, Session, Tell
from tools.calls.storage import MEGABYTE, Storage

FORMATS = ("pcm16", "file")
RATES = range(8000, 48001)
LEGS = (1, 2)
MOST_PIECE = 2_000_000
ALONE = timedelta(hours=1)
"""After which a call that was broken off is taken as ended."""


class BadSound(UserError):
    """The sound is announced as something that can't be heard live."""

    code = "bad_sound"
    http_status = 422


class LiveDesk:
    """Takes the sound of running calls. A piece that was taken is on disk; a call is listened to in one process."""

    def __init__(
        self, settings: Settings, engine: Engine, storage: Storage, file: Callable[..., Received],
        place: Callable[[Identity, Clues], Match],
    ) -> None:  # fmt: skip
        self.detect: Detect | None = None
        self._settings, self._engine, self._storage = settings, engine, storage
        self._file, self._place = file, place
        self._clock = settings.clock
        self._holder = uuid4().hex
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def start(self, identity: Identity, opening: Opening) -> Live:
        """A new call that runs."""
        if opening.format not in FORMATS or opening.rate not in RATES or opening.channels not in LEGS:
            raise BadSound()
        match = self._place(identity, Clues(opening.account))
        about = {
            "format": opening.format,
            "rate": opening.rate,
            "channels": opening.channels,
            "channel_speakers": list(opening.channel_speakers) if opening.channel_speakers else None,
        }
        return rows.start(self._engine, identity, uuid4().hex, about=about, match=match, now=self._clock.now())

    def view(self, identity: Identity, live_id: str) -> Live:
        """A call as far as it was heard."""
        return rows.find(self._engine, identity, live_id)

    def mine(self, identity: Identity, live_id: str) -> Live:
        """A call that the asker sends; NotFound if they only may listen."""
        found = rows.find(self._engine, identity, live_id)
        if found.started_by != identity.person_id:
            raise NotFound()
        return found

    def add(self, identity: Identity, live_id: str, number: int, piece: bytes) -> int:
        """Keep a piece of sound; the number of the next. A piece that was kept is not kept again."""
        found = self.mine(identity, live_id)
        if number < found.chunks:
            return found.chunks
        if found.state != "open":
            raise LiveEnded()
        if number > found.chunks:
            raise LiveGap(next=found.chunks)
        if len(piece) > MOST_PIECE or found.bytes + len(piece) > self._settings.audio_megabytes * MEGABYTE:
            raise RecordingTooLarge(megabytes=self._settings.audio_megabytes)
        self._storage.write(piece_name(live_id, number), piece)
        rows.took(self._engine, live_id, number, len(piece), Clock().now())
        self._listen(found).wake()
        return number + 1

    def watch(self, live_id: str, tell: Tell) -> Callable[[], None]:
        """Have `tell` told what is heard from now on, in this process; what is given back ends that."""
        found = rows.reload(self._engine, live_id)
        if found is None:
            raise NotFound()
        return self._listen(found).watch(tell)

    def end(self, identity: Identity, live_id: str) -> Received | None:
        """The call is over: it becomes a recording like any other. None if nothing was ever sent."""
        found = self.mine(identity, live_id)
        return self._end(identity, found)

    def _end(self, identity: Identity, found: Live) -> Received | None:
        if found.content_hash is not None:
            return calls.received(self._engine, found.content_hash)
        if found.chunks == 0:
            rows.settle(self._engine, found.id, "ended")
            return None
        if found.state == "open":
            rows.settle(self._engine, found.id, "ending")
            self._stop(found.id)
            found = rows.reload(self._engine, found.id) or found
        stored = self._storage.put(
            cast(BinaryIO, Joined(self._storage, found)), "calls", megabytes=self._settings.audio_megabytes + 1
        )
        account = found.account_id
        match = calls.account_of_id(self._engine, None, account) if account else Match()
        suffix = "wav" if found.format == "pcm16" else "audio"
        received = self._file(
            identity,
            calls.Recording(
                content_hash=stored.content_hash,
                file=stored.name,
                filename=f"{found.started_at:%Y-%m-%d %H.%M}.{suffix}",
                bytes=stored.bytes,
                match=match,
                channel_speakers=found.channel_speakers,
                live=True,
                started_at=found.started_at,
            ),
        )
        rows.settle(self._engine, found.id, "ended", received.call_id)
        self._storage.delete_folder(f"live/{found.id}")
        return received

    def sweep(self) -> int:
        """End the calls that were broken off and not taken up again; how many."""
        ended = 0
        for live_id, identity in rows.abandoned(self._engine, Clock().now() - ALONE):
            found = rows.reload(self._engine, live_id)
            if found is not None:
                self._end(identity, found)
                ended += 1
        return ended

    def close(self) -> None:
        """Stop listening; what was taken stays on disk and can be taken up again."""
        for live_id in list(self._sessions):
            self._stop(live_id)

    def _listen(self, found: Live) -> Session:
        with self._lock:
            session = self._sessions.get(found.id)
            if session is None or session.over:
                session = Session(self._settings, self._engine, self._storage, found, self._holder)
                session.detect = self.detect
                self._sessions[found.id] = session
                session.start()
            return session

    def _stop(self, live_id: str) -> None:
        with self._lock:
            session = self._sessions.pop(live_id, None)
        if session is not None:
            session.stop()


def piece_name(live_id: str, number: int) -> str:
    """Where a piece of a live call is kept."""
    return f"live/{live_id}/{number:08d}"


class Joined(io.RawIOBase):
    """All pieces of a call as one file; plain samples get the header of a WAV file."""

    def __init__(self, storage: Storage, found: Live) -> None:
        super().__init__()
        self._left = b""
        self._pieces = self._read_all(storage, found)

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, room: Any) -> int:
        """The next bytes."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        size = min(len(room), len(self._left))
        room[:size], self._left = self._left[:size], self._left[size:]
        return size

    @staticmethod
    def _read_all(storage: Storage, found: Live) -> Iterator[bytes]:
        if found.format == "pcm16":
            yield wav_header(found.bytes - found.bytes % (2 * found.channels), found.rate, found.channels)
        for number in range(found.chunks):
            yield from storage.read(piece_name(found.id, number))


def wav_header(size: int, rate: int, channels: int) -> bytes:
    """The header of a WAV file with that many bytes of 16-bit samples."""
    frame = 2 * channels
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, channels, rate, rate * frame, frame, 16,
        b"data", size,
    )  # fmt: skip
