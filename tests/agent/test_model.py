"""A model that behaves words the answer; what it writes is checked, and what it spells out is done."""

import json

import pytest

from agent.assistant import Assistant
from core.identity import Identity
from core.reply import Status
from tests.agent.conftest import QUESTION
from tests.agent.test_fallback import ASK, ASKED, shown, told
from tests.fakes import openai_server as fake
from tests.fakes.openai_server import OpenAIServer

CALL = json.dumps({"name": ASK, "arguments": ASKED})
SPELLINGS = {
    "fenced": f"```json\n{CALL}\n```",
    "bare": CALL,
    "tagged": f"<tool_call>\n{CALL}\n</tool_call>",
    "with words": f"Let me look that up.\n```json\n{CALL}\n```",
    "arguments as text": json.dumps({"name": ASK, "arguments": json.dumps(ASKED)}),
    "as a function": json.dumps({"type": "function", "function": {"name": ASK, "parameters": ASKED}}),
}


def last_result(server: OpenAIServer) -> dict[str, object]:
    """What the model was told by the tool."""
    told_back = [message for message in server.requests[-1]["messages"] if message["role"] == "tool"]
    content: dict[str, object] = json.loads(told_back[-1]["content"])
    return content


async def answer_text(assistant: Assistant, director: Identity) -> str:
    """The figure as displayed."""
    reply = await assistant.turn(director, QUESTION)
    return next(word for word in reply.text.split() if "¥" in word)


async def test_a_model_words_the_answer(
    assistant: Assistant, modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    figure = await answer_text(assistant, director)
    server.play(fake.call(ASK, ASKED), fake.say(f"We made {figure} in the first quarter."))
    reply = await modelled.turn(director, QUESTION)
    assert reply.text == f"We made {figure} in the first quarter."
    assert (reply.model, reply.status, len(reply.receipts)) == ("openai:fake", Status.ANSWERED, 1)
    assert last_result(server)["rows"] == [[figure]]


async def test_a_streaming_model_is_told_as_it_speaks(
    assistant: Assistant, modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    figure = await answer_text(assistant, director)
    text = f"We made {figure} in the first quarter. That is good."
    server.play(fake.call(ASK, ASKED), fake.say(text))
    events = await told(modelled, director, QUESTION)
    assert shown(events) == text


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_tool_call_spelled_out_is_made(
    spelling: str, assistant: Assistant, modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    figure = await answer_text(assistant, director)
    server.play(fake.say(SPELLINGS[spelling]), fake.say(f"It was {figure}."))
    reply = await modelled.turn(director, QUESTION)
    assert (reply.text, reply.model) == (f"It was {figure}.", "openai:fake")


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_tool_call_spelled_out_is_never_shown(
    spelling: str, modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    server.play(fake.say(SPELLINGS[spelling]), fake.say("Done."))
    events = await told(modelled, director, QUESTION)
    assert shown(events) == "Done."
    assert not any("{" in getattr(event, "text", "") for event in events)


async def test_a_lie_is_asked_about_once_and_then_rendered(
    assistant: Assistant, modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    expected = await assistant.turn(director, QUESTION)
    server.play(fake.call(ASK, ASKED), fake.say("Revenue was ¥99,999,999."), fake.say("It was ¥88,888,888."))
    reply = await modelled.turn(director, QUESTION)
    assert (reply.text, reply.model, len(server.requests)) == (expected.text, "builtin", 3)
    assert "¥99,999,999" in server.requests[2]["messages"][-1]["content"]


async def test_a_lie_is_put_right(
    assistant: Assistant, modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    figure = await answer_text(assistant, director)
    server.play(fake.call(ASK, ASKED), fake.say("Revenue was ¥99,999,999."), fake.say(f"It was {figure}."))
    reply = await modelled.turn(director, QUESTION)
    assert (reply.text, reply.model) == (f"It was {figure}.", "openai:fake")


async def test_a_lie_is_never_shown_even_for_a_moment(
    modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    server.play(fake.call(ASK, ASKED), fake.say("Good news. Revenue was ¥99,999,999. Well done."))
    events = await told(modelled, director, QUESTION)
    assert not any("99,999,999" in getattr(event, "text", "") for event in events)


async def test_the_model_is_not_told_who_may_see_what(
    modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    server.play(fake.say("Hello."))
    await modelled.turn(director, "hi")
    request = server.requests[0]
    for tool in request["tools"]:
        assert set(tool["function"]["parameters"]["properties"]) <= {"question", "name"}
    assert request["messages"][0]["role"] == "system"
    assert director.name not in json.dumps(request)


async def test_one_model_may_ask_two_questions(modelled: Assistant, server: OpenAIServer, director: Identity) -> None:
    second = {"question": "win rate in Q1 2026"}
    server.play(fake.call(ASK, ASKED, (ASK, second)), fake.say("Both are in the table."))
    reply = await modelled.turn(director, "revenue and win rate in Q1 2026")
    assert [receipt.id for receipt in reply.receipts] == ["r1", "r2"]
    assert {receipt.metric for receipt in reply.receipts} == {"revenue", "win_rate"}


async def test_the_next_turn_tries_the_model_again(
    modelled: Assistant, server: OpenAIServer, director: Identity
) -> None:
    server.play(fake.fail(500), fake.say("Hello."))
    first = await modelled.turn(director, QUESTION)
    second = await modelled.turn(director, "hi", thread_id=first.thread_id)
    assert (first.model, second.model, second.text) == ("builtin", "openai:fake", "Hello.")
