"""Calls that run: who sends them, how far they have come in, and who listens."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Engine, or_, select, update

from core.calls import Live
from core.clock import Clock
from core.errors import NotFound, UserError
from core.identity import Identity
from db.engine import reader, system_session
from db.matching import Match
from db.people import identity_of
from db.tables import LiveCall

HELD = timedelta(seconds=15)
"""After which without a sign of life another process may listen to the call."""


class LiveEnded(UserError):
    """The call has ended; nothing more is taken."""

    code = "live_ended"
    http_status = 409


class LiveGap(UserError):
    """A piece is missing before this one; `next` is the one to send."""

    code = "live_gap"
    http_status = 409


def start(
    engine: Engine, identity: Identity, live_id: str, *, about: Mapping[str, Any], match: Match, now: datetime
) -> Live:
    """A new call that runs; `about` has format, rate, channels, channel_speakers."""
    rep = identity.role.value == "rep"
    owner = identity.person_id if rep else match.owner_id or identity.person_id
    with system_session(engine) as session:
        session.add(
            LiveCall(
                id=live_id,
                owner_id=owner,
                started_by=identity.person_id,
                account_id=match.account_id,
                segments=[],
                started_at=now,
                heard_at=Clock().now(),
                **about,
            )
        )
    return find(engine, identity, live_id)


def find(engine: Engine, identity: Identity, live_id: str) -> Live:
    """One of the asker's live calls, or of those they may see; NotFound otherwise."""
    with reader(engine, identity) as records:
        rows = records.scope.rows(LiveCall)
        found = records.execute(select(rows).where(rows.c.id == live_id)).first()
    if found is None:
        raise NotFound()
    return _live(found)


def reload(engine: Engine, live_id: str) -> Live | None:
    """The call as it stands, for whoever listens to it; None once it is gone."""
    with system_session(engine) as session:
        row = session.get(LiveCall, live_id)
        return _live(row) if row else None


def _live(row: Any) -> Live:
    return Live(
        row.id, row.started_by, row.account_id, row.format, row.rate, row.channels,
        tuple(row.channel_speakers) if row.channel_speakers else None, row.chunks, row.bytes, row.state,
        tuple(row.segments), row.content_hash, row.started_at,
    )  # fmt: skip


def took(engine: Engine, live_id: str, number: int, size: int, now: datetime) -> bool:
    """Note that the piece is on disk; False if it was noted before."""
    mine = update(LiveCall).where(LiveCall.id == live_id, LiveCall.chunks == number, LiveCall.state == "open")
    with system_session(engine) as session:
        done = session.execute(mine.values(chunks=number + 1, bytes=LiveCall.bytes + size, heard_at=now))
        assert isinstance(done, CursorResult)
        return done.rowcount == 1


def hold(engine: Engine, live_id: str, holder: str, now: datetime) -> bool:
    """Whether `holder` is the one process that listens to the call; say so again before HELD is over."""
    free = or_(LiveCall.holder.is_(None), LiveCall.holder == holder, LiveCall.held_at < now - HELD)
    with system_session(engine) as session:
        done = session.execute(update(LiveCall).where(LiveCall.id == live_id, free).values(holder=holder, held_at=now))
        assert isinstance(done, CursorResult)
        return done.rowcount == 1


def let_go(engine: Engine, live_id: str, holder: str) -> None:
    """Another process may listen now."""
    mine = update(LiveCall).where(LiveCall.id == live_id, LiveCall.holder == holder)
    with system_session(engine) as session:
        session.execute(mine.values(holder=None, held_at=None))


def keep(engine: Engine, live_id: str, segments: Sequence[Mapping[str, Any]]) -> None:
    """The segments that are settled so far."""
    with system_session(engine) as session:
        session.execute(update(LiveCall).where(LiveCall.id == live_id).values(segments=[dict(one) for one in segments]))


def settle(engine: Engine, live_id: str, state: str, content_hash: str | None = None) -> None:
    """The call is `ending`, or `ended` and kept as the recording of that content."""
    values = {"state": state} | ({"content_hash": content_hash} if content_hash else {})
    with system_session(engine) as session:
        session.execute(update(LiveCall).where(LiveCall.id == live_id).values(**values))


def abandoned(engine: Engine, before: datetime) -> list[tuple[str, Identity]]:
    """The calls that nobody sent anything of since `before`, and who started each."""
    waiting = LiveCall.state.in_(("open", "ending")) & (LiveCall.heard_at < before)
    with system_session(engine) as session:
        rows = session.execute(select(LiveCall.id, LiveCall.started_by).where(waiting)).all()
        return [(row.id, identity_of(session, row.started_by)) for row in rows]
