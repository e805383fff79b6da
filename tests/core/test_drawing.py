import os
import signal

import pytest
from anyio import BrokenWorkerProcess

from core.drawing import Look, draw_apart, draw_svg
from core.reply import Chart
from tests.web.standin import RANKING

BARS = Chart(kind="bar", x="region", y="revenue")


async def test_charts_are_drawn_in_one_other_process() -> None:
    first, second = await draw_apart(os.getpid), await draw_apart(os.getpid)
    assert first == second != os.getpid()


async def test_a_drawing_process_that_was_killed_is_replaced() -> None:
    killed = await draw_apart(os.getpid)
    os.kill(killed, signal.SIGKILL)
    assert "<svg" in await draw_svg(RANKING, BARS, Look())
    assert await draw_apart(os.getpid) != killed


async def test_what_kills_the_drawing_process_twice_is_given_up_and_the_next_is_drawn() -> None:
    with pytest.raises(BrokenWorkerProcess):
        await draw_apart(os._exit, 1)
    assert "<svg" in await draw_svg(RANKING, BARS, Look())
