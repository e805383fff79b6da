"""Timers: set, moved, cancelled, fired once by whoever comes first, and tried again when they fail."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.clock import Clock
from db.engine import system_session
from db.tables import Notice, Timer
from db.timers import cancel_timers, set_timer
from jobs.timers import Ticker
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)


class Hand:
    """A clock that is moved by hand, and what fired when it showed what."""

    def __init__(self) -> None:
        self.now = NOW
        self.fired: list[str] = []
        self.clock = Clock(source=lambda: self.now)

    def note(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        self.fired.append(payload["name"])

    def ticker(self, engine: Engine) -> Ticker:
        return Ticker(engine, self.clock, {"note": self.note, "fail": self.fail})

    def fail(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        session.add(Notice(key="half done", person_id=1, kind="x", detail={}, at=now))
        self.fired.append("failed")
        raise ValueError


def put(engine: Engine, name: str, due_at: datetime, kind: str = "note") -> None:
    with system_session(engine) as session:
        set_timer(session, name, kind, {"name": name}, due_at)


def test_what_is_due_fires_once_the_longest_due_first(engine: Engine) -> None:
    hand = Hand()
    ticker = hand.ticker(engine)
    put(engine, "b", NOW)
    put(engine, "a", NOW - MINUTE)
    put(engine, "later", NOW + MINUTE)
    assert ticker.tick() == 2
    assert ticker.tick() == 0
    assert hand.fired == ["a", "b"]
    hand.now += MINUTE
    assert ticker.tick() == 1
    put(engine, "a", NOW)
    assert ticker.tick() == 0
    assert hand.fired == ["a", "b", "later"]


def test_one_that_has_not_fired_can_be_moved_or_cancelled(engine: Engine) -> None:
    hand = Hand()
    put(engine, "a", NOW)
    put(engine, "a", NOW + MINUTE)
    put(engine, "b", NOW)
    with system_session(engine) as session:
        assert cancel_timers(session, ["b", "unknown"]) == 1
    assert hand.ticker(engine).tick() == 0
    hand.now += MINUTE
    assert hand.ticker(engine).tick() == 1
    with system_session(engine) as session:
        assert cancel_timers(session, ["a"]) == 0


def test_of_several_that_look_at_once_one_fires_each(engine: Engine) -> None:
    hand = Hand()
    for number in range(40):
        put(engine, str(number), NOW)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda ticker: ticker.tick(), [hand.ticker(engine) for _ in range(4)]))
    assert sorted(hand.fired, key=int) == [str(number) for number in range(40)]


def test_one_that_fails_leaves_nothing_is_tried_again_later_and_blocks_nobody(engine: Engine) -> None:
    hand = Hand()
    ticker = hand.ticker(engine)
    put(engine, "bad", NOW - MINUTE, kind="fail")
    put(engine, "good", NOW)
    ticker.tick()
    assert hand.fired == ["failed", "good"]
    assert ticker.tick() == 0
    for wait in (1, 2, 4, 8):
        hand.now += timedelta(seconds=wait)
        assert ticker.tick() == 1
        assert ticker.tick() == 0
    with system_session(engine) as session:
        assert session.scalar(select(Timer.attempts).where(Timer.key == "bad")) == 5
        assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_a_kind_that_this_process_does_not_know_is_left_to_others(engine: Engine) -> None:
    hand = Hand()
    put(engine, "a", NOW, kind="new")
    assert hand.ticker(engine).tick() == 0
    newer = Ticker(engine, hand.clock, {"new": hand.note})
    assert newer.tick() == 1


def test_it_looks_by_itself_while_it_runs(engine: Engine) -> None:
    hand = Hand()
    ticker = hand.ticker(engine)
    ticker.start()
    put(engine, "a", NOW)
    deadline = time.monotonic() + 10
    while not hand.fired and time.monotonic() < deadline:
        time.sleep(0.02)
    ticker.stop(5)
    put(engine, "b", NOW)
    time.sleep(0.7)
    assert hand.fired == ["a"]
