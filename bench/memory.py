"""Searching 300,000 messages: everything, one account, a rep's and a manager's; how long it takes to index them.

Beside the time a search takes there is the processor's time it needs, which other programs hardly change.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, delete, func, insert, select

from bench.figures import emit, quantile
from core.identity import Identity, Role
from core.said import Filters
from core.settings import Settings
from db.engine import open_engine, system_session
from db.memory import Entry, Ledger
from db.migrations.run import migrate
from db.people import add_person
from db.tables import Account, Conversation, Message, ToRemember
from evals.measures.memory import Probe, load
from tools.memory import meaning
from tools.memory.indexer import VERSION
from tools.memory.memory import Memory
from tools.memory.ranking import FIELD
from tools.memory.vectors import pack
from tools.memory.words import words_of

MESSAGES = 300_000
LINES = 10
ACCOUNTS = 1000
REPS = 50
TEAM = 5
QUESTIONS = 200
NOW = datetime(2026, 6, 17, 4, tzinfo=UTC)
MARK = {"source": "bench", "custom": {}, "loaded_at": NOW}


def settings_of(size: int) -> Settings:
    """A home that is kept between runs: filling it takes minutes."""
    return Settings(home=Path(tempfile.gettempdir()) / f"dealhand-bench-memory-{size}", now=NOW, _env_file=None)


def fill(engine: Engine, size: int) -> None:
    """Write people, accounts and messages, and keep of each message what indexing would."""
    with system_session(engine) as session:
        boss = add_person(session, "Director", role=Role.DIRECTOR, region=None, manager=None, now=NOW)
        add_person(session, "Manager", role=Role.MANAGER, region=None, manager=boss.name, now=NOW)
        for number in range(REPS):
            manager = "Manager" if number < TEAM else boss.name
            add_person(session, f"Rep {number}", role=Role.REP, region=None, manager=manager, now=NOW)
        owners = [boss.person_id + 2 + number % REPS for number in range(ACCOUNTS)]
        accounts = [
            {"external_id": f"a{n}", "name": f"Account {n}", "owner_id": owners[n], **MARK} for n in range(ACCOUNTS)
        ]
        session.execute(insert(Account), accounts)
        talks = [talk(number, owners) for number in range(size // LINES)]
        session.execute(insert(Conversation), talks)
    ledger = Ledger(engine, VERSION)
    for messages, entries in pages(size):
        with system_session(engine) as session:
            session.execute(insert(Message), messages)
            session.execute(delete(ToRemember))
        ledger.keep(entries)


def talk(number: int, owners: Sequence[int]) -> dict[str, object]:
    """One conversation."""
    account = number % ACCOUNTS
    at = NOW - timedelta(minutes=17 * number % 1_000_000)
    ids = {"id": number + 1, "external_id": f"c{number}", "account_id": account + 1, "owner_id": owners[account]}
    return {**ids, "channel": "chat", "kind": "customer", "started_at": at, **MARK}


def pages(size: int) -> Iterator[tuple[list[dict[str, object]], list[Entry]]]:
    """Messages made of two lines of the eval's conversations and a number, each with the mean of their vectors.

    So a few hundred texts are encoded and used again and again, with a little noise: 300,000 would take hours.
    """
    lines, _ = load()
    texts = [line.text for line in lines]
    vectors = meaning.of_messages(texts, whole=True)
    words = [words_of(text) for text in texts]
    pick = random.Random(7)
    for first in range(0, size, 5000):
        pairs = [(pick.randrange(len(texts)), pick.randrange(len(texts))) for _ in range(min(5000, size - first))]
        left, right = (np.array(side) for side in zip(*pairs, strict=True))
        noise = np.random.default_rng(first).standard_normal((len(pairs), vectors.shape[1])) * 0.01
        packed = pack((vectors[left] + vectors[right] + noise).astype(np.float32))
        messages, entries = [], []
        for place, (one, two) in enumerate(pairs):
            number = first + place
            at = NOW - timedelta(minutes=number % 500_000)
            ids = {"id": number + 1, "external_id": f"m{number}", "conversation_id": number // LINES + 1}
            said = {"speaker": "customer" if number % 2 else "rep", "text": f"{texts[one]} {texts[two]} PO{number}"}
            messages.append({**ids, **said, "lang": None, "at": at, **MARK})
            own = " ".join(dict.fromkeys([*words[one], *words[two], f"po{number}"]))
            kept = f" {FIELD} ".join((own, f"account {number // LINES % ACCOUNTS}", " ".join(words[one])))
            entries.append(Entry(number + 1, number // LINES + 1, at, kept, packed[place], "bench", VERSION))
        yield messages, entries


def ready(engine: Engine, size: int) -> bool:
    """Whether an earlier run filled it to the end."""
    with system_session(engine) as session:
        return session.scalar(select(func.count()).select_from(Message)) == size


def timed(
    memory: Memory, asker: Identity, probes: Sequence[Probe], accounts: Sequence[Filters]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each search and of the processor in it, after a few that aren't counted."""
    taken, worked = [], []
    for number, probe in enumerate([*probes[:5], *probes]):
        start, work = time.perf_counter(), time.process_time()
        memory.search(asker, probe.text, filters=accounts[number % len(accounts)], k=10)
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - work) * 1000)
    return taken[5:], worked[5:]


def measure(memory: Memory, size: int) -> None:
    """Ask as each kind of person and print."""
    _, probes = load()
    asked = (probes * 2)[:QUESTIONS]
    boss = Identity(1, "Director", Role.DIRECTOR, None)
    manager = Identity(2, "Manager", Role.MANAGER, None)
    rep = Identity(3, "Rep 0", Role.REP, None)
    everything = [Filters()]
    accounts = [Filters(accounts=(number,)) for number in range(1, ACCOUNTS, 7)]
    recent = [Filters(since=NOW - timedelta(days=30))]
    for name, asker, filters, goal in (
        ("unfiltered", boss, everything, "<= 50"),
        ("account", boss, accounts, "<= 50"),
        ("rep", rep, everything, "none set"),
        ("manager", manager, everything, "none set"),
        ("last_30_days", boss, recent, "none set"),
    ):
        taken, worked = timed(memory, asker, asked, filters)
        emit(f"memory_{name}_p50", quantile(taken, 50), "ms", goal="none set", n=size)
        emit(f"memory_{name}_p95", quantile(taken, 95), "ms", goal=goal, n=size)
        emit(f"memory_{name}_processor_p95", quantile(worked, 95), "ms", goal="none set", n=size)
    emit("machine_load", os.getloadavg()[0] / (os.cpu_count() or 1), "per core", goal="none set", n=size)


def main() -> None:
    """Fill a home with so many messages, or take the one of an earlier run, and search it."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    settings = settings_of(size)
    migrate(settings.database)
    engine = open_engine(settings.database)
    memory = Memory(settings, engine)
    try:
        if not ready(engine, size):
            start = time.perf_counter()
            fill(engine, size)
            emit("memory_fill", time.perf_counter() - start, "s", goal="none set", n=size)
        start = time.perf_counter()
        memory.catch_up()
        emit("memory_vectors_per_second", size / (time.perf_counter() - start), "1/s", goal="none set", n=size)
        memory.warm()
        measure(memory, size)
    finally:
        memory.close()
        engine.dispose()


if __name__ == "__main__":
    main()
