"""Workers killed with -9 at every step: every call is processed once, nothing is missing, nothing is there twice.

Short here; `make soak` kills at every moment of every step, again and again.
"""

import os
from collections.abc import Callable, Sequence

import pytest

from tests.jobs.conftest import Firm, Workers

READS, WRITES = ("probe", "transcribe", "read", "triggers"), ("segments", "signals", "profile", "notify")
EVERY_STEP = [f"{step}:begin" for step in READS] + [f"{step}:write" for step in WRITES]
EVERY_MOMENT = [f"{step}:{moment}" for step in READS + WRITES for moment in ("begin", "done")] + EVERY_STEP[4:]
SOAK = "DEALHAND_SOAK" in os.environ
CALLS, TALKS = 3, 2
OF_ONE = {"messages": 3, "sentiments": 3, "signals": 3, "facts": 3, "notices": 3}

Hire = Callable[[Firm, Sequence[str]], Workers]


def killed(firm: Firm, hire: Hire, points: Sequence[str], number: int) -> None:
    """Have the work done by workers that die once at each of the points, and count what came of it."""
    for _ in range(CALLS):
        firm.call()
    for talk in range(TALKS):
        firm.talk(f"talk-{talk}")
    expected = {name: (CALLS + TALKS) * count for name, count in OF_ONE.items()} | {"segments": CALLS * 3}
    workers = hire(firm, points)
    workers.until(lambda: firm.states() == ["done"] * CALLS and firm.counts() == expected, number, seconds=120)
    assert workers.stop() == [0] * number
    assert workers.visited() == set(points)
    assert workers.deaths > len(points) // 2  # two points may share one death
    assert firm.counts() == expected


def test_one_worker_on_sqlite_is_killed_at_every_step(small_firm: Firm, hire: Hire) -> None:
    killed(small_firm, hire, EVERY_STEP, 1)


@pytest.mark.postgres
def test_two_workers_on_postgres_are_killed_at_every_step(postgres_firm: Firm, hire: Hire) -> None:
    killed(postgres_firm, hire, EVERY_STEP, 2)


@pytest.mark.skipif(not SOAK, reason="only in `make soak`")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_workers_are_killed_at_every_moment(firm: Firm, hire: Hire, number: int) -> None:
    killed(firm, hire, EVERY_MOMENT, number)
