"""The loop that takes what arrived, lane by lane, and has it worked on: a few at once, each to an end."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol, TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from connectors.base import TRIES, Pace
from connectors.reception.outcome import Outcome, Unlinked, settle, show_stopped
from core.channels import ChannelBusy, Content
from core.clock import Clock
from core.errors import Bug, DealhandError, UserError
from db import inbound
from db.engine import system_session
from db.inbound import Taken

log = structlog.get_logger("reception")
Result = TypeVar("Result")


class Porter(Protocol):
    """Decides what is to come of what arrived."""

    async def handle(self, taken: Taken) -> Outcome:
        """What is to come of it."""
        ...

    def apologise(self, taken: Taken, error: DealhandError) -> Outcome:
        """It did not work, and is over."""
        ...

    def unlinked(self, taken: Taken) -> Outcome:
        """The account was unlinked in the meantime."""
        ...

    def stopped(self, taken: Taken) -> Content:
        """What is shown of it once it was stopped."""
        ...


@dataclass
class Turns:
    """Works on what arrived under the name `worker`; `sent` wakes whoever sends what was put out."""

    engine: Engine
    clock: Clock
    worker: str
    channels: Sequence[str]
    porter: Porter
    sent: Callable[[], None]
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self._running: dict[int, asyncio.Task[None]] = {}
        self._stopped: set[int] = set()
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="turns")

    def wake(self, stopped: Sequence[int] = ()) -> None:
        """Look at once, and end what is not wanted any more; from any thread."""
        with suppress(RuntimeError):  # the loop is closed: whoever comes next looks
            self._loop.call_soon_threadsafe(self._wake, stopped)

    async def run(self) -> None:
        """Work until cancelled; what was not finished then is given back at once."""
        beating = asyncio.create_task(self._beat())
        try:
            while True:
                self._woken.clear()
                if not await self._take():
                    await self._wait()
        finally:
            beating.cancel()
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(beating, *self._running.values(), return_exceptions=True)
            with suppress(DBAPIError):
                await self._write(partial(inbound.release, worker=self.worker))
            self._pool.shutdown()

    async def _take(self) -> int:
        free = self.pace.at_once - len(self._running)
        if free <= 0:
            return 0
        taking = partial(inbound.take, worker=self.worker, channels=self.channels, most=free, seconds=self.pace.lease)
        try:
            found = await self._write(taking)
        except DBAPIError:
            log.warning("inbound.not_read", exc_info=True)
            return 0
        for taken in found:
            self._running[taken.id] = asyncio.create_task(self._work(taken))
        return len(found)

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            # Not wait_for: it swallows being cancelled where it was woken at the same moment.
            async with asyncio.timeout(self.pace.poll):
                await self._woken.wait()

    def _wake(self, stopped: Sequence[int]) -> None:
        for number in stopped:
            self._stop(number)
        self._woken.set()

    def _stop(self, number: int) -> None:
        if number in self._running:
            self._stopped.add(number)
            self._running[number].cancel()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.pace.beat)
            if not self._running:
                continue
            renewing = partial(inbound.renew, worker=self.worker, ids=list(self._running), seconds=self.pace.lease)
            try:
                for number in await self._write(renewing):
                    self._stop(number)
            except DBAPIError:
                log.warning("inbound.not_renewed", exc_info=True)

    async def _work(self, taken: Taken) -> None:
        try:
            await self._end(taken, await self._decide(taken))
        except asyncio.CancelledError:
            if taken.id not in self._stopped:
                raise
            await self._end_stopped(taken)
        except DBAPIError:
            log.exception("inbound.not_kept", inbound=taken.id)
        finally:
            self._running.pop(taken.id, None)
            self._stopped.discard(taken.id)
            self._woken.set()

    async def _decide(self, taken: Taken) -> Outcome:
        if taken.stop_asked:
            return Outcome(state="stopped")
        if taken.attempts > TRIES:
            return replace(self.porter.apologise(taken, Bug()), state="failed")
        try:
            return await self.porter.handle(taken)
        except UserError as error:
            return self.porter.apologise(taken, error)
        except ChannelBusy as error:
            return self._failed(taken, error, error.seconds)
        except DealhandError as error:
            log.exception("turn.failed", inbound=taken.id, attempt=taken.attempts)
            return self._failed(taken, error)
        except Exception:
            log.exception("turn.failed", inbound=taken.id, attempt=taken.attempts)
            return self._failed(taken, Bug())

    def _failed(self, taken: Taken, error: DealhandError, seconds: float | None = None) -> Outcome:
        if taken.attempts < TRIES:
            return Outcome(again_in=seconds or self.pace.retry * taken.attempts, failed=True)
        return replace(self.porter.apologise(taken, error), state="failed")

    async def _end(self, taken: Taken, outcome: Outcome) -> None:
        settling = partial(settle, taken=taken, worker=self.worker, outcome=outcome, now=self.clock.now())
        try:
            kept = await self._write(settling)
        except Unlinked:
            await self._end(taken, self.porter.unlinked(taken))
            return
        if not kept:
            await self._end_stopped(taken)
        elif outcome.says:
            self.sent()

    async def _end_stopped(self, taken: Taken) -> None:
        content = self.porter.stopped(taken)
        now = self.clock.now()
        await self._write(partial(show_stopped, taken=taken, worker=self.worker, content=content, now=now))
        self.sent()

    async def _write(self, work: Callable[..., Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._in_session, work)

    def _in_session(self, work: Callable[..., Result]) -> Result:
        with system_session(self.engine) as session:
            return work(session)
