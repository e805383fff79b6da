"""Recordings as rows: filed once by their content, followed through the pipeline, and turned into messages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.calls import Received
from core.errors import NotFound, UserError
from core.identity import Identity, Role
from db import audit
from db.engine import reader, system_session
from db.matching import Clues, Match, match
from db.scope import scope_of
from db.tables import Account, Arrival, Call, Conversation, Fact, LiveCall, Message, Segment, Sentiment, Signal

SOURCE = "call"


class RecordingKnown(UserError):
    """The same recording was taken in before, and the sender may not see that call."""

    code = "recording_known"
    http_status = 409


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that is safely kept, on its way to a row."""

    content_hash: str
    file: str
    filename: str
    bytes: int
    clues: Clues = field(default_factory=Clues)
    match: Match = field(default_factory=Match)
    channel_speakers: tuple[str, ...] | None = None
    live: bool = False
    started_at: datetime | None = None


def file_call(engine: Engine, by: Identity | None, recording: Recording, now: datetime) -> Received:
    """Keep the recording as a call; one that is known is found again, and tried again if it had failed.

    RecordingKnown if `by` may not see the call it already is. `by` is None for whoever runs the product.
    """
    for _ in range(2):
        try:
            with system_session(engine) as session:
                known = session.scalar(select(Call).where(Call.content_hash == recording.content_hash))
                return _again(session, known, by, recording, now) if known else _new(session, by, recording, now)
        except IntegrityError:
            # Two uploads at once: the other was first, so this one finds it.
            continue
    raise RecordingKnown()


def _new(session: Session, by: Identity | None, recording: Recording, now: datetime) -> Received:
    conversation = Conversation(
        source=SOURCE,
        external_id=recording.content_hash,
        custom={},
        loaded_at=now,
        kind="customer",
        channel="call",
        title=recording.filename,
        account_id=recording.match.account_id,
        contact_id=recording.match.contact_id,
        owner_id=_owner(by, recording.match),
        started_at=recording.started_at or now,
    )
    session.add(conversation)
    session.flush()
    session.add(_arrival(conversation.id, recording, now))
    session.add(
        Call(
            conversation_id=conversation.id,
            content_hash=recording.content_hash,
            file=recording.file,
            filename=recording.filename,
            bytes=recording.bytes,
            channel_speakers=list(recording.channel_speakers) if recording.channel_speakers else None,
            live=recording.live,
            uploaded_by=by.person_id if by else None,
            created_at=now,
        )
    )
    session.flush()
    _note(session, by, "call.receive", recording.content_hash, now)
    key = f"call:{recording.content_hash}"
    return Received(recording.content_hash, conversation.id, new=True, kept=True, key=key)


def _again(session: Session, call: Call, by: Identity | None, recording: Recording, now: datetime) -> Received:
    if by is not None and not _sees(session, by, call.conversation_id):
        raise RecordingKnown()
    failed, kept = call.status == "failed", call.file is None
    if kept:
        call.file, call.erased_at = recording.file, None
        _note(session, by, "call.audio_again", call.content_hash, now)
    if failed:
        call.status, call.step, call.progress, call.error = "queued", None, 0.0, None
        call.attempts += 1
        _note(session, by, "call.retry", call.content_hash, now)
    session.flush()
    return Received(call.content_hash, call.conversation_id, new=False, kept=kept, key=work_key(call))


def received(engine: Engine, call_id: str) -> Received:
    """A call that was taken in before, as it was told then."""
    with system_session(engine) as session:
        call = call_of(session, call_id)
        return Received(call_id, call.conversation_id, new=False, kept=False, key=work_key(call))


def work_key(call: Call) -> str:
    """The key under which the call is worked on: another one each time it is tried again."""
    return f"call:{call.content_hash}" + (f":{call.attempts}" if call.attempts else "")


def _owner(by: Identity | None, match: Match) -> int | None:
    """The rep who brought it, else the account's owner, else whoever brought it."""
    if by is not None and by.role is Role.REP:
        return by.person_id
    return match.owner_id or (by.person_id if by else None)


def _arrival(conversation_id: int, recording: Recording, now: datetime) -> Arrival:
    return Arrival(
        conversation_id=conversation_id,
        account=recording.clues.account,
        hints=list(recording.clues.hints),
        state="matched" if recording.match.account_id else "waiting",
        why=recording.match.why,
        at=now,
    )


def _sees(session: Session, by: Identity, conversation_id: int) -> bool:
    rows = scope_of(session, by).rows(Conversation)
    return session.execute(select(rows.c.id).where(rows.c.id == conversation_id)).first() is not None


def _note(session: Session, by: Identity | None, action: str, call_id: str, now: datetime) -> None:
    actor = by.person_id if by else None
    audit.record(session, actor_id=actor, action=action, subject=f"call:{call_id}", detail={}, now=now)


def place(engine: Engine, by: Identity | None, clues: Clues) -> Match:
    """Whose call it is, among the accounts that the sender may see."""
    if by is None:
        with system_session(engine) as session:
            return match(session, clues)
    with reader(engine, by) as records:
        return match(records, clues, scope=records.scope)


def account_of_id(engine: Engine, by: Identity | None, account_id: int) -> Match:
    """The account with that id of ours, if the sender may see it."""
    found: Any = None
    if by is None:
        with system_session(engine) as session:
            found = session.execute(select(Account.id, Account.owner_id).where(Account.id == account_id)).first()
    else:
        with reader(engine, by) as records:
            at = records.scope.rows(Account).c
            found = records.execute(select(at.id, at.owner_id).where(at.id == account_id)).first()
    return Match(found.id, None, found.owner_id, "external_id") if found else Match()


