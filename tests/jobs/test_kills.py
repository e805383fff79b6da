"""Workers killed with -9 at every step: every call is processed once, nothing is missing, nothing is there twice."""

from collections.abc import Callable, Sequence

import pytest

from tests.jobs.conftest import Firm, Workers

STEPS = ("probe", "transcribe", "segments", "read", "signals", "profile", "triggers", "notify")
WRITES = ("segments", "signals", "profile", "notify")
POINTS = [f"{step}:{moment}" for step in STEPS for moment in ("begin", "done")] + [f"{step}:write" for step in WRITES]
EXPECTED_OF_ONE = {"messages": 3, "segments": 3, "sentiments": 3, "signals": 3, "facts": 3, "notices": 3}


@pytest.mark.parametrize("points", [POINTS[0::4], POINTS[2::4], POINTS[1::4], POINTS[3::4]], ids="abcd")
def test_killed_workers_lose_nothing_and_do_nothing_twice(
    firm: Firm, hire: Callable[[Firm, Sequence[str]], Workers], points: Sequence[str]
) -> None:
    for _ in range(3):
        firm.call()
    for number in range(2):
        firm.talk(f"talk-{number}")
    workers = hire(firm, points)
    workers.until(lambda: firm.states() == ["done"] * 3 and firm.unread() == 0 and firm.counts()["notices"] == 15, 2)
    assert workers.stop() == [0, 0]
    assert workers.visited() == set(points)
    assert workers.deaths > len(points) // 2  # two points may share one death
    counts = firm.counts()
    assert counts == {name: 5 * count - (6 if name == "segments" else 0) for name, count in EXPECTED_OF_ONE.items()}
