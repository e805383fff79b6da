"""The indexes stay true to the messages: through edits, erasure, kills, lost files and other processes."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, text, update

from core.settings import Settings
from db.engine import system_session
from db.memory import Ledger
from db.tables import Account, Remembered
from tests.tools.memory.conftest import Talks
from tools.memory.indexer import VERSION, entries_of
from tools.memory.memory import Memory
from tools.memory.vectors import Store

Find = Callable[..., list[int]]
ROOT = Path(__file__).parents[3]
PREMISES = "It has to be on premises, in our own server room."
WAIT_SECONDS = 60


def until(done: Callable[[], bool]) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def worker(settings: Settings, engine: Engine) -> Iterator["subprocess.Popen[str]"]:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-W", "ignore", "-m", "tests.tools.memory.worker", str(settings.home), url]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_corrected_text_is_found_as_it_is_now(talks: Talks, memory: Memory, find: Find) -> None:
    first, _ = talks.add("Rita", PREMISES, "Understood.")
    memory.catch_up()
    talks.edit(first, "The lorry came late and the pallets were broken.")
    assert find("Rita", "on-premise deployment") == []
    assert find("Rita", "broken pallets")[0] == first
    assert memory.state().well


def test_an_erased_message_is_nowhere(talks: Talks, memory: Memory, engine: Engine, find: Find) -> None:
    kept, gone, after = talks.add("Rita", "Hello there.", PREMISES, "Could we see a demonstration?")
    memory.catch_up()
    talks.erase(gone)
    memory.catch_up()
    assert find("Rita", "on-premise deployment") == []
    with system_session(engine) as session:
        rows = {row.message_id: row for row in session.execute(select(*Remembered.__table__.c))}
    assert rows[gone].vector is None
    assert not any("premis" in row.words for row in rows.values())
    assert rows[kept].vector is not None
    assert rows[after].vector is not None
    assert memory.state().vectors == 2


def test_what_is_forgotten_is_not_found(talks: Talks, memory: Memory, find: Find) -> None:
    (said,) = talks.add("Rita", PREMISES)
    memory.catch_up()
    memory.forget([said])
    assert find("Rita", "on-premise deployment") == []
    assert (memory.state().kept, memory.state().vectors) == (0, 0)


def test_a_renamed_account_is_found_by_its_new_name(talks: Talks, engine: Engine, find: Find) -> None:
    (said,) = talks.add("Rita", "Can we talk on Tuesday?", account="Globex")
    assert find("Rita", "Globex") == [said]
    with system_session(engine) as session:
        session.execute(update(Account).values(name="Initech"))
    assert find("Rita", "Initech") == [said]
    assert find("Rita", "Globex") == []


def test_lost_vectors_are_put_back_by_the_next_start(talks: Talks, settings: Settings, engine: Engine) -> None:
    talks.add("Rita", PREMISES, "Understood.")
    first = Memory(settings, engine)
    first.catch_up()
    assert first.state().vectors == 2
    first.close()
    shutil.rmtree(settings.var / "chroma")
    again = Memory(settings, engine)
    assert again.state().behind == 2
    again.catch_up()
    assert again.state().vectors == 2
    again.close()


@pytest.mark.parametrize("damage", ["rows", "words", "text", "vectors"])
def test_repair_rebuilds_what_is_missing(
    talks: Talks, memory: Memory, engine: Engine, find: Find, settings: Settings, damage: str
) -> None:
    (said,) = talks.add("Rita", PREMISES)
    talks.add("Rita", "The pallets were broken.")
    memory.catch_up()
    with system_session(engine) as session:
        if damage == "rows":
            session.execute(delete(Remembered).where(Remembered.message_id == said))
        elif damage == "text":
            session.execute(update(Remembered).values(text_hash="other", words="other"))
        elif damage == "words":
            kind = "TABLE" if engine.dialect.name == "sqlite" else "INDEX"
            session.execute(text(f"DROP {kind} remembered_words"))
    if damage == "vectors":
        memory._indexer.store.remove([said])
    assert damage == "text" or not memory.state().well
    assert memory.repair().well
    assert find("Rita", "on-premise deployment") == [said]


def test_another_version_is_indexed_anew(talks: Talks, settings: Settings, engine: Engine, memory: Memory) -> None:
    (said,) = talks.add("Rita", PREMISES)
    with system_session(engine) as session:
        session.execute(update(Remembered).values(version="old"))
    old = Store(settings, "old")
    assert old.open()
    old.put([said], [b"\x01" * 512])
    old.close()
    assert memory.heal() >= 0
    memory.catch_up()
    assert memory.state().well
    assert memory.state().vectors == 1
    assert Ledger(engine, VERSION).missing() == 0


def test_a_kill_in_the_middle_loses_nothing(talks: Talks, settings: Settings, engine: Engine) -> None:
    ids = [one for number in range(30) for one in talks.add("Rita", *(f"Order {number}.{line}" for line in range(20)))]
    ledger = Ledger(engine, VERSION)
    for share in (0.2, 0.5):
        with worker(settings, engine) as process:
            assert until(lambda: ledger.kept() >= len(ids) * share)  # noqa: B023 (called at once)
            process.kill()
            process.wait()
    memory = Memory(settings, engine)
    memory.heal()
    memory.catch_up()
    assert ledger.kept_ids() == set(ids)
    assert memory._indexer.store.ids() == set(ids)
    assert memory.state().well
    memory.close()


def test_beside_an_owner_others_find_what_was_just_said(
    talks: Talks, settings: Settings, engine: Engine, memory: Memory, find: Find
) -> None:
    with worker(settings, engine):
        (said,) = talks.add("Rita", PREMISES)
        assert find("Rita", "on-premise deployment") == [said]
        assert memory.state().vectors is None
        assert not memory._indexer.store.open()
        ledger = Ledger(engine, VERSION)
        assert until(lambda: not ledger.waiting())
    memory.catch_up()
    assert memory.state().vectors == 1


def test_a_message_waits_about_a_second_for_its_index(talks: Talks, settings: Settings, engine: Engine) -> None:
    ledger = Ledger(engine, VERSION)
    with worker(settings, engine):
        talks.add("Rita", PREMISES)
        start = time.monotonic()
        assert until(lambda: ledger.kept() == 1)
        assert time.monotonic() - start < 10


def test_what_was_just_said_is_found_before_its_vector_is_whole(
    talks: Talks, memory: Memory, engine: Engine, find: Find
) -> None:
    (said,) = talks.add("Rita", PREMISES)
    ledger = Ledger(engine, VERSION)
    assert find("Rita", "on-premise deployment") == [said]
    assert (ledger.waiting(), ledger.count_older()) == (False, 1)
    assert memory.state().well
    memory.catch_up()
    assert ledger.count_older() == 0
    assert (memory.state().waiting, memory.state().vectors) == (0, 1)


def test_what_an_earlier_version_kept_is_found_by_its_words_until_it_is_renewed(
    talks: Talks, memory: Memory, engine: Engine, find: Find
) -> None:
    (said,) = talks.add("Rita", PREMISES)
    memory.catch_up()
    with system_session(engine) as session:
        session.execute(update(Remembered).values(version="a1", vector=b"\x01" * 512))
    assert memory.heal() == 0
    assert memory.state().waiting == 1
    assert find("Rita", "premises server room") == [said]
    assert memory.deepen() == 1
    assert memory.deepen() == 0
    assert Ledger(engine, VERSION).count_older() == 0


def test_a_change_while_a_vector_is_made_whole_is_not_overwritten(
    talks: Talks, memory: Memory, engine: Engine, find: Find
) -> None:
    said, gone = talks.add("Rita", PREMISES, "Understood.")
    find("Rita", "on-premise deployment")
    ledger = Ledger(engine, VERSION)
    begun = ledger.older(10)
    talks.edit(said, "The lorry came late and the pallets were broken.")
    talks.erase(gone)
    find("Rita", "pallets")
    ledger.renew(entries_of(begun.heard, whole=True), begun.hashes)
    with system_session(engine) as session:
        rows = {row.message_id: row for row in session.execute(select(*Remembered.__table__.c))}
    assert "pallet" in rows[said].words
    assert rows[gone].vector is None
