"""However a model fails, the planner answers in the same turn."""

import time
from typing import NamedTuple

import pytest

from agent.assistant import Assistant, open_assistant
from core.identity import Identity
from core.reply import Reply, Status
from core.settings import Settings
from core.stream import Delta, Event, Progress
from tests.agent.conftest import QUESTION
from tests.fakes import openai_server as fake
from tests.fakes.openai_server import OpenAIServer, Step

ASK = "ask_records"
ASKED = {"question": QUESTION}


class Failing(NamedTuple):
    """How a model behaves, and for how many requests at most it is asked."""

    steps: list[Step]
    requests: int = 1


FAILURES = {
    "429": Failing([fake.fail(429, "rate_limited")]),
    "500": Failing([fake.fail(500)]),
    "503": Failing([fake.fail(503)]),
    "401": Failing([fake.fail(401, "invalid_api_key")]),
    "404": Failing([fake.fail(404, "model_not_found")]),
    "context overflow": Failing([fake.fail(400, "context_length_exceeded")]),
    "says nothing": Failing([fake.stall()]),
    "stalls in the middle": Failing([fake.stall_after("The revenue was ")]),
    "is cut": Failing([fake.cut_after("The revenue was ")]),
    "drips": Failing([fake.drip("The revenue was very good indeed, " * 9)]),
    "garbage": Failing([fake.garbage()]),
    "no choices": Failing([fake.nothing()]),
    "says nothing at all": Failing([fake.say("")]),
    "unknown tool": Failing([fake.call("run_sql", {"sql": "select 1"})]),
    "bad arguments": Failing([fake.call(ASK, '{"question": "unfinish')]),
    "same call twice at once": Failing([fake.call(ASK, ASKED, (ASK, ASKED))]),
    "same call again": Failing([fake.call(ASK, ASKED)], 2),
    "too many calls at once": Failing([fake.call(ASK, ASKED, *((ASK, {"question": f"{n}?"}) for n in range(5)))]),
    "fails after the tool": Failing([fake.call(ASK, ASKED), fake.fail(500)], 2),
    "stalls after the tool": Failing([fake.call(ASK, ASKED), fake.stall()], 2),
    "figures without a tool": Failing([fake.say("Revenue was $1,234,567.")], 2),
}


async def told(assistant: Assistant, identity: Identity, message: str) -> list[Event]:
    return [event async for event in assistant.stream(identity, message)]


def shown(events: list[Event]) -> str:
    """What a reader sees in the end."""
    text = ""
    for event in events:
        if isinstance(event, Delta):
            text = event.text if event.restart else text + event.text
    return text


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failing_model_is_replaced_in_the_turn(
    name: str, assistant: Assistant, modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    failing = FAILURES[name]
    expected = await assistant.turn(director, QUESTION)
    server.play(*failing.steps)
    start = time.perf_counter()
    reply = await modelled.turn(director, QUESTION)
    assert time.perf_counter() - start < 4
    assert (reply.status, reply.text, reply.table) == (Status.ANSWERED, expected.text, expected.table)
    assert reply.model == "builtin"
    assert len(server.requests) <= failing.requests


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failing_stream_is_taken_back(
    name: str, assistant: Assistant, modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    expected = await assistant.turn(director, QUESTION)
    server.play(*FAILURES[name].steps)
    start = time.perf_counter()
    events = await told(modelled, director, QUESTION)
    assert time.perf_counter() - start < 4
    assert isinstance(events[-1], Reply)
    assert events[-1].text == shown(events) == expected.text
    assert events[-1].model == "builtin"


async def test_nobody_listening_is_a_failing_model(settings: Settings, director: Identity) -> None:
    changes = {"model": "openai:fake", "openai_base_url": "http://127.0.0.1:9/v1", "model_timeout_seconds": 0.5}
    async with open_assistant(settings.model_copy(update=changes)) as assistant:
        reply = await assistant.turn(director, QUESTION)
    assert (reply.status, reply.model) == (Status.ANSWERED, "builtin")


async def test_endless_tool_calls_end(modelled: Assistant, server: OpenAIServer, director: Identity) -> None:
    server.play(*(fake.call(ASK, {"question": f"{QUESTION} {'!' * n}"}) for n in range(20)))
    reply = await modelled.turn(director, QUESTION)
    assert (reply.status, reply.model) == (Status.ANSWERED, "builtin")
    assert len(server.requests) <= 5


async def test_progress_comes_first_and_the_reply_last(assistant: Assistant, director: Identity) -> None:
    events = await told(assistant, director, QUESTION)
    kinds = [type(event) for event in events]
    assert kinds[0] is Progress
    assert kinds[-1] is Reply
    assert kinds.count(Reply) == 1
    assert kinds.index(Delta) > max(place for place, kind in enumerate(kinds) if kind is Progress)
