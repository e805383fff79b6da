"""Several workers over one PostgreSQL: what arrived is worked on once, in order, and outlives whoever had it."""

import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors.reception.desk import Desk
from core.channels import Arrived, Content
from core.clock import Clock
from core.identity import Role
from db import inbound, links, outbound
from db.engine import system_session
from db.inbound import Taken
from db.people import add_person
from db.tables import Inbound, Outbound
from tests.conftest import NOW
from tests.fakes.slack_server import SlackServer, slack_server
from tests.fakes.slack_world import BOT, person

ROOT = Path(__file__).parents[3]
PEOPLE, EACH = 6, 6
ALL = PEOPLE * EACH

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


def arrived(number: int, *, who: int = 0, slow: bool = False) -> Arrived:
    account = f"U{who}"
    return Arrived(
        channel="slack", key=f"e{number}", account=account, place=f"D{account}", message=f"{number}.0",
        text=f"{'slow 1 ' if slow else ''}question {number:03}", private=True, addressed=True, at=NOW,
    )  # fmt: skip


@contextmanager
def open_workspace(engine: Engine) -> Iterator[SlackServer]:
    """Everybody is linked."""
    with slack_server() as server, system_session(engine) as session:
        for number in range(PEOPLE):
            made = add_person(session, f"Person {number}", role=Role.REP, region=None, manager=None, now=NOW)
            account = f"U{number}"
            links.link(session, "slack", account, made.person_id, how="admin", by=None, now=NOW)
            server.world.people[account] = person(account)
            server.world.channels[f"D{account}"] = {BOT, account}
        session.commit()
        yield server


