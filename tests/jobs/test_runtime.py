"""The port: work under keys, steps, waiting, schedules, and who does it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from core.clock import Clock
from core.errors import Bug, UserError
from db.engine import system_session
from db.leases import living, take_lease
from db.tables import Lease
from jobs.failed import Failed
from jobs.flow import Flow, Plan, Schedule
from jobs.pace import Pace
from jobs.runtime import Jobs, open_jobs
from jobs.work import Work
from tests.jobs.conftest import Firm
from tests.jobs.parts import QUICK

Run = Callable[[Work, Mapping[str, Any]], None]
SOON = 20.0


@contextmanager
def at_work(firm: Firm, *flows: Flow, schedules: tuple[Schedule, ...] = (), pace: Pace = QUICK) -> Iterator[Jobs]:
    plan = Plan(flows, schedules)
    with open_jobs(firm.settings, firm.engine, None, pace=pace, plan=lambda *given: plan) as jobs:  # type: ignore[arg-type]
        yield jobs


def test_work_under_a_key_is_done_once(firm: Firm) -> None:
    done: list[int] = []

    def count(work: Work, payload: Mapping[str, Any]) -> None:
        work.step("count", lambda: done.append(payload["number"]))

    with at_work(firm, Flow("count", count)) as jobs:
        for _ in range(3):
            jobs.enqueue("count", "count:1", {"number": 1})
        assert jobs.settled("count:1", SOON)
        jobs.enqueue("count", "count:1", {"number": 1})
        jobs.enqueue("count", "count:2", {"number": 2})
        assert jobs.settled("count:2", SOON)
        assert jobs.status("count:1") == "done"
        assert jobs.status("count:3") is None
        assert not jobs.settled("count:3", 0.1)
    assert done == [1, 2]


def test_work_is_done_once_across_restarts(small_firm: Firm) -> None:
    done: list[str] = []
    flow = Flow("count", lambda work, payload: work.step("count", lambda: done.append(work.key)))
    for _ in range(2):
        with at_work(small_firm, flow) as jobs:
            jobs.enqueue("count", "count:1", {})
            assert jobs.settled("count:1", SOON)
    assert done == ["count:1"]


def test_a_step_that_fails_for_good_says_why(small_firm: Firm) -> None:
    caught: list[Failed] = []

    class NoSense(UserError):
        code = "not_found"

    def fails() -> None:
        raise NoSense(name="x", number=1)

    def run(work: Work, payload: Mapping[str, Any]) -> None:
        try:
            work.step("fails", fails)
        except Failed as failed:
            caught.append(failed)

    with at_work(small_firm, Flow("run", run)) as jobs:
        jobs.enqueue("run", "run:1", {})
        assert jobs.settled("run:1", SOON)
    assert [(one.code, one.params) for one in caught] == [("not_found", {"name": "x", "number": 1})]


def test_a_step_that_may_succeed_is_tried_again(small_firm: Firm) -> None:
    tries: list[int] = []

    def shaky() -> int:
        tries.append(1)
        if len(tries) < 2:
            raise ConnectionError
        return 7

    found: list[int] = []
    with at_work(small_firm, Flow("run", lambda work, payload: found.append(work.step("shaky", shaky)))) as jobs:
        jobs.enqueue("run", "run:1", {})
        assert jobs.settled("run:1", SOON)
    assert (found, len(tries)) == ([7], 2)


def test_waiting_for_a_signal_and_giving_up(firm: Firm) -> None:
    heard: list[Any] = []

    def run(work: Work, payload: Mapping[str, Any]) -> None:
        heard.append(work.wait_for("ack", payload["seconds"]))

    with at_work(firm, Flow("run", run)) as jobs:
        jobs.enqueue("run", "run:1", {"seconds": SOON})
        jobs.enqueue("run", "run:2", {"seconds": 0.2})
        assert jobs.settled("run:2", SOON)
        jobs.signal("run:1", "ack", {"by": "Rita"})
        assert jobs.settled("run:1", SOON)
    assert heard == [None, {"by": "Rita"}]


def test_sleeping_until_a_moment(small_firm: Firm) -> None:
    began = time.monotonic()
    moment = small_firm.settings.clock.now() + timedelta(seconds=0.5)
    with at_work(small_firm, Flow("run", lambda work, payload: work.sleep_until(moment))) as jobs:
        jobs.enqueue("run", "run:1", {})
        assert jobs.settled("run:1", SOON)
    assert time.monotonic() - began >= 0.5


def test_a_schedule_starts_by_itself(small_firm: Firm) -> None:
    fired = threading.Event()
    every_second = Schedule("tick", "* * * * * *", lambda work, payload: fired.set())
    with at_work(small_firm, schedules=(every_second,)) as jobs:
        jobs.opened()
        assert fired.wait(SOON)


def test_without_a_worker_work_waits(small_firm: Firm) -> None:
    done: list[str] = []
    flow = Flow("count", lambda work, payload: done.append(work.key))
    idle = Firm(
        small_firm.settings.model_copy(update={"worker": False}),
        small_firm.engine,
        small_firm.rita,
        small_firm.account,
    )
    with at_work(idle, flow) as jobs:
        jobs.enqueue("count", "count:1", {})
        deadline = time.monotonic() + SOON
        while jobs.status("count:1") != "waiting":
            assert time.monotonic() < deadline
        assert not jobs.settled("count:1", 0.5)
    with at_work(small_firm, flow) as jobs:
        assert jobs.settled("count:1", SOON)
    assert done == ["count:1"]


def test_what_was_ordered_is_kept_however_soon_the_process_ends(small_firm: Firm) -> None:
    with at_work(small_firm, Flow("run", lambda work, payload: None), pace=Pace(quiet=60)) as jobs:
        jobs.enqueue("run", "run:1", {})
    with at_work(small_firm, Flow("run", lambda work, payload: None)) as jobs:
        assert jobs.settled("run:1", SOON)


def test_a_clean_stop_gives_work_back(firm: Firm) -> None:
    begun, steps = threading.Event(), list[str]()

    def run(work: Work, payload: Mapping[str, Any]) -> None:
        work.step("first", lambda: steps.append("first"))
        begun.set()
        if len(steps) == 1:
            work.floor.stopping.wait(SOON)
        work.step("second", lambda: steps.append("second"))

    with at_work(firm, Flow("run", run)) as jobs:
        jobs.enqueue("run", "run:1", {})
        assert begun.wait(SOON)
    with system_session(firm.engine) as session:
        assert living(session) == set()
    steps.append("between")
    patient = Pace(quiet=0, poll=0.1, beat=60, silence=120, settle=60)
    with at_work(firm, Flow("run", run), pace=patient) as jobs:
        assert jobs.settled("run:1", SOON)
    assert steps == ["first", "between", "second"]


def test_a_write_that_fails_for_good_leaves_nothing(firm: Firm) -> None:
    caught: list[str] = []

    def write(session: Any) -> None:
        take_lease(session, "ghost", "")
        session.flush()
        raise Bug

    def run(work: Work, payload: Mapping[str, Any]) -> None:
        try:
            work.once("write", write)
        except Failed as failed:
            caught.append(failed.code)

    with at_work(firm, Flow("run", run)) as jobs:
        jobs.enqueue("run", "run:1", {})
        assert jobs.settled("run:1", SOON)
        with system_session(firm.engine) as session:
            assert "ghost" not in living(session)
    assert caught == ["bug"]


def test_two_processes_never_share_a_name(small_firm: Firm) -> None:
    names = set[str]()
    for _ in range(2):
        with at_work(small_firm) as jobs:
            jobs.opened()
            with system_session(small_firm.engine) as session:
                names |= living(session)
    assert len(names) == 2


def test_the_engine_is_opened_once_a_process(small_firm: Firm) -> None:
    done: list[str] = []
    flow = Flow("run", lambda work, payload: done.append(work.key))
    with at_work(small_firm, flow) as first, at_work(small_firm, flow) as second:
        second.enqueue("run", "run:1", {})
        assert first.settled("run:1", SOON)
    assert done == ["run:1"]


ALONE = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        print("NETWORK", event, arguments, file=sys.stderr)
sys.addaudithook(watch)
from core.logging import set_up_logging
from core.settings import Settings
from db.engine import open_engine
from db.migrations.run import migrate
from jobs.flow import Flow, Plan
from jobs.runtime import open_jobs
from tests.jobs.parts import QUICK
settings = Settings(home=sys.argv[1], _env_file=None)
set_up_logging(settings.log_level)
migrate(settings.database)
engine = open_engine(settings.database)
plan = Plan((Flow("run", lambda work, payload: work.step("one", lambda: None)),))
with open_jobs(settings, engine, None, pace=QUICK, plan=lambda *given: plan) as jobs:
    jobs.enqueue("run", "run:1", {})
    assert jobs.settled("run:1", 20)
"""


