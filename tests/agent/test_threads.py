"""Threads: follow-ups, who they belong to, what is remembered and what is kept."""

import asyncio
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select

from agent.assistant import Assistant, open_assistant
from agent.transcript import Transcript
from core.clock import Clock
from core.errors import NotFound, UserError
from core.identity import Identity, Role
from core.reply import Status
from core.settings import Settings
from core.wording import explain
from db.demo import load_demo
from db.engine import open_engine, system_session
from db.tables import Conversation, Message, Person
from tests.agent.conftest import FOLLOW_UP, NOW, QUESTION


async def test_a_follow_up_amends_the_last_question(assistant: Assistant, director: Identity) -> None:
    first = await assistant.turn(director, QUESTION)
    second = await assistant.turn(director, FOLLOW_UP, thread_id=first.thread_id)
    assert second.thread_id == first.thread_id
    assert second.receipts[0].period == first.receipts[0].period
    assert second.receipts[0].group_by == ("region",)


async def test_a_follow_up_in_chinese(assistant: Assistant, director: Identity) -> None:
    first = await assistant.turn(director, "2026年一季度销售额是多少？")
    second = await assistant.turn(director, "按大区看呢？", thread_id=first.thread_id)
    assert (first.lang, second.lang) == ("zh", "zh")
    assert second.receipts[0].period == first.receipts[0].period
    assert second.receipts[0].group_by == ("region",)


async def test_a_thread_survives_a_restart(settings: Settings, director: Identity) -> None:
    async with open_assistant(settings) as before:
        first = await before.turn(director, QUESTION)
    async with open_assistant(settings) as after:
        second = await after.turn(director, FOLLOW_UP, thread_id=first.thread_id)
    assert second.receipts[0].period == first.receipts[0].period


async def test_talk_between_does_not_end_a_thread_of_thought(assistant: Assistant, director: Identity) -> None:
    first = await assistant.turn(director, QUESTION)
    await assistant.turn(director, "thanks!", thread_id=first.thread_id)
    second = await assistant.turn(director, FOLLOW_UP, thread_id=first.thread_id)
    assert second.receipts[0].period == first.receipts[0].period


@pytest.mark.parametrize("thread", ["theirs", "f" * 32, "not a thread", "../../etc/passwd", ""])
async def test_a_thread_that_is_not_ones_own_is_not_found(
    thread: str, assistant: Assistant, director: Identity, rep: Identity
) -> None:
    theirs = await assistant.turn(director, QUESTION)
    with pytest.raises(NotFound) as caught:
        await assistant.turn(rep, "hello", thread_id=theirs.thread_id if thread == "theirs" else thread)
    assert explain(caught.value, "en") == explain(NotFound(), "en")
    with pytest.raises(NotFound):
        _ = [event async for event in assistant.stream(rep, "hello", thread_id=theirs.thread_id)]


async def test_what_was_said_is_kept_whole(settings: Settings, assistant: Assistant, director: Identity) -> None:
    reply = await assistant.turn(director, QUESTION)
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        thread = session.scalars(select(Conversation).where(Conversation.external_id == reply.thread_id)).one()
        said = session.scalars(select(Message).where(Message.conversation_id == thread.id).order_by(Message.id)).all()
        assert (thread.kind, thread.source, thread.owner_id) == ("assistant", "dealhand", director.person_id)
        assert [(one.speaker, one.text) for one in said] == [("asker", QUESTION), ("assistant", reply.text)]
        assert said[1].external_id == reply.turn_id
        assert said[1].reply == reply.model_dump(mode="json")
    engine.dispose()


async def test_messages_at_once_in_one_thread_wait_for_each_other(assistant: Assistant, director: Identity) -> None:
    first = await assistant.turn(director, QUESTION)
    asked = ("by region", "only East", "and in 2025?", "by product")
    replies = await asyncio.gather(*(assistant.turn(director, text, thread_id=first.thread_id) for text in asked))
    assert [reply.status for reply in replies] == [Status.ANSWERED] * 4
    last = replies[-1].receipts[0]
    assert (last.filters, last.group_by) == ({"region": ["East"]}, ("product",))
    assert last.period is not None
    assert last.period.from_ == "2025-01-01"


async def test_fifty_askers_at_once(assistant: Assistant, director: Identity, rep: Identity) -> None:
    alone = {who.person_id: (await assistant.turn(who, QUESTION)).text for who in (director, rep)}
    askers = [director, rep] * 25
    replies = await asyncio.gather(*(assistant.turn(who, QUESTION) for who in askers))
    assert [reply.text for reply in replies] == [alone[who.person_id] for who in askers]
    assert len({reply.thread_id for reply in replies}) == 50


async def test_a_long_thread_stays_small(settings: Settings, assistant: Assistant, director: Identity) -> None:
    first = await assistant.turn(director, QUESTION)
    for turn in range(24):
        text = ("by region", "by product")[turn % 2]
        last = await assistant.turn(director, text, thread_id=first.thread_id)
    assert last.status is Status.ANSWERED
    with sqlite3.connect(settings.var / "threads.db") as file:
        sizes = [len(blob) for (blob,) in file.execute("select checkpoint from checkpoints")]
    file.close()
    assert max(sizes) < 60_000


async def test_old_threads_are_forgotten_and_their_transcripts_kept(settings: Settings, director: Identity) -> None:
    async with open_assistant(settings) as assistant:
        old = await assistant.turn(director, QUESTION)
    later = settings.model_copy(update={"now": NOW + timedelta(days=settings.thread_days + 1)})
    async with open_assistant(later) as assistant:
        fresh = await assistant.turn(director, QUESTION)
        await asyncio.sleep(0.3)
    with sqlite3.connect(settings.var / "threads.db") as file:
        remembered = {thread for (thread,) in file.execute("select distinct thread_id from checkpoints")}
    file.close()
    assert remembered == {fresh.thread_id}
    engine = open_engine(settings.database)
    assert old.thread_id in Transcript(engine, Clock(later.now)).stale(settings.thread_days)
    engine.dispose()


@pytest.mark.parametrize(("message", "code"), [("x" * 4001, "message_too_long"), ("  \n ", "message_empty")])
async def test_a_message_has_a_length(message: str, code: str, assistant: Assistant, director: Identity) -> None:
    with pytest.raises(UserError) as caught:
        await assistant.turn(director, message)
    assert caught.value.code == code
    assert all(explain(caught.value, lang) for lang in ("en", "zh"))


@pytest.mark.postgres
async def test_a_thread_on_postgres_survives_a_restart(settings: Settings, postgres_url: str, clock: Clock) -> None:
    kept = settings.model_copy(update={"database_url": postgres_url})
    engine = open_engine(postgres_url)
    load_demo(engine, clock)
    with system_session(engine) as session:
        person = session.scalars(select(Person).where(Person.role == Role.DIRECTOR).order_by(Person.id).limit(1)).one()
        director = Identity(person.id, person.name, person.role, person.region)
    engine.dispose()
    async with open_assistant(kept) as before:
        first = await before.turn(director, QUESTION)
    async with open_assistant(kept) as after:
        second = await after.turn(director, FOLLOW_UP, thread_id=first.thread_id)
    assert second.receipts[0].period == first.receipts[0].period
    assert second.receipts[0].group_by == ("region",)
