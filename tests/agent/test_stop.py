"""A turn that is stopped stops: the thread shows it, keeps nothing half-done, and goes on as before."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from agent.assistant import Assistant, open_assistant
from core.identity import Identity
from core.reply import Reply
from core.settings import Settings
from db.engine import open_engine, system_session
from db.tables import Conversation, Message
from tests.agent.conftest import QUESTION
from tests.fakes.openai_server import OpenAIServer, stall


@pytest.fixture
async def patient(settings: Settings, server: OpenAIServer) -> AsyncIterator[Assistant]:
    """The assistant with a model that takes its time."""
    server.play(*[stall(3.0)] * 4)
    changes = {"model": "openai:fake", "openai_base_url": server.url, "model_timeout_seconds": 30.0}
    async with open_assistant(settings.model_copy(update=changes)) as opened:
        yield opened


def _said(settings: Settings, thread_id: str) -> list[tuple[str, str]]:
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        mine = select(Message.speaker, Message.text).join(Conversation, Conversation.id == Message.conversation_id)
        rows = session.execute(mine.where(Conversation.external_id == thread_id).order_by(Message.id))
        found = [(row.speaker, row.text) for row in rows]
    engine.dispose()
    return found


async def _thread(assistant: Assistant, director: Identity) -> str:
    """A thread with a turn that was answered."""
    return (await assistant.turn(director, "hello")).thread_id


async def test_a_running_turn_is_stopped_and_its_thread_says_so(
    patient: Assistant, settings: Settings, director: Identity
) -> None:
    async with open_assistant(settings) as quick:
        thread = await _thread(quick, director)
    running = asyncio.create_task(patient.turn(director, QUESTION, thread_id=thread))
    await asyncio.sleep(0.5)
    assert await patient.stop(director, thread)
    reply = await asyncio.wait_for(running, 5)
    assert reply.text == "Stopped."
    assert [text for _, text in _said(settings, thread)][-2:] == [QUESTION, "Stopped."]
    assert not await patient.stop(director, thread)


async def test_a_stopped_stream_ends_with_the_reply(patient: Assistant, settings: Settings, director: Identity) -> None:
    async with open_assistant(settings) as quick:
        thread = await _thread(quick, director)
    events = patient.stream(director, QUESTION, thread_id=thread)
    await anext(events)
    asyncio.get_running_loop().call_later(0.4, lambda: asyncio.ensure_future(patient.stop(director, thread)))
    told = [event async for event in events]
    assert isinstance(told[-1], Reply)
    assert told[-1].text == "Stopped."


async def test_after_a_stop_the_thread_goes_on(patient: Assistant, settings: Settings, director: Identity) -> None:
    async with open_assistant(settings) as quick:
        first = await quick.turn(director, QUESTION)
        thread = first.thread_id
    running = asyncio.create_task(patient.turn(director, "Who is the best rep?", thread_id=thread))
    await asyncio.sleep(0.5)
    await patient.stop(director, thread)
    await running
    async with open_assistant(settings) as quick:
        later = await quick.turn(director, "and by region?", thread_id=thread)
    assert later.table is not None
    assert later.table.columns[0].name == "region"


async def test_nobody_stops_another_persons_turn(
    patient: Assistant, settings: Settings, director: Identity, rep: Identity
) -> None:
    async with open_assistant(settings) as quick:
        thread = await _thread(quick, director)
    running = asyncio.create_task(patient.turn(director, QUESTION, thread_id=thread))
    await asyncio.sleep(0.3)
    assert not await patient.stop(rep, thread)
    assert await patient.stop(director, thread)
    await running


async def test_whoever_goes_away_leaves_a_stopped_turn(
    patient: Assistant, settings: Settings, director: Identity
) -> None:
    async with open_assistant(settings) as quick:
        thread = await _thread(quick, director)
    running = asyncio.create_task(patient.turn(director, QUESTION, thread_id=thread))
    await asyncio.sleep(0.4)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert _said(settings, thread)[-1][1] == "Stopped."