def test_the_engine_is_silent_and_stays_inside(small_firm: Firm) -> None:
    command = [sys.executable, "-c", ALONE, str(small_firm.settings.home / "alone")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_leases_are_judged_by_real_time(firm: Firm) -> None:
    with system_session(firm.engine) as session:
        take_lease(session, "one", "calls")
        heard = session.get_one(Lease, "one").heard_at
    assert abs((heard - Clock().now()).total_seconds()) < 60
    assert firm.settings.clock.now() != heard


@pytest.mark.parametrize("left", [True, False])
def test_the_work_of_the_dead_goes_to_the_living(firm: Firm, left: bool) -> None:
    from dbos import DBOSClient  # noqa: PLC0415 (only here)

    with at_work(firm) as jobs:
        client = jobs.opened()
        assert isinstance(client, DBOSClient)
    done: list[str] = []
    with at_work(firm, Flow("run", lambda work, payload: done.append(work.key))) as jobs:
        client = jobs.opened()
        _begun_by_the_dead(client)
        if left:
            with system_session(firm.engine) as session:
                take_lease(session, "dead", "calls")
        assert jobs.settled("run:1", SOON)
    assert done == ["run:1"]


def _begun_by_the_dead(client: Any) -> None:
    from jobs.engine import VERSION, enqueue  # noqa: PLC0415 (heavy)

    enqueue(client, "run", "run:1", {}, "nobodys")
    tables = client._sys_db.tables.workflow_status
    with client._sys_db.engine.begin() as connection:
        values = {"status": "PENDING", "executor_id": "dead", "application_version": VERSION, "queue_name": "talks"}
        connection.execute(tables.update().where(tables.c.workflow_uuid == "run:1").values(**values))
