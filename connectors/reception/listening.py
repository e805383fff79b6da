"""Listening to the channels that have to be asked: in one process at a time for each channel."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from connectors.base import Pace
from core.ports import Accept, Channel
from db.engine import system_session
from db.leases import hold_lease, let_go

log = structlog.get_logger("reception")


async def listen(engine: Engine, channel: Channel, worker: str, accept: Accept, pace: Pace) -> None:
    """Have the channel take in what arrives by itself, whenever no other process does."""
    name = f"listen:{channel.name}"
    holding = partial(_hold, engine, name, worker, pace.lease)
    try:
        while True:
            if await asyncio.to_thread(holding) and await _while_held(channel, accept, holding, pace):
                return
            await asyncio.sleep(pace.lease / 4)
    finally:
        with suppress(DBAPIError):
            await asyncio.to_thread(_leave, engine, name, worker)


async def _while_held(channel: Channel, accept: Accept, holding: Callable[[], bool], pace: Pace) -> bool:
    """Take in what arrives until another process does; True if there is nothing to ask for."""
    running = asyncio.create_task(channel.run(accept))
    try:
        while True:
            done, _ = await asyncio.wait({running}, timeout=pace.lease / 4)
            if done:
                return _ended(channel, running)
            if not await asyncio.to_thread(holding):
                return False
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _ended(channel: Channel, running: asyncio.Task[None]) -> bool:
    error = running.exception()
    if error is not None:
        log.error("channel.not_heard", channel=channel.name, exc_info=error)
    return error is None


def _hold(engine: Engine, name: str, worker: str, seconds: float) -> bool:
    try:
        with system_session(engine) as session:
            return hold_lease(session, name, worker, seconds)
    except DBAPIError:
        log.warning("channel.lease_not_kept", exc_info=True)
        return False


def _leave(engine: Engine, name: str, worker: str) -> None:
    with system_session(engine) as session:
        let_go(session, name, worker)
