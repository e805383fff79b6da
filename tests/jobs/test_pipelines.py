"""What becomes of a call and of a conversation, with the quick parts and with the real ones."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from core.settings import Settings
from db.calls import file_call
from db.engine import system_session
from db.leases import living
from db.notices import Telling, concerning, tell
from db.tables import Account, Call, Conversation, Message, Person, Signal
from jobs.failed import Failed
from jobs.flow import Plan
from jobs.request import Request
from jobs.runtime import Jobs, open_jobs
from jobs.scribe import Scribe, TranscriberDied
from jobs.sweep import FEW, Sweep
from jobs.work import Stopping
from tests.conftest import NOW
from tests.jobs.conftest import Firm, Workers
from tests.jobs.parts import QUICK, hands_of
from tools.calls.storage import Storage

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "calls"
CLIP = SHARED / "en" / "google_voice_command_book_a_room.flac"
SOON = 30.0


@contextmanager
def at_work(firm: Firm) -> Iterator[Jobs]:
    from jobs.pipelines.plan import plan_of  # noqa: PLC0415 (heavy)

    def plan(settings: Settings, engine: Engine, workbench: object) -> Plan:
        return plan_of(hands_of(settings, engine))

    with open_jobs(firm.settings, firm.engine, None, pace=QUICK, plan=plan) as jobs:  # type: ignore[arg-type]
        yield jobs


def test_a_call_becomes_words_signals_facts_and_notices(firm: Firm) -> None:
    call = firm.call()
    with at_work(firm) as jobs:
        jobs.enqueue("call", f"call:{call}", {"call_id": call})
        assert jobs.settled(f"call:{call}", SOON)
    with system_session(firm.engine) as session:
        row = session.scalars(select(Call)).one()
        assert (row.status, row.step, row.progress, row.error) == ("done", None, 1.0, None)
        assert (row.seconds, row.channels, row.transcriber) == (12.0, 1, "test")
        texts = session.scalars(select(Message.text).order_by(Message.at)).all()
    assert texts[0] == "the price is too high 0"
    assert firm.counts() == {"messages": 3, "segments": 3, "sentiments": 3, "signals": 3, "facts": 3, "notices": 3}


def test_the_owner_is_told_and_their_manager_of_what_is_grave(firm: Firm) -> None:
    key, payload = firm.talk("t")
    with at_work(firm) as jobs:
        jobs.enqueue("heard", key, payload)
        assert jobs.settled(key, SOON)
    with system_session(firm.engine) as session:
        people = {person.id: person.name for person in session.scalars(select(Person))}
    told = sorted((people[person], kind, what) for person, kind, what in firm.told())
    assert told == [
        ("Max", "signal", "churn_risk"),
        ("Rita", "signal", "churn_risk"),
        ("Rita", "signal", "price_sensitivity"),
    ]


def test_a_call_that_cannot_be_heard_says_so_to_whoever_sent_it_and_can_be_sent_again(firm: Firm) -> None:
    call = firm.call(())
    with at_work(firm) as jobs:
        assert jobs.settled(f"call:{call}", SOON)
        with system_session(firm.engine) as session:
            row = session.scalars(select(Call)).one()
            assert (row.status, row.error and row.error["code"]) == ("failed", "empty_audio")
        assert firm.told() == [(firm.rita.person_id, "call_failed", "empty_audio")]
        assert firm.call(()) == call
        assert jobs.settled(f"call:{call}:1", SOON)
    assert len(firm.told()) == 2


def test_the_sweep_finds_what_was_never_enqueued(firm: Firm) -> None:
    firm.call()
    firm.talk("one")
    with at_work(firm):
        deadline = time.monotonic() + SOON
        while firm.states() != ["done"] or firm.unread():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_many_conversations_are_a_backlog_and_a_few_are_not(small_firm: Firm) -> None:
    orders: list[tuple[str, str | None]] = []

    class Book:
        def enqueue(self, name: str, key: str, payload: object) -> None:
            orders.append((name, None))

        def order(self, name: str, key: str, payload: object, *, queue: str | None = None) -> None:
            orders.append((name, queue))

    sweep = Sweep(small_firm.engine, Book())  # type: ignore[arg-type]
    small_firm.talk("first")
    assert (sweep.run(), orders) == (1, [("heard", None)])
    assert sweep.run() == 0
    for number in range(FEW + 1):
        small_firm.talk(f"talk-{number}", ["hello"])
    orders.clear()
    assert sweep.run() == FEW + 1
    assert {queue for _, queue in orders} == {"backlog"}


def test_nobody_is_told_of_old_news_or_twice(firm: Firm) -> None:
    _, payload = firm.talk("t", ["the price", "the price again"])
    conversation = payload["conversation_id"]
    with system_session(firm.engine) as session:
        messages = list(session.scalars(select(Message.id)))
        for message, at in zip(messages, (NOW, NOW - timedelta(days=30)), strict=True):
            session.add(
                Signal(message_id=message, conversation_id=conversation, kind="demand", quote="price", start=4, end=9,
                       confidence=1.0, method="rules", at=at, found_at=NOW)
            )  # fmt: skip
    with system_session(firm.engine) as session:
        found = concerning(session, conversation, messages, NOW - timedelta(days=14))
        assert [(one.person_id, one.detail["message_id"]) for one in found] == [(firm.rita.person_id, messages[0])]
        assert [tell(session, found, NOW) for _ in range(2)] == [1, 0]
        assert [Telling(**one.plain()) for one in found] == found


def test_unmatched_conversations_concern_whoever_brought_them_or_nobody(small_firm: Firm) -> None:
    _, payload = small_firm.talk("t", ["the price"])
    with system_session(small_firm.engine) as session:
        talk = session.get_one(Conversation, payload["conversation_id"])
        talk.account_id = talk.owner_id = None
        session.get_one(Account, small_firm.account).owner_id = None
        session.flush()
        assert concerning(session, talk.id, [], NOW) == []


def test_a_scribe_says_what_is_wrong_dies_with_grace_and_starts_again(tmp_path: Path) -> None:
    scribe, settings = Scribe(), Settings(home=tmp_path, _env_file=None)
    empty = tmp_path / "a.wav"
    empty.touch()
    with pytest.raises(Failed) as caught:
        scribe.hear(Request(empty, settings), lambda done: None)
    assert (caught.value.code, caught.value.final) == ("empty_audio", True)
    process = scribe._process
    assert process is not None
    with pytest.raises(Failed):
        scribe.hear(Request(empty, settings), lambda done: None)
    assert scribe._process is process
    process.kill()
    process.wait()
    with pytest.raises((Failed, TranscriberDied)):
        scribe.hear(Request(empty, settings), lambda done: None)
    scribe.hurry()
    with pytest.raises(Stopping):
        scribe.hear(Request(empty, settings), lambda done: None)


@pytest.mark.shared
def test_a_real_worker_killed_while_it_transcribes_hears_the_call_all_the_same(
    small_firm: Firm, hire: Callable[[Firm, Sequence[str]], Workers]
) -> None:
    if not CLIP.exists():
        pytest.skip(f"the real calls are not at {SHARED}")
    from tools.calls.weights import find_weights  # noqa: PLC0415 (heavy)

    if find_weights(small_firm.settings).folder is None:
        pytest.skip("the weights of the offline extra are not installed")
    call = _take_in(small_firm, CLIP)
    workers = hire(small_firm, ["transcribe:begin", "segments:begin"])
    workers.arguments["real"] = True
    workers.until(lambda: small_firm.states() == ["done"], 1, seconds=200)
    assert workers.visited() == {"transcribe:begin", "segments:begin"}
    with system_session(small_firm.engine) as session:
        said = " ".join(session.scalars(select(Message.text)))
        assert session.scalars(select(Call)).one().content_hash == call
    assert "room" in said.lower()


def test_the_worker_command_says_that_it_works_and_ends_when_told(small_firm: Firm) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("DEALHAND_")}
    env |= {
        "DEALHAND_HOME": str(small_firm.settings.home),
        "DEALHAND_DATABASE_URL": str(small_firm.settings.database_url),
    }
    command = [str(Path(sys.executable).with_name("dealhand")), "worker"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert "at work" in process.stdout.readline()
            with system_session(small_firm.engine) as session:
                assert len(living(session)) == 1
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
    with system_session(small_firm.engine) as session:
        assert living(session) == set()


def _take_in(firm: Firm, clip: Path) -> str:
    from db.calls import Recording  # noqa: PLC0415 (only here)
    from db.matching import Match  # noqa: PLC0415 (only here)

    with clip.open("rb") as file:
        stored = Storage(firm.settings.files).put(file, "calls", megabytes=10)
    match = Match(account_id=firm.account, owner_id=firm.rita.person_id)
    recording = Recording(stored.content_hash, stored.name, clip.name, stored.bytes, match=match)
    return file_call(firm.engine, firm.rita, recording, NOW).call_id