@contextmanager
def hired(number: int, home: Path, url: str, server: SlackServer) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Worker processes that are at work, gone at the end."""
    command = [sys.executable, "-m", "tests.connectors.reception.working", str(home), url, server.url]
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    running = [subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=null) for _ in range(number)]
    try:
        for one in running:
            assert one.stdout
            assert one.stdout.readline() == b"ready\n"
        yield running
    finally:
        for one in running:
            one.kill()
            one.communicate()


def until(good: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not good():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.02)


def states(engine: Engine) -> Counter[str]:
    with system_session(engine) as session:
        return Counter(session.scalars(select(Inbound.state)))


def unsent(engine: Engine) -> int:
    with system_session(engine) as session:
        due = select(func.count()).where(Outbound.state.in_(["waiting", "sending"]))
        return session.scalar(due) or 0


def holders(engine: Engine) -> set[str]:
    with system_session(engine) as session:
        return {one for one in session.scalars(select(Inbound.taken_by)) if one}


def said(server: SlackServer) -> dict[str, list[str]]:
    """What was answered to each account, in the order in which it stands there."""
    found: dict[str, list[str]] = {}
    for one in server.world.said():
        found.setdefault(one.channel, []).append(one.words)
    return found


def test_each_message_is_answered_once_and_in_order_though_a_worker_dies(
    postgres_engine: Engine, postgres_url: str, tmp_path: Path
) -> None:
    desks = [Desk(postgres_engine, Clock(NOW)) for _ in range(2)]
    with open_workspace(postgres_engine) as server, hired(2, tmp_path, postgres_url, server) as workers:
        with ThreadPoolExecutor(4) as pool:
            for number in range(ALL):
                event = arrived(number, who=number % PEOPLE, slow=number < PEOPLE)
                accepted = list(pool.map(lambda desk, event=event: desk.accept(event), desks * 2))
                assert accepted.count(True) == 1
        until(lambda: len(holders(postgres_engine)) == 2)
        workers[0].kill()
        workers[0].wait()
        assert any(f"-{workers[0].pid}-" in one for one in holders(postgres_engine))
        until(lambda: states(postgres_engine) == Counter(done=ALL) and not unsent(postgres_engine))
        for number in range(PEOPLE):
            asked = [f"question {one:03}" for one in range(ALL) if one % PEOPLE == number]
            words = said(server)[f"DU{number}"]
            assert [next((one for one in asked if one in text), text) for text in words] == asked


def take(session: Session, worker: str, most: int = 8) -> list[Taken]:
    return inbound.take(session, worker, ["slack"], most=most, seconds=60)


def test_what_becomes_visible_late_waits_for_what_is_being_taken(postgres_engine: Engine) -> None:
    """The id of an arrival is given before it is committed: the second of a lane may be seen first."""
    with Session(postgres_engine) as early, Session(postgres_engine) as taker, ThreadPoolExecutor(1) as pool:
        assert inbound.claim(early, arrived(1), NOW) is not None
        with system_session(postgres_engine) as session:
            second = inbound.claim(session, arrived(2), NOW)
        assert [one.id for one in take(taker, "a")] == [second]
        early.commit()

        def other() -> list[Taken]:
            with system_session(postgres_engine) as session:
                return take(session, "b")

        waiting = pool.submit(other)
        time.sleep(0.3)
        assert not waiting.done()
        taker.commit()
        assert waiting.result(10) == []


def together(work: Callable[[str], list[int]], workers: int = 6) -> list[int]:
    """What all of them took who took at the same moment, over and over until nothing was left."""
    barrier = threading.Barrier(workers)

    def one(worker: str) -> list[int]:
        barrier.wait()
        found: list[int] = []
        while got := work(worker):
            found += got
        return found

    with ThreadPoolExecutor(workers) as pool:
        return [number for found in pool.map(one, [f"w{n}" for n in range(workers)]) for number in found]


def test_of_many_who_take_at_once_each_arrival_is_one_s(postgres_engine: Engine) -> None:
    with system_session(postgres_engine) as session:
        for number in range(60):
            inbound.claim(session, arrived(number, who=number % 30), NOW)

    def work(worker: str) -> list[int]:
        with system_session(postgres_engine) as session:
            return [one.id for one in take(session, worker, 3)]

    taken = together(work)
    with system_session(postgres_engine) as session:
        firsts = select(func.min(Inbound.id)).group_by(Inbound.lane)
        assert sorted(taken) == sorted(session.scalars(firsts))


def put(session: Session, number: int, place: str) -> None:
    outbound.put(session, f"k{number}", "slack", place, Content(text=str(number)), now=NOW)


def test_of_many_who_send_at_once_each_message_is_one_s(postgres_engine: Engine) -> None:
    with system_session(postgres_engine) as session:
        for number in range(60):
            put(session, number, f"D{number}")

    def work(worker: str) -> list[int]:
        with system_session(postgres_engine) as session:
            return [one.id for one in outbound.take_due(session, ["slack"], worker, most=3, seconds=60, now=NOW)]

    taken = together(work)
    assert len(taken) == 60
    assert len(set(taken)) == 60


def test_of_two_who_change_messages_of_one_place_one_waits(postgres_engine: Engine) -> None:
    """At most one message a place is on its way, even where both have been posted and are to be changed."""
    with system_session(postgres_engine) as session:
        for number in range(2):
            put(session, number, "D1")
    for _ in range(2):
        with system_session(postgres_engine) as session:
            (due,) = outbound.take_due(session, ["slack"], "a", most=8, seconds=60, now=NOW)
            outbound.sent(session, due, "a", f"r{due.id}", NOW)
    with system_session(postgres_engine) as session:
        for number in range(2):
            outbound.change(session, f"k{number}", Content(text="changed"))
    with Session(postgres_engine) as first, ThreadPoolExecutor(1) as pool:
        assert len(outbound.take_due(first, ["slack"], "a", most=8, seconds=60, now=NOW)) == 1

        def other() -> int:
            with system_session(postgres_engine) as session:
                return len(outbound.take_due(session, ["slack"], "b", most=8, seconds=60, now=NOW))

        waiting = pool.submit(other)
        time.sleep(0.3)
        first.commit()
        assert waiting.result(10) == 0


def test_no_two_locks_are_one() -> None:
    """Whoever indexes would else wait for whoever writes the audit, and the other way round."""
    held = [line for file in (ROOT / "db").rglob("*.py") for line in re.findall(r"= (4_271_\d+_\d+)", file.read_text())]
    assert len(held) >= 5
    assert [one for one, times in Counter(held).items() if times > 1] == []
