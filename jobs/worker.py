"""The working half of a process: it lives by its lease, does what waits, and takes over from the dead."""

import time
from threading import Event, Thread
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from core.settings import Settings
from db.engine import system_session
from db.leases import end_lease, end_silent, living, renew_lease, take_lease
from jobs import engine as durable
from jobs.flow import Plan
from jobs.pace import Pace
from jobs.queues import NAMES
from jobs.sweep import Sweep
from jobs.timers import Ticker
from jobs.work import Floor

if TYPE_CHECKING:
    from dbos import DBOSClient

    from jobs.runtime import Jobs

log = structlog.get_logger("jobs")


class Worker:
    """One process at work under `executor_id`; `plan` is what it can do."""

    def __init__(self, settings: Settings, engine: Engine, plan: Plan, pace: Pace, executor_id: str) -> None:
        self._settings, self._engine, self._plan, self._pace = settings, engine, plan, pace
        self._id = executor_id
        self._running = durable.Running()
        self._closing = Event()
        self._floor: Floor | None = None
        self._sweeping: Thread | None = None
        self._ticker = Ticker(engine, settings.clock, plan.timers, watch=plan.watch)
        self._client: DBOSClient | None = None
        self._beat_at = self._reap_at = 0.0

    def begin(self, client: "DBOSClient", jobs: "Jobs") -> None:
        """Take a lease and start to work; what was half started is taken down again."""
        self._client = client
        with system_session(self._engine) as session:
            take_lease(session, self._id, NAMES)
        self._beat_at = time.monotonic() + self._pace.beat
        try:
            writes = durable.open_writes(self._settings, self._engine, self._id, self._pace)
            floor = Floor(writes, self._settings.clock, self._pace.rest, watch=self._plan.watch)
            durable.launch(self._plan, floor, self._running, self._pace)
        except Exception:
            durable.abandon()
            raise
        self._floor = floor
        sweep = Sweep(self._engine, jobs)
        self._sweeping = Thread(target=self._sweep, args=(sweep,), name="sweep", daemon=True)
        self._sweeping.start()
        self._ticker.start()

    def wait(self) -> float:
        """How long until the next sign of life is due."""
        return max(0.0, self._beat_at - time.monotonic())

    def beat(self) -> None:
        """If it is time, give a sign of life, and take over the work of those who gave none."""
        if self.wait():
            return
        self._beat_at = time.monotonic() + self._pace.beat
        try:
            with system_session(self._engine) as session:
                renew_lease(session, self._id, NAMES)
            if time.monotonic() >= self._reap_at:
                self._reap()
        except DBAPIError:
            # Who could not write a sign of life may not judge others by theirs.
            self._reap_at = time.monotonic() + self._pace.silence
            log.warning("jobs.no_sign_of_life", exc_info=True)

    def leave(self) -> None:
        """Stop, and give what had begun to whoever lives."""
        self._closing.set()
        if self._floor is None:
            return
        self._floor.stopping.set()
        self._ticker.stop(self._pace.grace)
        self._plan.hurry()
        if self._sweeping:
            self._sweeping.join(self._pace.grace)
        durable.stop(self._running, self._pace.grace)
        try:
            if self._client:
                durable.give_back(self._client, self._id)
            with system_session(self._engine) as session:
                end_lease(session, self._id)
        except DBAPIError:
            log.warning("jobs.not_given_back", exc_info=True)

    def _reap(self) -> None:
        with system_session(self._engine) as session:
            silent = end_silent(session, self._pace.silence)
            alive = living(session)
        if silent:
            log.warning("jobs.died", who=silent)
        assert self._client is not None
        for dead in durable.orphans(self._client, alive):
            durable.recover(dead)

    def _sweep(self, sweep: Sweep) -> None:
        pause = self._pace.settle
        while not self._closing.wait(pause):
            pause = self._pace.sweep
            try:
                sweep.run()
            except DBAPIError:
                log.warning("jobs.not_swept", exc_info=True)
