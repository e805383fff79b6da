"""What people put right in calls: who spoke, what was said, and that the audio goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.calls import Corrected
from core.errors import NotFound, UserError
from core.identity import Identity
from core.timing import retimed
from db import audit, calls
from db.engine import system_session
from db.scope import scope_of
from db.tables import Call, Conversation, Message, Segment

MOST_CHARACTERS = 4000


class BadCorrection(UserError):
    """A correction that says nothing, or too much."""

    code = "bad_correction"
    http_status = 422


class NotHeardYet(UserError):
    """The call is still being transcribed, so there is nothing to correct."""

    code = "not_heard_yet"
    http_status = 409


@dataclass(frozen=True, slots=True)
class Change:
    """What is right; None leaves it as it is."""

    speaker: str | None = None
    text: str | None = None


def correct_segment(
    engine: Engine, identity: Identity, call_id: str, message: str, change: Change, *, now: datetime
) -> Corrected:
    """Correct one segment, by its message's external id. The same correction again changes nothing."""
    text = None if change.text is None else " ".join(change.text.split())
    if (text is None and change.speaker is None) or text == "" or len(text or "") > MOST_CHARACTERS:
        raise BadCorrection()
    with system_session(engine) as session:
        call = _own_call(session, identity, call_id)
        found = session.execute(
            select(Message, Segment)
            .join(Segment, Segment.message_id == Message.id)
            .where(Message.conversation_id == call.conversation_id, Message.external_id == message)
            .with_for_update()
        ).first()
        if found is None:
            raise NotFound()
        said, segment = found
        what = _apply(said, segment, change.speaker, text)
        if what:
            segment.corrected_by = identity.person_id
            said.loaded_at = now
            _changed(session, identity, call, [said.id], {"message": said.id, "what": what}, now=now)
        return Corrected(call.conversation_id, said.id, call.revision, bool(what))


def _apply(said: Message, segment: Segment, speaker: str | None, text: str | None) -> list[str]:
    what = []
    if speaker is not None and speaker != said.speaker:
        said.speaker = speaker
        what.append("speaker")
    if text is not None and text != said.text:
        segment.words = retimed(text, segment.words, segment.start, segment.end)
        segment.low = []
        said.text = text
        what.append("text")
    return what


def set_speakers(
    engine: Engine, identity: Identity, call_id: str, speakers: Sequence[str], *, now: datetime
) -> Corrected:
    """Say who is on each channel; segments whose speaker a person corrected stay as they are."""
    with system_session(engine) as session:
        call = _own_call(session, identity, call_id)
        if call.status == "running":
            raise NotHeardYet()
        rows = session.execute(
            select(Message, Segment).join(Segment, Segment.message_id == Message.id).where(Segment.call_id == call.id)
        ).all()
        before = call.channel_speakers or []
        moved = []
        for said, segment in rows:
            channel = segment.channel
            if channel is None or channel >= len(speakers) or said.speaker == speakers[channel]:
                continue
            put_right = segment.corrected_by is not None and said.speaker not in (
                *before[channel : channel + 1],
                "unknown",
            )
            if not put_right:
                said.speaker = speakers[channel]
                moved.append(said.id)
        if moved or call.channel_speakers != list(speakers):
            call.channel_speakers = list(speakers)
            _changed(session, identity, call, moved, {"channel_speakers": list(speakers)}, now=now)
        last = max((row[0].id for row in rows), default=0)
        return Corrected(call.conversation_id, last, call.revision, bool(moved))


def drop_audio(engine: Engine, identity: Identity, call_id: str, *, now: datetime) -> None:
    """Note that the asker removed the audio; again, nothing changes."""
    with system_session(engine) as session:
        call = _own_call(session, identity, call_id)
        if call.status in ("queued", "running"):
            raise NotHeardYet()
        calls.drop_audio(session, call_id, identity, now)


def expire(engine: Engine, call_id: str, now: datetime) -> None:
    """Note that the audio was kept long enough."""
    with system_session(engine) as session:
        calls.drop_audio(session, call_id, None, now)


def outdated(engine: Engine, before: datetime) -> list[tuple[str, str]]:
    """As in `db.calls`, for whoever sweeps."""
    with system_session(engine) as session:
        return calls.outdated(session, before)


def known_files(engine: Engine, files: Sequence[str]) -> set[str]:
    """Which stored files belong to a call."""
    found: set[str] = set()
    with system_session(engine) as session:
        for start in range(0, len(files), 500):
            found |= calls.known_files(session, files[start : start + 500])
    return found


def _own_call(session: Session, identity: Identity, call_id: str) -> Call:
    rows = scope_of(session, identity).rows(Conversation)
    mine = select(rows.c.id).where(rows.c.external_id == call_id, rows.c.source == calls.SOURCE)
    if session.execute(mine).first() is None:
        raise NotFound()
    call = calls.call_of(session, call_id)
    session.refresh(call, with_for_update=True)
    return call


def _changed(
    session: Session,
    identity: Identity,
    call: Call,
    messages: Sequence[int],
    detail: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    call.revision += 1
    calls.unread_messages(session, list(messages))
    audit.record(
        session,
        actor_id=identity.person_id,
        action="call.correct",
        subject=f"call:{call.content_hash}",
        detail=detail,
        now=now,
    )
