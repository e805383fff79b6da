"""Work ends in time, even where it does not hear the first cancellation."""

import asyncio
import time

import pytest

from agent.deadline import within


async def _deaf(times: int) -> None:
    for _ in range(times):
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            continue
    await asyncio.sleep(30)


async def test_what_is_done_in_time_is_handed_over() -> None:
    assert await within(5, asyncio.sleep(0, "done")) == "done"


@pytest.mark.parametrize("times", [0, 1, 3])
async def test_what_takes_longer_is_ended(times: int) -> None:
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        await within(0.05, _deaf(times))
    assert time.monotonic() - started < 10


async def test_an_error_is_the_caller_s() -> None:
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await within(5, fail())


async def test_whoever_is_cancelled_ends_the_work_too() -> None:
    ended: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(True)

    waiting = asyncio.create_task(within(30, work()))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == [True]
