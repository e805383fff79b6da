"""What a workflow may do: steps that are remembered, writes that happen once, waiting that survives a kill."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import UserError
from jobs.failed import Failed
from jobs.library import dbos

if TYPE_CHECKING:
    from dbos import SQLAlchemyDatasource, StepOptions

log = structlog.get_logger("jobs")
T = TypeVar("T")
ATTEMPTS = 4
FIRST_WAIT_SECONDS = 1.0
BACKOFF = 4.0
TURN_SECONDS = 0.2


class Stopping(BaseException):
    """The process is being stopped. Not an Exception, so that nothing is recorded and the work goes on elsewhere."""


def unwatched(moment: str) -> None:
    """Nobody looks on."""


@dataclass(frozen=True)
class Floor:
    """What every workflow of this process stands on."""

    writes: "SQLAlchemyDatasource"
    clock: Clock
    rest: float = 0.0
    stopping: Event = field(default_factory=Event)
    turn: Lock = field(default_factory=Lock)
    watch: Callable[[str], None] = unwatched
    """Told of each step before it begins, before its write is committed, and when it is done."""


@dataclass(frozen=True)
class Work:
    """One run of a workflow under `key`. After a kill it is run again, and what was done is not done again."""

    key: str
    floor: Floor
    _carried: dict[str, Any] = field(default_factory=dict)

    def step(self, name: str, do: Callable[[], T]) -> T:
        """`do` once it has succeeded; its JSON value is remembered. Failed when trying again did not help."""
        options: StepOptions = {
            "name": name,
            "retries_allowed": True,
            "max_attempts": ATTEMPTS,
            "interval_seconds": FIRST_WAIT_SECONDS,
            "backoff_rate": BACKOFF,
        }
        self._begin(name)
        outcome: dict[str, Any] = dbos().run_step(options, self._attempt, name, do)
        self.floor.watch(f"{name}:done")
        if failed := outcome.get("failed"):
            raise Failed(**failed)
        value: T = outcome["value"]
        return value

    def carry(self, name: str, do: Callable[[], T]) -> Callable[[], T]:
        """A step whose value stays in this process: words are not for the engine's tables. Asked for after a kill,
        it is worked out again."""

        def work_out() -> None:
            self._carried[name] = do()

        def value() -> T:
            if name not in self._carried:
                work_out()
            kept: T = self._carried[name]
            return kept

        self.step(name, work_out)
        return value

    def once(self, name: str, write: Callable[[Session], T]) -> T:
        """A transaction over the records that takes effect once; its JSON value is remembered with it."""

        def run() -> T:
            value = write(self.floor.writes.sql_session())
            self.floor.watch(f"{name}:write")
            return value

        self._begin(name)
        try:
            value = self.floor.writes.run_tx_step({"name": name, "isolation_level": None}, run)
        except Exception as error:
            log.exception("jobs.write_failed", key=self.key, step=name)
            raise Failed.of(error) from error
        self.floor.watch(f"{name}:done")
        return value

    def sleep_until(self, moment: datetime) -> None:
        """Go on at `moment`, however often the process dies before."""
        self._begin("sleep")
        left = self.step("sleep", lambda: self._left(moment))
        dbos().sleep(max(0.0, left))

    def wait_for(self, topic: str, seconds: float) -> Any:
        """What was signalled to this work under `topic`, or None if nothing was within `seconds`."""
        self._begin(topic)
        return dbos().recv(topic, seconds)

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """One at a time in this process, with a rest after each: for what can wait while people are answered."""
        while not self.floor.turn.acquire(timeout=TURN_SECONDS):
            if self.floor.stopping.is_set():
                raise Stopping
        began = time.monotonic()
        try:
            yield
            self.floor.stopping.wait((time.monotonic() - began) * self.floor.rest)
        finally:
            self.floor.turn.release()

    def _left(self, moment: datetime) -> float:
        return (moment - self.floor.clock.now()).total_seconds()

    def _begin(self, name: str) -> None:
        if self.floor.stopping.is_set():
            raise Stopping
        self.floor.watch(f"{name}:begin")

    def _attempt(self, name: str, do: Callable[[], Any]) -> dict[str, Any]:
        if self.floor.stopping.is_set():
            raise Stopping
        try:
            return {"value": do()}
        except Exception as error:
            if isinstance(error, UserError) or (isinstance(error, Failed) and error.final):
                return _failed(error)
            status = dbos().step_status
            if status is None or (status.current_attempt or 0) + 1 < (status.max_attempts or 1):
                log.warning("jobs.step_again", key=self.key, step=name, exc_info=True)
                raise
            log.exception("jobs.step_failed", key=self.key, step=name)
            return _failed(error)


def _failed(error: Exception) -> dict[str, Any]:
    failed = Failed.of(error)
    return {"failed": {"code": failed.code, "params": failed.params}}
