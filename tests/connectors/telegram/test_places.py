"""Who sees what: groups, topics, private answers; pictures and documents."""

from pathlib import Path

import pytest

from connectors.rendering.pictures import readable
from connectors.telegram import TelegramChannel
from connectors.telegram.refs import parsed
from core.channels import ChannelRefused, Outgoing
from core.reply import Chart, Column, Reply, Status, Table
from core.wording import LANGS, say
from tests.connectors.telegram.conftest import outgoing
from tests.connectors.telegram.test_sending import texts
from tests.fakes.telegram_limits import Refused
from tests.fakes.telegram_server import TelegramServer
from tests.fixtures.machine import need

PRIVATE = [say("telegram.private_note", lang) for lang in LANGS]
NEEDED = say("telegram.private_needed", "en")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def reply(*values: int) -> Reply:
    rows = tuple((f"2026-0{month}", value) for month, value in enumerate(values, 1))
    table = Table(columns=(Column(name="month"), Column(name="revenue", unit="count")), rows=rows)
    chart = Chart(kind="line", x="month", y="revenue")
    return Reply(
        turn_id="1", thread_id="1", status=Status.ANSWERED, lang="en", text="Three months.", table=table, chart=chart
    )


async def test_in_a_group_the_question_is_answered_where_it_was_asked(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    asked = server.says("revenue?", chat=-1001)["message"]["message_id"]
    await channel.post(outgoing("42", place="-1001", thread="9", answers=str(asked)))
    (sent,) = server.chat(-1001).ours
    assert (sent["answers"], sent["message_thread_id"]) == (asked, 9)


async def test_a_topic_that_is_gone_does_not_lose_the_answer(server: TelegramServer, channel: TelegramChannel) -> None:
    await channel.post(outgoing("42", place="-500", thread="9"))
    assert texts(server, -500) == ["42"]


async def test_a_group_that_became_a_super_group_is_followed(server: TelegramServer, channel: TelegramChannel) -> None:
    server.before["sendMessage"].append(Refused(400, "group chat was upgraded", migrate_to_chat_id=-1001))
    ref = await channel.post(outgoing("42", place="-500"))
    assert await channel.edit(ref, outgoing("43", place="-500")) == ref
    assert (texts(server, -500), texts(server, -1001)) == ([], ["43"])


async def test_what_is_for_one_alone_is_said_in_private(server: TelegramServer, channel: TelegramChannel) -> None:
    ref = await channel.post(outgoing("my number is 42", place="-500", only_for="11"))
    assert (texts(server, 11), texts(server, -500)) == (["my number is 42"], PRIVATE[:1])
    assert await channel.edit(ref, outgoing("it is 43", place="-500", only_for="11")) == ref
    assert (texts(server, 11), texts(server, -500)) == (["it is 43"], PRIVATE[:1])


async def test_progress_that_all_saw_becomes_a_note_when_the_answer_is_for_one(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    ref = await channel.post(outgoing("Looking…", place="-500", busy=True))
    await channel.edit(ref, outgoing("my number is 42", place="-500", only_for="11"))
    assert (texts(server, 11), texts(server, -500)) == (["my number is 42"], PRIVATE[:1])


async def test_who_never_wrote_to_us_is_asked_to(server: TelegramServer, channel: TelegramChannel) -> None:
    server.not_started.add(11)
    await channel.post(outgoing("my number is 42", place="-500", only_for="11"))
    (sent,) = server.chat(-500).ours
    assert sent["text"] == NEEDED
    assert sent["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/dealhand_bot"


async def test_a_group_we_were_thrown_out_of_refuses(server: TelegramServer, channel: TelegramChannel) -> None:
    server.blocked |= {11, -500}
    with pytest.raises(ChannelRefused):
        await channel.post(outgoing("x", place="-500", only_for="11"))


async def test_a_chart_is_a_picture_below_its_text(server: TelegramServer, channel: TelegramChannel) -> None:
    need(readable("0123456789"), "a font with digits")
    ref = await channel.post(outgoing("", reply=reply(1, 2, 3)))
    text, chart = server.chat(11).ours
    assert "Three months." in text["text"]
    assert chart["bytes"].startswith(b"\x89PNG")
    assert await channel.edit(ref, outgoing("", reply=reply(1, 2, 3), title="Now")) == ref
    changed = await channel.edit(ref, outgoing("", reply=reply(1, 2, 4)))
    assert [one.number for one in parsed(changed)] == [one.number for one in parsed(ref)]
    assert len(server.chat(11).ours) == 2


async def test_files_come_as_pictures_and_documents(
    server: TelegramServer, channel: TelegramChannel, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "a.ics").write_bytes(b"BEGIN:VCALENDAR")
    files = [
        {"path": str(tmp_path / "a.png"), "name": "a.png", "mime": "image/png"},
        {"path": str(tmp_path / "a.ics"), "name": "a.ics", "mime": "text/calendar"},
    ]
    asked = server.says("when?")["message"]["message_id"]
    message: Outgoing = outgoing("At 3", files=files, answers=str(asked))
    ref = await channel.post(message)
    assert [one.kind for one in parsed(ref)] == ["text", "photo", "document"]
    assert [one.get("bytes") for one in server.chat(11).ours] == [None, PNG, b"BEGIN:VCALENDAR"]


async def test_working_is_shown_as_typing(server: TelegramServer, channel: TelegramChannel) -> None:
    await channel.post(outgoing("Looking…", busy=True))
    assert [method for method, _ in server.calls].count("sendChatAction") == 1
