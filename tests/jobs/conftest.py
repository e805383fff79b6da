"""A firm whose customers call and write, and worker processes that die."""

import json
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.identity import Identity, Role
from core.said import Incoming, IncomingConversation
from core.settings import Settings
from db.calls import Recording, file_call
from db.engine import open_engine, system_session
from db.intake import take_in, work_of
from db.matching import Match
from db.people import add_person
from db.tables import Account, Call, Conversation, Fact, Message, Notice, Segment, Sentiment, Signal
from tests.conftest import NOW
from tests.jobs.parts import work
from tools.calls.storage import Storage

COUNTED = (Message, Segment, Sentiment, Signal, Fact, Notice)
LINES = ("the price is too high", "hello there", "then we leave, at that price")


@dataclass
class Firm:
    """Max manages Rita, who owns the account; calls and conversations come in for it."""

    settings: Settings
    engine: Engine
    rita: Identity
    account: int
    made: list[str] = field(default_factory=list)

    def call(self, lines: Sequence[str] = LINES) -> str:
        """A call comes in; the id of it."""
        text = json.dumps([f"{line} {len(self.made)}" for line in lines]) if lines else "{}"
        stored = Storage(self.settings.files).put(BytesIO(text.encode()), "calls", megabytes=1)
        place = Match(account_id=self.account, owner_id=self.rita.person_id)
        recording = Recording(stored.content_hash, stored.name, "a.wav", stored.bytes, match=place)
        self.made.append(file_call(self.engine, self.rita, recording, NOW).call_id)
        return self.made[-1]

    def talk(self, name: str, lines: Sequence[str] = LINES) -> tuple[str, dict[str, Any]]:
        """A conversation comes in; the key and the payload of the work on it."""
        said = tuple(Incoming(f"{name}-{n}", "customer", line, NOW) for n, line in enumerate(lines))
        with system_session(self.engine) as session:
            coming = [IncomingConversation(name, "chat", said, account="Acme")]
            found = take_in(session, coming, source="api", by=self.rita, now=NOW).conversations[0]
            last = session.scalar(select(func.max(Message.id)).where(Message.conversation_id == found))
        work = work_of(found, last or 0)
        return work.key, dict(work.payload)

    def counts(self) -> dict[str, int]:
        """How many rows there are of all that the pipelines write."""
        with system_session(self.engine) as session:
            return {
                model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0 for model in COUNTED
            }

    def states(self) -> list[str]:
        with system_session(self.engine) as session:
            return list(session.scalars(select(Call.status).order_by(Call.id)))

    def unread(self) -> int:
        with system_session(self.engine) as session:
            read = select(Sentiment.message_id)
            return session.scalar(select(func.count()).select_from(Message).where(Message.id.not_in(read))) or 0

    def told(self) -> list[tuple[int, str, str]]:
        with system_session(self.engine) as session:
            rows = session.execute(select(Notice.person_id, Notice.kind, Notice.detail).order_by(Notice.id))
            return [(row[0], row[1], row[2].get("signal", row[2].get("code"))) for row in rows]

    def conversations(self) -> int:
        with system_session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(Conversation)) or 0


def firm_of(url: str, home: Path) -> Firm:
    settings = Settings(home=home, database_url=url, now=NOW, _env_file=None)
    engine = open_engine(url)
    with system_session(engine) as session:
        add_person(session, "Max", role=Role.MANAGER, region="East", manager=None, now=NOW)
        rita = add_person(session, "Rita", role=Role.REP, region="East", manager="Max", now=NOW)
        origin = {"source": "t", "external_id": "a", "custom": {}, "loaded_at": NOW}
        account = Account(**origin, name="Acme", owner_id=rita.person_id)
        session.add(account)
        session.flush()
        return Firm(settings, engine, rita, account.id)


@pytest.fixture
def firm(database_url: str, tmp_path: Path) -> Iterator[Firm]:
    """The firm on each database in turn."""
    made = firm_of(database_url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def small_firm(sqlite_url: str, tmp_path: Path) -> Iterator[Firm]:
    """The firm on SQLite."""
    made = firm_of(sqlite_url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def postgres_firm(postgres_url: str, tmp_path: Path) -> Iterator[Firm]:
    """The firm on PostgreSQL."""
    made = firm_of(postgres_url, tmp_path)
    yield made
    made.engine.dispose()


@dataclass
class Workers:
    """Real processes, started anew as they die."""

    arguments: dict[str, Any]
    target: Callable[[dict[str, Any]], None] = work
    processes: list[ForkServerProcess] = field(default_factory=list)
    deaths: int = 0

    def keep(self, number: int) -> None:
        """Count the dead, and see to it that `number` live."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(
            ["tests.jobs.parts", "tests.jobs.ticking", "jobs.worker", "jobs.runtime", "dbos"]
        )
        for one in [one for one in self.processes if not one.is_alive()]:
            one.join()
            assert one.exitcode == -9, f"a worker ended by itself: {one.exitcode}"
            self.deaths += 1
            self.processes.remove(one)
        while len(self.processes) < number:
            process = context.Process(target=self.target, args=(self.arguments,))
            process.start()
            self.processes.append(process)

    def kill(self, chance: random.Random) -> None:
        """One of them dies."""
        one = chance.choice(self.processes)
        one.kill()
        one.join()

    def until(self, done: Callable[[], bool], number: int, seconds: float = 60, pause: float = 0.05) -> None:
        """Keep `number` alive until `done`."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, "the work did not get done"
            self.keep(number)
            time.sleep(pause)

    def visited(self) -> set[str]:
        """The points at which one of them died."""
        return {mark.name.replace("-", ":") for mark in Path(self.arguments["marks"]).iterdir()}

    def stop(self) -> list[int | None]:
        """End all as an operator would; their exit codes."""
        for one in self.processes:
            one.terminate()
        for one in self.processes:
            one.join(20)
            if one.is_alive():
                one.kill()
                one.join()
        codes = [one.exitcode for one in self.processes]
        self.processes.clear()
        return codes


@pytest.fixture
def hire(tmp_path: Path) -> Iterator[Callable[[Firm, Sequence[str]], Workers]]:
    """Makes workers for a firm that die once at each of the points."""
    made: list[Workers] = []

    def workers(firm: Firm, points: Sequence[str] = ()) -> Workers:
        marks = tmp_path / "marks"
        marks.mkdir(exist_ok=True)
        settings = {"home": str(firm.settings.home), "database_url": firm.settings.database_url, "now": NOW.isoformat()}
        made.append(Workers({"settings": settings, "points": list(points), "marks": str(marks)}))
        return made[-1]

    yield workers
    for one in made:
        one.stop()
