"""Work that has to end in time, whatever becomes of the first word to it that it should."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Result = TypeVar("Result")
AGAIN_SECONDS = 0.05
TRIES = 20


async def within(seconds: float, work: Awaitable[Result]) -> Result:
    """What the work comes to; TimeoutError where it takes longer.

    On Python 3.11 a cancellation can be lost where something else wakes the task at that moment; then it is said again.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
        if task.done():
            return task.result()
        raise TimeoutError
    finally:
        await _end(task)


async def _end(task: asyncio.Future[Result]) -> None:
    for _ in range(TRIES):
        if task.done():
            break
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_SECONDS)
    if task.done() and not task.cancelled():
        # Seen, so that nobody is told of an error that came too late to matter.
        task.exception()
