"""Calls as askers see them: lists, one call with its words and signals, and where its audio is."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, Select, select

from core.calls import CallRow, CallView, Heard, Line
from core.errors import NotFound
from core.identity import Identity
from db.engine import Reader, reader
from db.tables import Account, Call, Conversation, LiveCall, Message, Segment, Signal


def list_calls(
    engine: Engine, identity: Identity, *, account: int | None = None, after: int | None = None, limit: int = 20
) -> list[CallRow]:
    """The asker's calls, the latest first; one more than `limit` if there are more. `after` is a call's own id."""
    with reader(engine, identity) as records:
        statement, calls, conversations = _calls(records)
        if account is not None:
            statement = statement.where(conversations.c.account_id == account)
        if after is not None:
            statement = statement.where(calls.c.id < after)
        rows = records.execute(statement.order_by(calls.c.id.desc()).limit(limit + 1)).all()
        return [_row(row) for row in rows]


def read_call(engine: Engine, identity: Identity, call_id: str) -> CallView:
    """One call as it stands; NotFound if it is not the asker's to hear.

    A call that was heard live has its live words until the recording was read.
    """
    with reader(engine, identity) as records:
        call = _find(records, call_id)
        lines = _lines(records, call.conversation_id)
        if not lines and call.live and call.status != "done":
            lines = _live_lines(records, call_id)
        return CallView(
            row=_row(call),
            conversation_id=call.conversation_id,
            channels=call.channels,
            channel_speakers=tuple(call.channel_speakers) if call.channel_speakers else None,
            lang=call.lang,
            coverage=call.coverage,
            transcriber=call.transcriber,
            warnings=tuple(call.warnings or ()),
            error=call.error,
            audio=call.file is not None,
            audio_erased_at=call.erased_at,
            finished_at=call.finished_at,
            segments=lines,
            signals=_signals(records, call.conversation_id),
        )


def find_audio(engine: Engine, identity: Identity, call_id: str) -> tuple[str | None, str]:
    """Where the audio of a call is kept (None: no longer), and what it was called; NotFound as above."""
    with reader(engine, identity) as records:
        call = _find(records, call_id)
        return call.file, call.filename


def _calls(records: Reader) -> tuple[Select[Any], Any, Any]:
    scope = records.scope
    calls, conversations, accounts = scope.rows(Call), scope.rows(Conversation), scope.rows(Account)
    joined = calls.join(conversations, conversations.c.id == calls.c.conversation_id)
    joined = joined.outerjoin(accounts, accounts.c.id == conversations.c.account_id)
    chosen = select(*calls.c, conversations.c.account_id, accounts.c.name.label("account")).select_from(joined)
    return chosen, calls, conversations


def _find(records: Reader, call_id: str) -> Any:
    statement, calls, _ = _calls(records)
    found = records.execute(statement.where(calls.c.content_hash == call_id)).first()
    if found is None:
        raise NotFound()
    return found


def _row(row: Any) -> CallRow:
    return CallRow(
        id=row.id,
        call_id=row.content_hash,
        filename=row.filename,
        account_id=row.account_id,
        account=row.account,
        status=row.status,
        step=row.step,
        progress=row.progress,
        duration=row.seconds,
        live=row.live,
        created_at=row.created_at,
    )


def _lines(records: Reader, conversation_id: int) -> tuple[Line, ...]:
    messages, segments = records.scope.rows(Message), records.scope.rows(Segment)
    statement = (
        select(messages.c.id, messages.c.external_id, messages.c.speaker, messages.c.author, messages.c.text)
        .add_columns(segments.c.start, segments.c.end, segments.c.channel, segments.c.confidence)
        .add_columns(segments.c.words, segments.c.low, segments.c.corrected_by)
        .select_from(messages.join(segments, segments.c.message_id == messages.c.id))
        .where(messages.c.conversation_id == conversation_id)
        .order_by(segments.c.start, segments.c.end, messages.c.id)
    )
    return tuple(_line(row) for row in records.execute(statement))


def _line(row: Any) -> Line:
    return Line(
        id=row.id,
        message=row.external_id,
        start=row.start,
        end=row.end,
        speaker=row.speaker,
        text=row.text,
        confidence=row.confidence,
        channel=row.channel,
        low=spans(row.low),
        words=tuple(row.words),
        corrected=row.corrected_by is not None,
        author=row.author,
    )


def spans(low: list[list[int]] | None) -> tuple[tuple[int, int], ...]:
    """Spans as they are kept, as pairs."""
    return tuple((start, end) for start, end in low or ())


def _live_lines(records: Reader, call_id: str) -> tuple[Line, ...]:
    live = records.scope.rows(LiveCall)
    found = records.execute(select(live.c.segments).where(live.c.content_hash == call_id)).scalars().first()
    return tuple(live_line(number, segment) for number, segment in enumerate(found or ()))


def live_line(number: int, segment: Mapping[str, Any]) -> Line:
    """A segment of a call that runs, as a line; it has no message of its own yet."""
    return Line(
        id=-1 - number,
        message=f"live:{number}",
        start=segment["start"],
        end=segment["end"],
        speaker=segment["speaker"],
        text=segment["text"],
        confidence=segment["confidence"],
        channel=segment.get("channel"),
    )


def _signals(records: Reader, conversation_id: int) -> tuple[Heard, ...]:
    scope = records.scope
    signals, messages, segments = scope.rows(Signal), scope.rows(Message), scope.rows(Segment)
    joined = signals.join(messages, messages.c.id == signals.c.message_id)
    statement = (
        select(signals.c.id, signals.c.kind, signals.c.quote, signals.c.confidence, signals.c.at)
        .add_columns(signals.c.start, signals.c.end, messages.c.speaker, messages.c.external_id)
        .add_columns(segments.c.start.label("second"))
        .select_from(joined.join(segments, segments.c.message_id == messages.c.id))
        .where(signals.c.conversation_id == conversation_id)
        .order_by(segments.c.start, signals.c.start, signals.c.id)
    )
    return tuple(
        Heard(
            id=row.id,
            kind=row.kind,
            quote=row.quote,
            confidence=row.confidence,
            speaker=row.speaker,
            at=row.at,
            message=row.external_id,
            start=row.start,
            end=row.end,
            second=row.second,
        )
        for row in records.execute(statement)
    )
