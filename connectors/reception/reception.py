"""The reception as a whole: the desk where things arrive, and the loops behind it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from os import getpid
from secrets import token_hex

import structlog
from sqlalchemy import Engine

from connectors.base import Pace
from connectors.reception.courier import Courier, Undelivered, ignore
from connectors.reception.desk import Desk
from connectors.reception.house import House
from connectors.reception.listening import listen
from connectors.reception.porter import Porter
from connectors.reception.turns import Turns
from core.ports import Assistant, Channel, Jobs, Workbench
from core.settings import Settings

log = structlog.get_logger("reception")
AGAIN_SECONDS = 5.0


@dataclass(frozen=True)
class Reception:
    """At work while it is open."""

    desk: Desk
    channels: Mapping[str, Channel]


@asynccontextmanager
async def open_reception(  # noqa: PLR0913 (it is handed all it works with)
    settings: Settings,
    engine: Engine,
    channels: Sequence[Channel],
    *,
    assistant: Assistant,
    workbench: Workbench | None = None,
    jobs: Jobs | None = None,
    undelivered: Undelivered = ignore,
    pace: Pace | None = None,
) -> AsyncIterator[Reception]:
    """Work on what arrives from `channels` and send what is due in them, until closed; then they are closed too."""
    chosen, worker = pace or Pace(), f"{socket.gethostname()}-{getpid()}-{token_hex(4)}"
    named = {channel.name: channel for channel in channels}
    courier = Courier(engine, settings.clock, worker, named, undelivered, chosen)
    house = House(settings, engine, assistant, named, workbench, jobs, chosen, courier.wake)
    turns = Turns(engine, settings.clock, worker, list(named), Porter(house), courier.wake, chosen)
    reception = Reception(Desk(engine, settings.clock, turns.wake), named)
    loops = [_kept(turns.run), _kept(courier.run)]
    loops += [_kept(_listener(engine, channel, worker, reception.desk, chosen)) for channel in channels]
    running = [asyncio.create_task(loop) for loop in loops] if channels else []
    try:
        yield reception
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for channel in channels:
            await channel.close()
        house.pool.shutdown()


def _listener(engine: Engine, channel: Channel, worker: str, desk: Desk, pace: Pace) -> Callable[[], Awaitable[None]]:
    return lambda: listen(engine, channel, worker, desk.accept, pace)


async def _kept(loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop again when it fails."""
    while True:
        try:
            await loop()
            return
        except Exception:
            log.exception("reception.loop_failed")
            await asyncio.sleep(AGAIN_SECONDS)
