"""A recording, from the file to what people are told of it."""

import time
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy.orm import Session

from core.said import Speaker
from core.wording import LANGS
from db import calls
from db.engine import system_session
from db.notices import failure
from db.tables import Call
from jobs.failed import Failed
from jobs.pipelines.hands import Hands
from jobs.pipelines.reading import notify, read
from jobs.request import Request
from jobs.work import Work

HEARD_FROM, HEARD_TO = 0.02, 0.88
NOTE_SECONDS = 1.0


def call(hands: Hands, work: Work, payload: Mapping[str, Any]) -> None:
    """Probe, transcribe, keep the words, read them, tell; a call that fails for good says why, to whoever sent it."""
    call_id = payload["call_id"]
    try:
        _through(hands, work, call_id)
    except Failed as failed:
        _fail(hands, work, call_id, failed)


def _through(hands: Hands, work: Work, call_id: str) -> None:
    steps = _Steps(hands, call_id)
    steps.note("probe", 0.0)
    conversation_id = work.step("probe", steps.probe)
    steps.note("transcribe", HEARD_FROM)
    transcript = work.carry("transcribe", steps.transcribe)
    steps.note("segments", HEARD_TO)
    work.once("segments", lambda session: steps.keep(session, transcript()))
    tellings = read(hands, work, conversation_id, steps.note)
    steps.note("notify", 0.99)
    notify(hands, work, tellings, lambda session: calls.finish(session, call_id, hands.now()))


def _fail(hands: Hands, work: Work, call_id: str, failed: Failed) -> None:
    def write(session: Session) -> None:
        calls.fail(session, call_id, code=failed.code, params=failed.params, now=hands.now())
        hands.tell(session, failure(session, call_id, work.key, failed.code))

    work.once("fail", write)


class _Steps:
    """The steps of one call that only calls have."""

    def __init__(self, hands: Hands, call_id: str) -> None:
        self._hands = hands
        self._call_id = call_id
        self._noted_at = 0.0

    def note(self, step: str, progress: float) -> None:
        """Let people see where the call is."""
        self._noted_at = time.monotonic()
        with system_session(self._hands.engine) as session:
            calls.advance(session, self._call_id, step=step, progress=progress)

    def probe(self) -> int:
        """Look at what the file holds; the call's conversation."""
        with self._hands.kept(self._call().file or "") as path:
            found = self._hands.probe(path)
        with system_session(self._hands.engine) as session:
            calls.probed(session, self._call_id, seconds=found.seconds, channels=found.channels)
            return calls.call_of(session, self._call_id).conversation_id

    def transcribe(self) -> dict[str, Any]:
        """The recording in words."""
        row = self._call()
        with system_session(self._hands.engine) as session:
            hot_words = self._hands.hot_words(session, row.conversation_id)
        speakers = cast(tuple[Speaker, ...], tuple(row.channel_speakers or ())) or None
        lang = next((known for known in LANGS if known == row.lang), None)
        with self._hands.kept(row.file or "") as path:
            return self._hands.hear(Request(path, self._hands.settings, hot_words, speakers, lang), self._heard)

    def keep(self, session: Session, transcript: Mapping[str, Any]) -> int:
        """Make the words messages; how many."""
        spoken = transcript["segments"]
        return len(calls.store_transcript(session, self._call_id, spoken, transcript, self._hands.now()))

    def _heard(self, done: float) -> None:
        if time.monotonic() - self._noted_at >= NOTE_SECONDS:
            self.note("transcribe", HEARD_FROM + (HEARD_TO - HEARD_FROM) * min(1.0, done))

    def _call(self) -> Call:
        with system_session(self._hands.engine) as session:
            row = calls.call_of(session, self._call_id)
            session.expunge(row)
            return row
