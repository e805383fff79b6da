"""The loop that sends what is due: posts once, edits what changed, waits as long as the channel asks."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from connectors.base import MOST_TRIES, NOTICE_TRIES, Pace
from core.channels import ChannelBusy, ChannelRefused
from core.clock import Clock
from core.ports import Channel
from db import links, outbound
from db.engine import system_session
from db.outbound import Due

log = structlog.get_logger("courier")
Result = TypeVar("Result")
Undelivered = Callable[[Session, int], None]
"""A message will never be delivered: told in the transaction that gives it up, by its id in `outbound`."""


def ignore(session: Session, outbound_id: int) -> None:
    """Nobody is told another way."""


@dataclass
class Courier:
    """Sends what is due under the name `worker`."""

    engine: Engine
    clock: Clock
    worker: str
    channels: Mapping[str, Channel]
    undelivered: Undelivered = ignore
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="courier")

    def wake(self) -> None:
        """Look at once; from the loop."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled; what is being sent then is looked for by whoever sends next."""
        try:
            while True:
                self._woken.clear()
                if not await self._take():
                    with suppress(TimeoutError):
                        # Not wait_for: it swallows being cancelled where it was woken at the same moment.
                        async with asyncio.timeout(self.pace.poll):
                            await self._woken.wait()
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            self._pool.shutdown()

    async def _take(self) -> int:
        free = self.pace.at_once - len(self._running)
        if free <= 0:
            return 0
        taking = partial(
            outbound.take_due,
            channels=list(self.channels),
            worker=self.worker,
            most=free,
            seconds=self.pace.send + 5,
            now=self.clock.now(),
        )
        try:
            found = await self._write(taking)
        except DBAPIError:
            log.warning("outbound.not_read", exc_info=True)
            return 0
        for due in found:
            task = asyncio.create_task(self._deliver(due))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(found)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()

    async def _deliver(self, due: Due) -> None:
        try:
            await self._write(await self._try(due))
        except DBAPIError:
            # Its lease ends, and whoever comes next looks whether it was sent.
            log.exception("outbound.not_kept", outbound=due.id)

    async def _try(self, due: Due) -> Callable[[Session], object]:
        """Send it; what is to be kept of that."""
        try:
            async with asyncio.timeout(self.pace.send):
                ref = await self._show(due)
        except ChannelBusy as error:
            return self._wait(due, error.seconds, str(error))
        except TimeoutError:
            return self._wait(due, None, "time-out")
        except ChannelRefused as error:
            log.warning("outbound.refused", outbound=due.id, channel=due.channel, reason=str(error))
            return partial(self._give_up, due=due, error=str(error))
        except Exception as error:
            log.exception("outbound.not_sent", outbound=due.id, channel=due.channel)
            return self._wait(due, None, repr(error)[:500])
        return partial(outbound.sent, due=due, worker=self.worker, ref=ref, now=self.clock.now())

    async def _show(self, due: Due) -> str:
        channel, message = self.channels[due.channel], due.outgoing
        if message.place.startswith("@"):
            message = replace(message, place=await self._address(channel, message.place.removeprefix("@")))
        ref = due.ref
        if ref is None and due.since is not None:
            ref = await channel.find(message, due.since)
        return await (channel.post(message) if ref is None else channel.edit(ref, message))

    async def _address(self, channel: Channel, account: str) -> str:
        known = await self._write(partial(links.address_of, channel=channel.name, account=account))
        if known is not None:
            return known
        place = await channel.direct(account)
        await self._write(partial(links.keep_address, channel=channel.name, account=account, address=place))
        return place

    def _wait(self, due: Due, seconds: float | None, error: str) -> Callable[[Session], object]:
        if due.attempts >= (MOST_TRIES if due.notice_id is None else NOTICE_TRIES):
            return partial(self._give_up, due=due, error=error)
        pause = min(self.pace.backoff * 2 ** min(due.attempts - 1, 20), self.pace.longest_backoff)
        log.info("outbound.waits", outbound=due.id, channel=due.channel, seconds=seconds or pause, reason=error)
        waiting = partial(outbound.busy, due=due, worker=self.worker, error=error, unsure=seconds is None)
        return partial(waiting, seconds=pause if seconds is None else seconds)

    def _give_up(self, session: Session, due: Due, error: str) -> None:
        if outbound.refused(session, due, self.worker, error):
            self.undelivered(session, due.id)

    async def _write(self, work: Callable[[Session], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._in_session, work)

    def _in_session(self, work: Callable[[Session], Result]) -> Result:
        with system_session(self.engine) as session:
            return work(session)
