"""Thousands of events, many of them more than once, with kills in between: each is answered exactly once."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, func, select

from core.channels import Arrived
from core.identity import Role
from db import links
from db.engine import system_session
from db.people import add_person
from db.tables import Inbound, Outbound
from tests.conftest import NOW

LONG = bool(os.environ.get("DEALHAND_SOAK"))
EVENTS, KILLS, PEOPLE = (10_000, 3, 40) if LONG else (200, 3, 10)
DUPLICATES = 0.2
WINDOW = 50
"""Events that may be on their way at once."""
ROOT = Path(__file__).parents[3]


class Sender:
    """The service: sends what was not acknowledged until it is, to whichever process lives."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._unacknowledged: dict[int, str] = {}
        self._room = threading.Condition()
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._listening = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._listening.start()

    def send(self, number: int, line: str) -> None:
        with self._room:
            self._room.wait_for(lambda: len(self._unacknowledged) < WINDOW, timeout=60)
            self._unacknowledged[number] = line
        self._write(number, line)

    def kill(self) -> None:
        """Kill -9, start anew, and send again what was not acknowledged."""
        self._process.kill()
        self._process.wait()
        self._hang_up()
        self.start()
        with self._room:
            again = dict(self._unacknowledged)
        for number, line in again.items():
            self._write(number, line)

    def close(self) -> None:
        self._hang_up()
        self._process.wait(30)
        self._listening.join(30)

    @property
    def done(self) -> bool:
        return not self._unacknowledged

    def _hang_up(self) -> None:
        assert self._process.stdin
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def _write(self, number: int, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{number} {line}\n")
        self._process.stdin.flush()

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                with self._room:
                    self._unacknowledged.pop(int(line), None)
                    self._room.notify()


def _people(engine: Engine) -> None:
    with system_session(engine) as session:
        for number in range(PEOPLE):
            person = add_person(session, f"Person {number}", role=Role.REP, region=None, manager=None, now=NOW)
            links.link(session, "memory", f"u{number}", person.person_id, how="admin", by=None, now=NOW)


def _event(number: int) -> str:
    who = number % PEOPLE
    arrived = Arrived(
        channel="memory", key=f"e{number}", account=f"u{who}", place=f"dm{who}", message=f"m{number}",
        text=f"question {number}", private=True, at=NOW,
    )  # fmt: skip
    return arrived.model_dump_json()


def _waiting(engine: Engine) -> int:
    with system_session(engine) as session:
        waits = select(func.count()).where(Inbound.state.in_(["waiting", "taken"]))
        due = select(func.count()).where(Outbound.state.in_(["waiting", "sending"]))
        return (session.scalar(waits) or 0) + (session.scalar(due) or 0)


def test_each_message_is_answered_exactly_once(sqlite_engine: Engine, sqlite_url: str, tmp_path: Path) -> None:
    _people(sqlite_engine)
    chance, board = random.Random(7), tmp_path / "board.jsonl"
    module = "tests.connectors.reception.soaked"
    sender = Sender([sys.executable, "-m", module, str(tmp_path), sqlite_url, str(board)])
    kills = {EVENTS * (turn + 1) // (KILLS + 1) for turn in range(KILLS)}
    sent = 0
    for number in range(EVENTS):
        numbers = [number, *([chance.randrange(number + 1)] if chance.random() < DUPLICATES else [])]
        for one in numbers:
            sender.send(sent, _event(one))
            sent += 1
        if number in kills:
            sender.kill()
    end = time.monotonic() + (1800 if LONG else 120)
    while (not sender.done or _waiting(sqlite_engine)) and time.monotonic() < end:
        time.sleep(0.2)
    sender.close()
    last = [json.loads(line) for line in board.read_text(encoding="utf-8").split("\n") if line.strip().endswith("}")]
    refs = {line["ref"]: line for line in last}
    answered = Counter(line["content"]["reply"]["text"].rsplit(" ", 1)[-1] for line in refs.values())
    assert (sender.done, _waiting(sqlite_engine)) == (True, 0)
    assert len(answered) == EVENTS
    assert [one for one, times in answered.items() if times > 1] == []
