"""The reception as a whole: the desk where things arrive, and the loops behind it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from os import getpid
from secrets import token_hex

import structlog

from connectors.reception.courier import Courier, Undelivered, ignore
from connectors.reception.desk import Desk
from connectors.reception.house import House
from connectors.reception.listening import listen
from connectors.reception.porter import Porter
from connectors.reception.rooms import Rooms
from connectors.reception.turns import Turns
from core.ports import Channel, Choosy

log = structlog.get_logger("reception")
AGAIN_SECONDS = 5.0


@dataclass(frozen=True)
class Reception:
    """At work while it is open."""

    desk: Desk
    channels: Mapping[str, Channel]


@asynccontextmanager
async def open_reception(
    house: House, channels: Sequence[Channel], undelivered: Undelivered = ignore
) -> AsyncIterator[Reception]:
    """Work on what arrives from `channels` and send what is due in them, until closed; then they are closed too."""
    worker, clock, pace = f"{socket.gethostname()}-{getpid()}-{token_hex(4)}", house.clock, house.pace
    house.channels = {channel.name: channel for channel in channels}
    courier = Courier(house.engine, clock, worker, house.channels, undelivered, pace)
    house.sent = courier.wake
    turns = Turns(house.engine, clock, worker, list(house.channels), Porter(house), courier.wake, pace)
    rooms = Rooms(house.engine)
    house.look = rooms.look
    await house.run(rooms.look)
    reception = Reception(Desk(house.engine, clock, turns.wake, rooms), house.channels)
    for channel in channels:
        if isinstance(channel, Choosy):
            channel.choose(reception.desk.wants)
    loops = [_kept(turns.run), _kept(courier.run), _kept(lambda: rooms.keep_looking(pace.rooms))]
    loops += [_kept(_listener(house, channel, worker, reception.desk)) for channel in channels]
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


def _listener(house: House, channel: Channel, worker: str, desk: Desk) -> Callable[[], Awaitable[None]]:
    return lambda: listen(house.engine, channel, worker, desk.accept, house.pace)


async def _kept(loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop again when it fails."""
    while True:
        try:
            await loop()
            return
        except Exception:
            log.exception("reception.loop_failed")
            await asyncio.sleep(AGAIN_SECONDS)
