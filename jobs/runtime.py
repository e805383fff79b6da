"""Durable work: enqueued under keys that are for good, done by whichever process lives, a step at a time."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import getpid
from queue import Empty, SimpleQueue
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Literal

import structlog
from sqlalchemy import Engine

from core.errors import OperatorError
from core.settings import Settings
from jobs.pace import Pace

if TYPE_CHECKING:
    from dbos import DBOSClient

    from jobs.flow import Plan
    from jobs.worker import Worker
    from tools.workbench import Workbench

log = structlog.get_logger("jobs")
State = Literal["waiting", "running", "done", "failed"]
STATES: dict[str, State] = {"PENDING": "running", "SUCCESS": "done"}
WAITING = ("ENQUEUED", "DELAYED")
ENDED = ("done", "failed")
LOOK_SECONDS = 0.05
AGAIN_SECONDS = 5.0
AWAY_SECONDS = 30.0
IN_USE = Lock()
"""The engine is one a process: whoever opens it a second time only enqueues."""


class JobsAway(OperatorError):
    """The tables of durable work do not answer."""

    code = "jobs_away"


@dataclass(frozen=True, slots=True)
class Order:
    """Work to enqueue; `queue` is the workflow's own unless it says otherwise."""

    name: str
    key: str
    payload: Mapping[str, Any]
    queue: str | None = None


CLOSE = Order("", "", {})
"""Ends the handing over."""


class Jobs:
    """Hands work over and, with `hire`, does it in this process too. The engine is loaded when there is work, or when
    the process has been up for a while."""

    def __init__(self, url: str, pace: Pace, hire: "Callable[[], Worker] | None" = None) -> None:
        self._url, self._pace, self._hire = url, pace, hire
        self._orders: SimpleQueue[Order] = SimpleQueue()
        self._wanted, self._ready, self._closing = Event(), Event(), Event()
        self._client: DBOSClient | None = None
        self._worker: Worker | None = None
        self._thread = Thread(target=self._keep, name="jobs", daemon=True)
        self._thread.start()

    def enqueue(self, name: str, key: str, payload: Mapping[str, Any]) -> None:
        """Have the workflow `name` done once under `key`; returns at once, from any thread. A kill before the order is
        kept loses nothing that was accepted: the sweep finds it."""
        self.order(name, key, payload)

    def order(self, name: str, key: str, payload: Mapping[str, Any], *, queue: str | None = None) -> None:
        """The same, on a queue of choice."""
        self._orders.put(Order(name, key, dict(payload), queue))
        self._wanted.set()

    def settled(self, key: str, seconds: float) -> bool:
        """Wait up to `seconds` for the work under `key` to end; whether it did."""
        until = time.monotonic() + seconds
        while self.status(key) not in ENDED:
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def status(self, key: str) -> State | None:
        """Where the work under `key` is, or None if no order for it has been kept."""
        found = self.opened().list_workflows(workflow_ids=[key], load_input=False, load_output=False)
        return state_of(found[0].status) if found else None

    def signal(self, key: str, topic: str, value: Any) -> None:
        """Wake what waits under `key` for `topic`."""
        self.opened().send(key, value, topic)

    def close(self) -> None:
        """Hand over what was ordered, stop, and give what had begun to whoever lives."""
        self._closing.set()
        self._orders.put(CLOSE)
        self._wanted.set()
        self._thread.join()
        if self._worker:
            self._worker.leave()
        if self._client:
            self._client.destroy()

    def opened(self) -> "DBOSClient":
        """Wait until the engine is at work; JobsAway if that takes too long. The client that talks to it."""
        self._wanted.set()
        if not self._ready.wait(AWAY_SECONDS) or self._client is None:
            raise JobsAway
        return self._client

    def _keep(self) -> None:
        """Open the engine, then hand orders over and give signs of life until closed."""
        self._wanted.wait(self._pace.quiet)
        if self._closing.is_set() and self._orders.qsize() == 1:
            return
        while not self._open():
            if self._closing.wait(AGAIN_SECONDS):
                return
        while (order := self._next()) is not CLOSE:
            if order:
                self._hand_over(order)
            if self._worker:
                self._worker.beat()

    def _next(self) -> Order | None:
        try:
            return self._orders.get(timeout=self._worker.wait() if self._worker else None)
        except Empty:
            return None

    def _open(self) -> bool:
        from jobs.engine import open_client  # noqa: PLC0415 (heavy, and not needed at the start)

        try:
            self._client = self._client or open_client(self._url)
            if self._hire and not self._closing.is_set():
                hired = self._hire()
                hired.begin(self._client, self)
                self._worker = hired
        except Exception:
            log.exception("jobs.not_opened")
            return False
        self._ready.set()
        return True

    def _hand_over(self, order: Order) -> None:
        from jobs.engine import enqueue  # noqa: PLC0415 (loaded by now)

        assert self._client is not None
        try:
            enqueue(self._client, order.name, order.key, order.payload, order.queue)
        except Exception:
            log.exception("jobs.not_enqueued", key=order.key)


def state_of(status: str) -> State:
    """One of the engine's states in our words."""
    return "waiting" if status in WAITING else STATES.get(status, "failed")


def executor_name() -> str:
    """Unique to this process and this start of it."""
    return f"{socket.gethostname()}-{getpid()}-{token_hex(4)}"


@contextmanager
def open_jobs(
    settings: Settings,
    engine: Engine,
    workbench: "Workbench",
    *,
    pace: Pace | None = None,
    plan: "Callable[[Settings, Engine, Workbench], Plan] | None" = None,
) -> Iterator[Jobs]:
    """Durable work over the records of `engine`; done in this process too unless `settings.worker` is off.

    `plan` says what can be done, and is asked for when the work begins; by default it is all of `jobs.pipelines`.
    """
    chosen = pace or Pace()
    alone = settings.worker and IN_USE.acquire(blocking=False)
    if settings.worker and not alone:
        log.warning("jobs.already_at_work")

    def hire() -> "Worker":
        from jobs.pipelines.plan import open_plan  # noqa: PLC0415 (heavy, and not needed at the start)
        from jobs.worker import Worker  # noqa: PLC0415 (the same)

        return Worker(settings, engine, (plan or open_plan)(settings, engine, workbench), chosen, executor_name())

    jobs = Jobs(settings.jobs, chosen, hire if alone else None)
    try:
        yield jobs
    finally:
        try:
            jobs.close()
        finally:
            if alone:
                IN_USE.release()
