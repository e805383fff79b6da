"""The desk where recordings are handed in, listened to, corrected and removed, within what the asker may see."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from sqlalchemy import Engine

from core.calls import Audio, CallRow, CallView, Corrected, Received
from core.clock import Clock
from core.errors import Forbidden, UserError
from core.identity import Identity, Role
from core.settings import Settings
from db import calls, corrections, listening
from db.matching import Clues, Match
from tools.calls.kinds import media_type
from tools.calls.storage import RecordingGone, Storage

if TYPE_CHECKING:
    from tools.calls.live import LiveDesk

FOLDER = "calls"
# Accepts e.g. 2026-06-12, 20260612; not the beginning of a longer number
DAY = re.compile(r"(?<!\d)(?:19|20)\d\d[-.]?[01]\d[-.]?[0-3]\d(?!\d)")
# Accepts e.g. +86 138 0013 8000, 2125550123
NUMBER = re.compile(r"\+?\d(?:[ -]?\d){9,14}")
ORPHAN = timedelta(days=1)
"""How long a file may lie in the storage before it belongs to a call."""


class UnknownAccount(UserError):
    """No account of that name is among what the sender may see."""

    code = "unknown_account"
    http_status = 422


class BadSpeakers(UserError):
    """The speakers of the channels are not named as customer and rep."""

    code = "bad_speakers"
    http_status = 422


class CallDesk:
    """Takes recordings in once each, and hands out their words and their sound."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.storage = Storage(settings.files)
        self._settings = settings
        self._engine = engine
        self._clock = settings.clock
        self._live: LiveDesk | None = None
        self._lock = Lock()

    def receive(
        self,
        identity: Identity | None,
        file: Path | BinaryIO,
        filename: str,
        *,
        account: str | int | None = None,
        channel_speakers: Sequence[str] | None = None,
    ) -> Received:
        """Keep a recording; the same content is the same call. `identity` is None for whoever runs the product."""
        clues = Clues(str(account) if account is not None else None, hints_of(filename))
        match = self.place(identity, clues)
        speakers = check_speakers(channel_speakers)
        if isinstance(file, Path):
            with file.open("rb") as opened:
                return self._receive(identity, opened, filename, (clues, match, speakers))
        return self._receive(identity, file, filename, (clues, match, speakers))

    def _receive(
        self,
        identity: Identity | None,
        file: BinaryIO,
        filename: str,
        about: tuple[Clues, Match, tuple[str, ...] | None],
    ) -> Received:
        stored = self.storage.put(file, FOLDER, megabytes=self._settings.audio_megabytes)
        recording = calls.Recording(
            content_hash=stored.content_hash,
            file=stored.name,
            filename=clean_name(filename),
            bytes=stored.bytes,
            clues=about[0],
            match=about[1],
            channel_speakers=about[2],
        )
        return self.file(identity, recording)

    def file(self, identity: Identity | None, recording: calls.Recording) -> Received:
        """Make a recording that is in the storage a call; what turns out not to be needed is removed from there."""
        try:
            received = calls.file_call(self._engine, identity, recording, self._clock.now())
        except UserError:
            self.storage.delete(recording.file)
            raise
        if not received.kept:
            self.storage.delete(recording.file)
        return received

    def place(self, identity: Identity | None, clues: Clues) -> Match:
        """Whose call it is; UnknownAccount if an account was named that the sender does not see."""
        if identity is not None and identity.role in (Role.TRAINER, Role.ADMIN):
            raise Forbidden()
        found = calls.place(self._engine, identity, clues)
        name = clues.account
        if found.account_id is not None or name is None:
            return found
        if name.isdecimal() and len(name) < 10:
            found = calls.account_of_id(self._engine, identity, int(name))
        if found.account_id is None:
            raise UnknownAccount(account=name)
        return found

    def calls(
        self, identity: Identity, *, account: int | None = None, after: int | None = None, limit: int = 20
    ) -> list[CallRow]:
        """The asker's calls, the latest first; one more than `limit` if there are more."""
        return listening.list_calls(self._engine, identity, account=account, after=after, limit=limit)

    def call(self, identity: Identity, call_id: str) -> CallView:
        """One call as it stands; NotFound if it is not the asker's to hear."""
        return listening.read_call(self._engine, identity, call_id)

    def audio(self, identity: Identity, call_id: str) -> Audio:
        """The recording; RecordingGone if it is no longer kept."""
        file, filename = listening.find_audio(self._engine, identity, call_id)
        if file is None:
            raise RecordingGone()
        head = b"".join(self.storage.read(file, 0, 64))
        size = self.storage.size(file)
        return Audio(filename, media_type(head), size, lambda start, end: self.storage.read(file, start, end))

    def correct(
        self, identity: Identity, call_id: str, message: str, *, speaker: str | None = None, text: str | None = None
    ) -> Corrected:
        """Correct who said a segment, or what; doing it again changes nothing."""
        change = corrections.Change(speaker=speaker, text=text)
        return corrections.correct_segment(self._engine, identity, call_id, message, change, now=self._clock.now())

    def set_speakers(self, identity: Identity, call_id: str, speakers: Sequence[str]) -> Corrected:
        """Say who is on each channel of the call; segments whose speaker a person corrected stay."""
        checked = check_speakers(speakers)
        if checked is None:
            raise BadSpeakers()
        return corrections.set_speakers(self._engine, identity, call_id, checked, now=self._clock.now())

    def erase_audio(self, identity: Identity, call_id: str) -> None:
        """Remove the recording; what was said in it stays. Doing it again changes nothing."""
        file, _ = listening.find_audio(self._engine, identity, call_id)
        if file is not None:
            self.storage.delete(file)
        corrections.drop_audio(self._engine, identity, call_id, now=self._clock.now())

    def sweep(self) -> int:
        """End live calls that were broken off, remove audio older than the settings say, and files of no call."""
        now, gone = self._clock.now(), self.live.sweep()
        days = self._settings.audio_days
        while days is not None and (old := corrections.outdated(self._engine, now - timedelta(days=days))):
            for call_id, file in old:
                self.storage.delete(file)
                corrections.expire(self._engine, call_id, now)
            gone += len(old)
        return gone + self._sweep_orphans()

    def _sweep_orphans(self) -> int:
        # What the storage says of its files is the real time, whatever clock the product was given.
        before = Clock().now() - ORPHAN
        old = [name for name, written in self.storage.listed(FOLDER) if written < before]
        known = corrections.known_files(self._engine, old)
        drafts = [name for name, written in self.storage.listed("incoming") if written < before]
        lost = [name for name in old if name not in known] + drafts
        for name in lost:
            self.storage.delete(name)
        return len(lost)

    @property
    def live(self) -> "LiveDesk":
        """Where calls that run are heard; made when first asked for, which takes a second."""
        from tools.calls.live import LiveDesk  # noqa: PLC0415 (heavy)

        with self._lock:
            if self._live is None:
                self._live = LiveDesk(self._settings, self._engine, self.storage, self.file, self.place)
            return self._live

    def close(self) -> None:
        """Stop listening to the calls that run; they can be taken up again."""
        if self._live is not None:
            self._live.close()


def open_calls(settings: Settings, engine: Engine) -> CallDesk:
    """The desk over one database and its storage."""
    return CallDesk(settings, engine)


def check_speakers(speakers: Sequence[str] | None) -> tuple[str, ...] | None:
    """The speakers of the channels, left first; BadSpeakers unless each is customer or rep."""
    if not speakers:
        return None
    named = tuple(speaker.strip().lower() for speaker in speakers)
    if len(named) > 8 or not set(named) <= {"customer", "rep"}:
        raise BadSpeakers()
    return named


def hints_of(filename: str) -> tuple[str, ...]:
    """What a file's name says of whose call it is: its words, and the telephone numbers in it."""
    words = " ".join(re.split(r"[_\s]+", clean_name(filename).rpartition(".")[0] or clean_name(filename)))
    return (words, *NUMBER.findall(DAY.sub("|", words)))


def clean_name(filename: str) -> str:
    """The last part of a file's name, without what can't be shown, at most 200 characters."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    shown = "".join(one for one in name if one.isprintable()).strip(" .")
    return shown[-200:] or "recording"
