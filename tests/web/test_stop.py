"""Stopping a turn over HTTP, in the real app: one's own, while it runs, and nothing of it is left half done."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from agent.saver import open_saver
from core.identity import Role
from core.settings import Settings
from db.engine import open_engine, system_session
from db.people import make_token
from db.tables import Person
from server import create_app
from tests.conftest import NOW
from tests.fakes.openai_server import OpenAIServer, call, run_openai_server, say, stall

QUESTION = "Who is the best rep?"


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with run_openai_server() as running:
        yield running


@pytest.fixture
def settings(demo_file: Path, tmp_path: Path, model: OpenAIServer) -> Settings:
    (tmp_path / "var").mkdir()
    shutil.copyfile(demo_file, tmp_path / "var" / "dealhand.db")
    return Settings(
        _env_file=None, home=tmp_path, now=NOW, model="openai:fake", openai_base_url=model.url, model_timeout_seconds=8
    )


@pytest.fixture
def tokens(settings: Settings) -> dict[Role, str]:
    engine = open_engine(settings.database)
    found = {}
    with system_session(engine) as session:
        for role in (Role.DIRECTOR, Role.MANAGER):
            person = session.scalar(select(Person.id).where(Person.role == role).order_by(Person.id))
            assert person
            found[role] = make_token(session, person, NOW)
    engine.dispose()
    return found


@asynccontextmanager
async def opened(settings: Settings, token: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    headers = {"Authorization": f"Bearer {token}"}
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t", headers=headers, timeout=60)
    async with app.router.lifespan_context(app), client:
        yield client


@pytest.fixture
async def client(settings: Settings, tokens: dict[Role, str]) -> AsyncIterator[httpx.AsyncClient]:
    """The director's."""
    async with opened(settings, tokens[Role.DIRECTOR]) as made:
        yield made


async def chat(client: httpx.AsyncClient, message: str, thread: str | None = None) -> dict[str, Any]:
    answered = await client.post("/api/chat", json={"message": message, **({"thread_id": thread} if thread else {})})
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found


async def stop(client: httpx.AsyncClient, thread: str, **how: Any) -> bool:
    answered = await client.post("/api/chat/stop", json={"thread_id": thread}, **how)
    assert answered.status_code == 200, answered.text
    stopped = answered.json()["stopped"]
    assert stopped in (True, False)
    return bool(stopped)


async def stop_once_it_runs(client: httpx.AsyncClient, model: OpenAIServer, thread: str, asked: int) -> None:
    for _ in range(400):
        if len(model.requests) >= asked:
            break
        await asyncio.sleep(0.02)
    assert await stop(client, thread)


async def memory(settings: Settings, thread: str) -> list[tuple[str, str, int]]:
    """What the model will be shown: kind, text and calls of each message."""
    async with open_saver(settings) as saver:
        held = await saver.aget_tuple({"configurable": {"thread_id": thread}})
        assert held
        messages = held.checkpoint["channel_values"]["messages"]
    return [(one.type, one.text, len(getattr(one, "tool_calls", []))) for one in messages]


async def test_nothing_runs_so_nothing_is_stopped(client: httpx.AsyncClient, model: OpenAIServer) -> None:
    model.play(say("Hello."))
    reply = await chat(client, "hello")
    assert not await stop(client, reply["thread_id"])
    assert not await stop(client, "0" * 32)
    assert not await stop(client, "no thread at all")


async def test_one_s_own_turn_is_stopped_and_another_s_is_not(
    client: httpx.AsyncClient, model: OpenAIServer, tokens: dict[Role, str]
) -> None:
    model.play(say("Hello."), *[stall(7.0)] * 3)
    thread = (await chat(client, "hello"))["thread_id"]
    before = len(model.requests)
    running = asyncio.create_task(chat(client, QUESTION, thread))
    for _ in range(400):
        if len(model.requests) > before:
            break
        await asyncio.sleep(0.02)
    other = {"Authorization": f"Bearer {tokens[Role.MANAGER]}"}
    assert not await stop(client, thread, headers=other)
    assert (
        await client.post("/api/chat/stop", json={"thread_id": thread}, headers={"Authorization": "Bearer x"})
    ).status_code == 401
    assert not running.done()
    assert await stop(client, thread)
    reply = await asyncio.wait_for(running, 5)
    assert (reply["text"], reply["thread_id"]) == ("Stopped.", thread)
    assert not await stop(client, thread)


async def test_a_stopped_turn_leaves_no_half_in_memory(
    client: httpx.AsyncClient, model: OpenAIServer, settings: Settings
) -> None:
    tool = call("ask_records", {"question": "What was our revenue in Q1 2026?"})
    model.play(say("Hello."), tool, *[stall(7.0)] * 3)
    thread = (await chat(client, "hello"))["thread_id"]
    asked = len(model.requests)
    running = asyncio.create_task(chat(client, QUESTION, thread))
    await stop_once_it_runs(client, model, thread, asked + 2)
    assert (await asyncio.wait_for(running, 5))["text"] == "Stopped."
    assert (await memory(settings, thread))[-2:] == [("human", QUESTION, 0), ("ai", "Stopped.", 0)]
    assert all(kind != "tool" and not calls for kind, _, calls in await memory(settings, thread))
    model.play(say("Going on."))
    later = await chat(client, "hello again", thread)
    assert later["text"]
    shown = model.requests[-1]["messages"]
    assert [one["role"] for one in shown if one["role"] == "tool"] == []
    listed = (await client.get(f"/api/threads/{thread}")).json()
    assert [one["text"] for one in listed["messages"]][2:4] == [QUESTION, "Stopped."]


async def test_a_stream_is_stopped_by_the_thread_it_names(client: httpx.AsyncClient, model: OpenAIServer) -> None:
    model.play(say("Hello."), *[stall(7.0)] * 3)
    thread = (await chat(client, "hello"))["thread_id"]
    asked = len(model.requests)
    sent = {"message": QUESTION, "thread_id": thread}
    running = asyncio.create_task(client.post("/api/chat/stream", json=sent))
    await stop_once_it_runs(client, model, thread, asked + 1)
    told = (await asyncio.wait_for(running, 5)).text.strip().split("\n\n")[-1]
    name, data = told.split("\n")
    assert name == "event: reply"
    assert json.loads(data.removeprefix("data: "))["text"] == "Stopped."
