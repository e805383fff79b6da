"""What is for one person is seen by that person alone; commands are answered at their own address."""

from typing import Any

import pytest

from connectors.slack import SlackChannel
from connectors.slack.presses import arrived_of
from connectors.slack.refs import ref_of
from core.channels import Content, Outgoing
from tests.conftest import NOW
from tests.connectors.slack.conftest import DANA, DM, GENERAL, Desk, give
from tests.fakes.slack_sender import press, press_request
from tests.fakes.slack_server import SlackServer, cut, refuse
from tests.fakes.slack_world import BOT, Message

ROOT = "1781668700.000100"


def aside(text: str = "42%", *, extra: dict[str, Any] | None = None, **more: Any) -> Outgoing:
    return Outgoing("reply:1", GENERAL, ROOT, Content(text=text, only_for=DANA, **more), extra or {})


def whispered(server: SlackServer) -> list[Message]:
    return [one for one in server.world.messages if one.only_for == DANA]


async def test_private_numbers_are_an_ephemeral_in_the_thread(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(aside())
    [shown] = whispered(server)
    assert (shown.words, shown.thread, ref) == ("42%", ROOT, f"alone:{shown.ts}")
    assert server.world.said() == []


async def test_progress_for_one_person_is_no_message(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(aside("Working on it", busy=True))
    assert whispered(server) == []
    await channel.edit(ref, aside())
    assert [one.words for one in whispered(server)] == ["42%"]


async def test_where_threads_have_a_status_it_tells_the_progress(channel: SlackChannel, server: SlackServer) -> None:
    server.world.assistant_threads.add(ROOT)
    ref = await channel.post(aside("Working on it", busy=True))
    await channel.edit(ref, aside())
    assert [one["status"] for one in server.world.statuses] == ["Working on it", ""]


async def test_an_answer_that_turns_out_to_be_for_all_is_said_to_all(
    channel: SlackChannel, server: SlackServer
) -> None:
    ref = await channel.post(aside("Working on it", busy=True))
    await channel.edit(ref, Outgoing("reply:1", GENERAL, ROOT, Content(text="Which quarter?")))
    assert [one.words for one in server.world.said()] == ["Which quarter?"]


async def test_progress_that_was_seen_by_all_goes_when_the_answer_is_for_one(
    channel: SlackChannel, server: SlackServer
) -> None:
    ref = await channel.post(Outgoing("reply:1", GENERAL, ROOT, Content(text="Working on it", busy=True)))
    await channel.edit(ref, aside())
    assert server.world.said() == []
    assert [one.words for one in whispered(server)] == ["42%"]


async def test_an_ephemeral_that_was_pressed_is_changed_in_its_place(
    channel: SlackChannel, server: SlackServer, desk: Desk
) -> None:
    ref = await channel.post(aside())
    [shown] = whispered(server)
    url = f"{server.world.base}/respond/{GENERAL}/{DANA}"
    body = press(
        "share:1", user=DANA, channel=GENERAL, ts=shown.ts, trigger="9.1", response_url=url,
        container={"is_ephemeral": True, "thread_ts": ROOT},
    )  # fmt: skip
    await give(channel, desk, press_request(body))
    [arrived] = desk.all
    assert (arrived.message, arrived.thread) == (ref, ROOT)
    assert await channel.edit(ref, aside("shared")) == ref
    assert [one.words for one in whispered(server)] == ["shared"]


async def test_an_ephemeral_that_nobody_pressed_is_said_anew(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(aside())
    assert await channel.edit(ref, aside("43%")) != ref
    assert [one.words for one in whispered(server)] == ["42%", "43%"]


@pytest.mark.parametrize("error", ["user_not_in_channel", "channel_not_found", "not_in_channel"])
async def test_who_can_not_be_told_there_is_told_in_direct_messages(
    channel: SlackChannel, server: SlackServer, error: str
) -> None:
    server.misbehave("chat.postEphemeral", refuse(error))
    await channel.post(aside())
    assert [(one.channel, one.words) for one in server.world.said()] == [(DM, "42%")]


def _command(server: SlackServer) -> dict[str, Any]:
    return {"command": True, "response_url": f"{server.world.base}/respond/{GENERAL}/{DANA}"}


async def test_a_command_is_answered_where_the_assistant_is_no_member(
    channel: SlackChannel, server: SlackServer
) -> None:
    server.world.channels[GENERAL].discard(BOT)
    extra = _command(server)
    ref = await channel.post(Outgoing("reply:1", GENERAL, None, Content(text="Working", busy=True), extra))
    await channel.edit(ref, Outgoing("reply:1", GENERAL, None, Content(text="Which one?"), extra))
    assert [one.words for one in server.world.said()] == ["Which one?"]


async def test_a_command_for_one_is_answered_to_one(channel: SlackChannel, server: SlackServer) -> None:
    await channel.post(aside(extra=_command(server)))
    assert [one.words for one in whispered(server)] == ["42%"]
    assert "chat.postEphemeral" not in [method for method, _ in server.world.asked]


async def test_an_address_that_is_used_up_is_left_for_another_way(channel: SlackChannel, server: SlackServer) -> None:
    server.world.responses[GENERAL, DANA] = 5
    await channel.post(aside(extra=_command(server)))
    await channel.post(Outgoing("reply:2", GENERAL, None, Content(text="For all"), _command(server)))
    assert [one.words for one in whispered(server)] == ["42%"]
    assert [one.words for one in server.world.said()] == ["For all"]


async def test_a_command_in_direct_messages_of_others_is_answered_at_its_address(
    channel: SlackChannel, server: SlackServer
) -> None:
    extra = {"command": True, "response_url": f"{server.world.base}/respond/D0OTHERS/{DANA}"}
    ref = await channel.post(Outgoing("reply:1", "D0OTHERS", None, Content(text="Working", busy=True), extra))
    await channel.edit(ref, Outgoing("reply:1", "D0OTHERS", None, Content(text="42%"), extra))
    assert [(one.channel, one.words) for one in whispered(server)] == [("D0OTHERS", "42%")]


async def test_an_ephemeral_is_told_at_least_once(channel: SlackChannel, server: SlackServer) -> None:
    server.misbehave("chat.postEphemeral", cut(done=False))
    with pytest.raises(Exception, match="channel_busy"):
        await channel.post(aside())
    await channel.post(aside())
    assert [one.words for one in whispered(server)] == ["42%"]


def test_refs_read_back_as_they_were() -> None:
    for text in ("1.2", "1.2,3.4", "alone", "alone:1.2", "status", "home"):
        assert str(ref_of(text)) == text


def test_a_press_on_an_ephemeral_outside_of_threads_opens_none() -> None:
    body = press("x:1", user=DANA, channel=GENERAL, ts="1.2", trigger="9", container={"is_ephemeral": True})
    arrived = arrived_of(body, None, NOW)
    assert arrived is not None
    assert arrived.thread is None