def call_of(session: Session, call_id: str) -> Call:
    """The call with that content; NotFound if it is not, or no longer, there."""
    call = session.scalar(select(Call).where(Call.content_hash == call_id))
    if call is None:
        raise NotFound()
    return call


def advance(session: Session, call_id: str, *, step: str, progress: float = 0.0) -> None:
    """Note where the pipeline is with the call; `progress` never goes back within a step."""
    mine = update(Call).where(Call.content_hash == call_id, Call.status.in_(("queued", "running")))
    behind = (Call.step != step) | Call.step.is_(None) | (Call.progress <= progress)
    session.execute(mine.where(behind).values(status="running", step=step, progress=progress))


def probed(session: Session, call_id: str, *, seconds: float, channels: int) -> None:
    """Keep what the file turned out to hold."""
    session.execute(update(Call).where(Call.content_hash == call_id).values(seconds=seconds, channels=channels))


def store_transcript(
    session: Session, call_id: str, segments: Sequence[Mapping[str, Any]], about: Mapping[str, Any], now: datetime
) -> list[int]:
    """Make the segments messages of the call, in order of time; their ids. Doing it again changes nothing.

    A segment has start, end, text, speaker, channel, confidence, words, low, lang; `about` has lang, seconds,
    channels, coverage, transcriber, warnings. Segments that a person corrected stay as they were corrected.
    """
    call = call_of(session, call_id)
    conversation = session.get_one(Conversation, call.conversation_id)
    known = {
        message.external_id: (message, segment)
        for message, segment in session.execute(
            select(Message, Segment)
            .join(Segment, Segment.message_id == Message.id)
            .where(Message.conversation_id == call.conversation_id)
        )
    }
    ids = []
    for number, spoken in enumerate(sorted(segments, key=lambda one: (one["start"], one["end"]))):
        key = f"{call_id}:{number:05d}"
        ids.append(_store(session, call, conversation.started_at, (key, spoken, known.pop(key, None)), now))
    forget_messages(session, [message.id for message, _ in known.values()])
    for name in ("lang", "seconds", "channels", "coverage", "transcriber"):
        setattr(call, name, about[name])
    call.warnings = list(about.get("warnings", ()))
    session.flush()
    return ids


def _store(
    session: Session,
    call: Call,
    began: datetime,
    what: tuple[str, Mapping[str, Any], tuple[Message, Segment] | None],
    now: datetime,
) -> int:
    key, spoken, known = what
    if known is not None and known[1].corrected_by is not None:
        return known[0].id
    message = known[0] if known else Message(source=SOURCE, external_id=key, custom={}, loaded_at=now)
    message.conversation_id = call.conversation_id
    message.speaker, message.text = spoken["speaker"], spoken["text"]
    message.lang = spoken.get("lang") or call.lang
    message.at = began + timedelta(seconds=float(spoken["start"]))
    if known is None:
        session.add(message)
        session.flush()
    segment = known[1] if known else Segment(message_id=message.id, call_id=call.id)
    segment.start, segment.end = float(spoken["start"]), float(spoken["end"])
    segment.channel, segment.confidence = spoken.get("channel"), float(spoken["confidence"])
    segment.words = [dict(word) for word in spoken.get("words", ())]
    segment.low = [list(span) for span in spoken.get("low", ())]
    session.add(segment)
    return message.id


def forget_messages(session: Session, ids: Iterable[int]) -> None:
    """Remove messages with all that was read from them."""
    gone = list(ids)
    for start in range(0, len(gone), 500):
        some = gone[start : start + 500]
        unread_messages(session, some)
        session.execute(delete(Segment).where(Segment.message_id.in_(some)))
        session.execute(delete(Message).where(Message.id.in_(some)))


def unread_messages(session: Session, ids: Sequence[int]) -> None:
    """Remove what was read from messages, so that they are read again: signals, sentiment, facts as said in them."""
    for model in (Signal, Sentiment):
        session.execute(delete(model).where(model.message_id.in_(ids)))
    session.execute(delete(Fact).where(Fact.message_id.in_(ids), Fact.origin == "said"))


def finish(session: Session, call_id: str, now: datetime) -> None:
    """The call is done; the live text it may have had gives way to it."""
    done = {"status": "done", "step": None, "progress": 1.0, "error": None, "finished_at": now}
    session.execute(update(Call).where(Call.content_hash == call_id).values(**done))
    session.execute(delete(LiveCall).where(LiveCall.content_hash == call_id, LiveCall.state == "ended"))


def fail(session: Session, call_id: str, *, code: str, params: Mapping[str, Any], now: datetime) -> None:
    """The call failed for good with an error of ours; sent again, it is tried again."""
    failed = {"status": "failed", "error": {"code": code, "params": dict(params)}, "finished_at": now}
    session.execute(update(Call).where(Call.content_hash == call_id, Call.status != "done").values(**failed))


def outdated(session: Session, before: datetime, limit: int = 500) -> list[tuple[str, str]]:
    """The calls taken in before a moment whose audio is still kept and no longer needed, as (call id, file)."""
    statement = select(Call.content_hash, Call.file).where(
        Call.file.is_not(None), Call.created_at < before, Call.status.in_(("done", "failed"))
    )
    return [(key, file) for key, file in session.execute(statement.order_by(Call.id).limit(limit)) if file]


def drop_audio(session: Session, call_id: str, by: Identity | None, now: datetime) -> None:
    """Note that the audio of the call is gone; what was said in it stays."""
    call = call_of(session, call_id)
    if call.file is not None:
        call.file, call.erased_at = None, now
        _note(session, by, "call.erase_audio", call_id, now)


def known_files(session: Session, files: Sequence[str]) -> set[str]:
    """Which of the stored files belong to a call."""
    return {file for file in session.scalars(select(Call.file).where(Call.file.in_(files))) if file}
