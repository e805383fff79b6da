"""What we say stands there once, as it should read, whatever Slack does meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.slack import SlackChannel
from core.channels import Button, ChannelBusy, ChannelRefused, Content, File, Outgoing
from core.reply import Chart, Column, Reply, Status, Table
from core.settings import Settings
from tests.connectors.slack.conftest import DANA, DM, GENERAL, no_labels
from tests.fakes.slack_server import Fault, SlackServer, cut, hang, rate_limited, refuse, status

ROOT = "1781668700.000100"
WORDS = " ".join(f"word{number:05}" for number in range(3000))
TABLE = Table(
    columns=(Column(name="region"), Column(name="revenue", unit="money")),
    rows=(("East", Decimal(120)), ("华南", Decimal(80)), ("West", Decimal(60))),
)


def out(
    text: str = "42%", *, key: str = "reply:1", thread: str | None = ROOT, place: str = GENERAL, **more: object
) -> Outgoing:
    return Outgoing(key, place, thread, Content(text=text, **more))


def reply(**more: Any) -> Reply:
    return Reply(turn_id="t", thread_id="h", status=Status.ANSWERED, lang="en", text="By region:", **more)


def ago(minutes: float = 1) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


async def test_a_message_is_edited_in_place(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(out("Working on it", busy=True))
    assert await channel.edit(ref, out()) == ref
    assert await channel.edit(ref, out()) == ref
    assert [one.words for one in server.world.said()] == ["42%"]
    assert server.world.refusals == []


async def test_429_says_how_long_to_wait(channel: SlackChannel, server: SlackServer) -> None:
    server.misbehave("chat.postMessage", rate_limited(7))
    with pytest.raises(ChannelBusy) as caught:
        await channel.post(out())
    assert caught.value.seconds == 7
    assert server.world.said() == []
    await channel.post(out())
    assert len(server.world.said()) == 1


@pytest.mark.parametrize("fault", [cut(done=True), cut(done=False), status(503), status(500)])
async def test_what_may_have_been_posted_is_looked_for_before_it_is_posted_again(
    channel: SlackChannel, server: SlackServer, fault: Fault
) -> None:
    server.misbehave("chat.postMessage", fault)
    with pytest.raises(ChannelBusy) as caught:
        await channel.post(out())
    assert caught.value.seconds is None
    await channel.post(out())
    assert [one.words for one in server.world.said()] == ["42%"]


async def test_a_request_that_is_never_answered_ends(slack_settings: Settings, server: SlackServer) -> None:
    impatient = SlackChannel(slack_settings, no_labels, patience=0.3)
    server.misbehave("chat.postMessage", hang(2, done=True))
    with pytest.raises(ChannelBusy):
        await impatient.post(out())
    assert await impatient.find(out(), ago()) is not None
    assert len(server.world.said()) == 1
    await impatient.close()


async def test_another_process_finds_what_was_posted(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(out("half an answer"))
    assert await channel.find(out("all of it"), ago()) == ref
    assert await channel.find(out(key="reply:2"), ago()) is None
    assert [one.words for one in server.world.said()] == ["all of it"]


async def test_it_is_found_behind_many_others(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(out(place=DM, thread=None))
    for number in range(450):
        server.world.keep({"channel": DM, "text": f"chat {number}"}, user=DANA)
    assert await channel.find(out(place=DM, thread=None), ago()) == ref


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "invalid_auth", "account_inactive"])
async def test_a_refusal_is_for_good(channel: SlackChannel, server: SlackServer, error: str) -> None:
    server.misbehave("chat.postMessage", refuse(error))
    with pytest.raises(ChannelRefused, match=error):
        await channel.post(out())


async def test_a_long_text_is_several_messages_and_one_reference(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(out(WORDS))
    pages = server.world.said()
    assert len(pages) > 1
    assert " ".join(page.words.replace("\n", " ") for page in pages).split() == WORDS.split()
    assert await channel.edit(ref, out("short")) == pages[0].ts
    assert [one.words for one in server.world.said()] == ["short"]
    longer = await channel.edit(pages[0].ts, out(WORDS))
    assert longer.split(",") == [one.ts for one in server.world.said()]
    assert server.world.refusals == []


async def test_a_long_text_cut_off_in_the_middle_is_made_whole(channel: SlackChannel, server: SlackServer) -> None:
    server.misbehave("chat.postMessage", _pass, rate_limited(1))
    with pytest.raises(ChannelBusy) as caught:
        await channel.post(out(WORDS))
    assert caught.value.seconds is None
    assert len(server.world.said()) == 1
    ref = await channel.find(out(WORDS), ago())
    assert ref is not None
    assert ref.split(",") == [one.ts for one in server.world.said()]
    assert " ".join(one.words.replace("\n", " ") for one in server.world.said()).split() == WORDS.split()


async def _pass(request: web.Request, answer: Callable[[], Awaitable[web.Response]]) -> web.Response:
    return await answer()


async def test_a_message_that_someone_deleted_is_said_again(channel: SlackChannel, server: SlackServer) -> None:
    ref = await channel.post(out("Working on it", busy=True))
    server.world.messages.clear()
    again = await channel.edit(ref, out())
    assert again != ref
    assert [one.words for one in server.world.said()] == ["42%"]


async def test_where_tables_are_not_shown_they_are_text(channel: SlackChannel, server: SlackServer) -> None:
    server.world.tables = False
    await channel.post(out("", reply=reply(table=TABLE)))
    [shown] = server.world.said()
    assert "```" in shown.words
    assert "华南" in shown.words


async def test_where_no_block_is_shown_the_words_are(channel: SlackChannel, server: SlackServer) -> None:
    server.misbehave("chat.postMessage", *[refuse("invalid_blocks")] * 2)
    await channel.post(out("", reply=reply(table=TABLE)))
    [shown] = server.world.said()
    assert shown.blocks == []
    assert "华南" in shown.text


async def test_nothing_a_customer_said_becomes_a_mention(channel: SlackChannel, server: SlackServer) -> None:
    await channel.post(out("they wrote <!channel> & <@U1> 👩🏽‍💻 “太贵了”"))
    [shown] = server.world.said()
    assert "<" not in shown.words
    assert "<" not in shown.text
    assert "&lt;!channel&gt; &amp;" in shown.words


async def test_a_chart_is_a_picture_in_the_message(channel: SlackChannel, server: SlackServer) -> None:
    drawn = Table(columns=TABLE.columns, rows=(("East", Decimal(120)), ("West", Decimal(60))))
    chart = Chart(kind="bar", x="region", y="revenue")
    message = out("", reply=reply(table=drawn, chart=chart), buttons=((Button(label="Good", value="thumb:up:t"),),))
    ref = await channel.post(message)
    await channel.edit(ref, message)
    [shown] = server.world.said()
    assert [block["type"] for block in shown.blocks][-2:] == ["image", "actions"]
    assert [file["content"][:4] for file in server.world.files.values()] == [b"\x89PNG"]


@pytest.mark.parametrize("fault", [refuse("missing_scope"), status(503), rate_limited(9)])
async def test_no_answer_waits_for_its_picture(channel: SlackChannel, server: SlackServer, fault: Fault) -> None:
    server.misbehave("files.getUploadURLExternal", fault)
    drawn = Table(columns=TABLE.columns, rows=(("East", Decimal(120)), ("West", Decimal(60))))
    await channel.post(out("", reply=reply(table=drawn, chart=Chart(kind="bar", x="region", y="revenue"))))
    assert len(server.world.said()) == 1


async def test_a_file_goes_with_the_message_once(channel: SlackChannel, server: SlackServer, tmp_path: Path) -> None:
    path = tmp_path / "call.ics"
    path.write_bytes(b"BEGIN:VCALENDAR")
    message = out("At 3", files=(File(path=str(path), name="call.ics", mime="text/calendar"),))
    ref = await channel.post(message)
    await channel.edit(ref, message)
    [shown] = server.world.said()
    assert len(shown.files) == 1
    assert server.world.files[shown.files[0]]["content"] == b"BEGIN:VCALENDAR"


async def test_direct_messages_are_opened_once(channel: SlackChannel, server: SlackServer) -> None:
    assert await channel.direct(DANA) == DM
    await channel.post(out(place=f"@{DANA}", thread=None))
    assert [method for method, _ in server.world.asked].count("conversations.open") == 1
    assert [one.channel for one in server.world.said()] == [DM]
    with pytest.raises(ChannelRefused, match="user_not_found"):
        await channel.direct("U0NOBODY")


async def test_the_home_tab_is_replaced(channel: SlackChannel, server: SlackServer) -> None:
    message = out("Today", place=f"home:{DANA}", thread=None, reply=reply(table=TABLE), title="Good morning")
    ref = await channel.post(message)
    assert await channel.edit(ref, message) == ref
    assert len(server.world.homes[DANA]) == 2
    assert server.world.homes[DANA][-1]["blocks"][0]["type"] == "header"
    assert server.world.said() == []
    assert server.world.refusals == []
