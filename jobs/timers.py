"""Fires timers: each once, in the transaction that does what it is for, whichever process comes first."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.clock import Clock
from db.engine import system_session
from db.timers import attempts_of, due_timers, put_off, take_timer
from jobs.work import unwatched

log = structlog.get_logger("jobs")
Fire = Callable[[Session, Mapping[str, Any], datetime], None]
Kinds = Mapping[str, Fire]
"""What to do when a timer of a kind fires: in the session it is given, which is committed with the timer."""

LOOK_SECONDS = 0.5
AWAY_SECONDS = 5.0
MOST = 200
LONGEST_WAIT = timedelta(hours=1)


class Ticker:
    """Looks twice a second for what is due while it runs, and goes on at once while there is more."""

    def __init__(self, engine: Engine, clock: Clock, kinds: Kinds, *, watch: Callable[[str], None] = unwatched) -> None:
        self._engine, self._clock, self._kinds, self._watch = engine, clock, kinds, watch
        self._closing = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Look from now on, in a thread of its own."""
        if self._kinds and self._thread is None:
            self._thread = Thread(target=self._keep, name="timers", daemon=True)
            self._thread.start()

    def stop(self, grace: float) -> None:
        """Look no more; what is firing is finished."""
        self._closing.set()
        if self._thread:
            self._thread.join(grace)

    def tick(self) -> int:
        """Fire what is due; how much that was, of at most a batch."""
        with system_session(self._engine) as session:
            due = due_timers(session, list(self._kinds), self._clock.now(), MOST)
        for timer_id in due:
            if self._closing.is_set():
                break
            self._fire(timer_id)
        return len(due)

    def _keep(self) -> None:
        pause = 0.0
        while not self._closing.wait(pause):
            try:
                pause = 0.0 if self.tick() == MOST else LOOK_SECONDS
            except DBAPIError:
                pause = AWAY_SECONDS
                log.warning("timers.database_away", exc_info=True)

    def _fire(self, timer_id: int) -> None:
        now = self._clock.now()
        try:
            with system_session(self._engine) as session:
                taken = take_timer(session, timer_id, now)
                if taken is None:
                    return
                self._watch(f"{taken.kind}:begin")
                self._kinds[taken.kind](session, taken.payload, now)
                self._watch(f"{taken.kind}:write")
            self._watch(f"{taken.kind}:done")
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            self._later(timer_id, now)
        except Exception:  # noqa: BLE001 (where one timer ends: it is logged, tried again, and the others go on)
            self._later(timer_id, now)

    def _later(self, timer_id: int, now: datetime) -> None:
        log.exception("timers.failed", timer=timer_id)
        with system_session(self._engine) as session:
            wait = min(timedelta(seconds=2 ** min(attempts_of(session, timer_id), 12)), LONGEST_WAIT)
            put_off(session, timer_id, now + wait)
