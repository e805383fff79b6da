"""The assistant's own pane: status for progress, answers written before one's eyes, prompts at the start."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.slack import SlackChannel
from core.channels import Button, ChannelBusy, Content, Outgoing
from core.reply import Reply, Status
from tests.connectors.slack.conftest import DM
from tests.fakes.slack_server import SlackServer, cut, rate_limited, refuse, status

ROOT = "1781668700.000100"
PANE = {"assistant": True, "team": "T0HOME"}
LONG = "The quarter went well. " * 40
BUSY = Content(text="Looking at the quarter", busy=True)


@pytest.fixture(autouse=True)
def pane(server: SlackServer) -> None:
    server.world.assistant_threads.add(ROOT)


def out(content: Content, **extra: Any) -> Outgoing:
    return Outgoing("reply:1", DM, ROOT, content, PANE | extra)


def answer(text: str = LONG) -> Content:
    reply = Reply(turn_id="t", thread_id="h", status=Status.ANSWERED, lang="en", text=text)
    return Content(reply=reply, buttons=((Button(label="Good", value="thumb:up:t"),),))


def methods(server: SlackServer) -> list[str]:
    return [method.removeprefix("chat.") for method, _ in server.world.asked if method.startswith("chat.")]


async def test_progress_is_a_status_and_the_answer_is_streamed(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(out(BUSY))
    assert (ref, server.world.statuses[0]["status"]) == ("status", "Looking at the quarter")
    assert server.world.said() == []
    assert await channel.edit(ref, out(BUSY)) == "status"
    ref = await channel.edit(ref, out(answer()))
    [shown] = server.world.said()
    assert (shown.ts, shown.streamed, shown.streaming) == (ref, LONG.strip(), False)
    assert LONG.strip() in shown.words
    assert methods(server) == ["startStream", *["appendStream"] * 3, "stopStream", "update"]
    assert server.world.refusals == []


async def test_a_workspace_without_streaming_is_asked_once(channel: SlackChannel, server: SlackServer) -> None:
    server.world.streams = False
    for number in range(3):
        await channel.post(Outgoing(f"reply:{number}", DM, ROOT, answer(), PANE))
    assert methods(server) == ["startStream", "postMessage", "postMessage", "postMessage"] or (
        [error for _, error, _ in server.world.refusals] == ["unknown_method"]
    )
    assert len(server.world.said()) == 3


async def test_a_thread_without_a_status_gets_its_progress_as_a_message(
    channel: SlackChannel, server: SlackServer
) -> None:
    server.world.assistant_threads.clear()
    ref = await channel.post(out(BUSY))
    assert [one.words for one in server.world.said()] == ["Looking at the quarter"]
    assert await channel.edit(ref, out(answer())) == ref
    assert len(server.world.said()) == 1


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update"])
@pytest.mark.parametrize("done", [True, False])
async def test_a_stream_cut_off_anywhere_is_one_message_in_the_end(
    channel: SlackChannel, server: SlackServer, method: str, done: bool
) -> None:
    server.misbehave(method, cut(done=done))
    since = datetime.now(UTC) - timedelta(minutes=1)
    try:
        await channel.post(out(answer()))
    except ChannelBusy:
        found = await channel.find(out(answer()), since)
        if found is None:
            await channel.post(out(answer()))
    [shown] = server.world.said()
    assert LONG.strip() in shown.words
    assert not shown.streaming
    assert shown.metadata is not None


async def test_an_edit_from_a_status_that_was_cut_off_finds_what_it_had_said(
    channel: SlackChannel, server: SlackServer
) -> None:
    ref = await channel.post(out(BUSY))
    server.misbehave("chat.stopStream", status(503))
    with pytest.raises(ChannelBusy):
        await channel.edit(ref, out(answer()))
    await channel.edit(ref, out(answer()))
    [shown] = server.world.said()
    assert not shown.streaming


async def test_where_streams_are_limited_the_answer_is_posted(channel: SlackChannel, server: SlackServer) -> None:
    server.misbehave("chat.startStream", rate_limited(30))
    await channel.post(out(answer()))
    assert len(server.world.said()) == 1


async def test_a_greeting_comes_with_what_one_could_ask(channel: SlackChannel, server: SlackServer) -> None:
    await channel.post(out(Content(lang="zh", text="你好"), greets=True))
    [given] = server.world.prompts
    assert len(given["prompts"]) == 4
    assert "赢单率" in given["prompts"][0]["message"]


async def test_the_greeting_s_own_suggestions_come_first(channel: SlackChannel, server: SlackServer) -> None:
    ask = Button(label="My revenue", value="ask:My revenue this month")
    await channel.post(out(Content(text="Hi", buttons=((ask,),)), greets=True))
    assert [one["message"] for one in server.world.prompts[0]["prompts"]] == ["My revenue this month"]


async def test_a_greeting_needs_no_prompts(channel: SlackChannel, server: SlackServer) -> None:
    server.misbehave("assistant.threads.setSuggestedPrompts", refuse("missing_scope"))
    await channel.post(out(Content(text="Hi"), greets=True))
    assert len(server.world.said()) == 1
