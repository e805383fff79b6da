import os
import signal

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
