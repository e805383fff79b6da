"""What arrives from Telegram by polling: read, kept, and only then confirmed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import Engine
from telegram import Update, User

from connectors.reception.words import read_command
from connectors.telegram import TelegramChannel
from connectors.telegram.intake import COMMANDS
from connectors.telegram.reading import read_update
from core.channels import Arrived
from core.settings import Settings
from tests.conftest import NOW
from tests.connectors.telegram.conftest import Desk, no_labels, outgoing
from tests.fakes.telegram_limits import Refused
from tests.fakes.telegram_server import TelegramServer, Trouble
from tests.fakes.telegram_world import BOT_ID, BOT_NAME, Silent, flood

ME = User(BOT_ID, "Dealhand", is_bot=True, username=BOT_NAME)
OURS = {"message_id": 5, "date": 1, "chat": {"id": -500, "type": "group"}, "from": ME.to_dict(), "text": "42"}


def read(update: dict[str, Any]) -> Arrived | None:
    return read_update(Update.de_json(update), ME, NOW)


@asynccontextmanager
async def polling(channel: TelegramChannel, desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.run(desk.accept))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(done: Callable[[], object], seconds: float = 8.0) -> None:
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("text", "kind", "read_as", "addressed"),
    [
        ("revenue?", "message", "revenue?", False),
        (f"@{BOT_NAME} revenue?", "message", "revenue?", True),
        (f"@{BOT_NAME.upper()}销售额", "message", "销售额", True),
        (f"hello @{BOT_NAME}, revenue?", "message", "hello, revenue?", True),
        (f"@{BOT_NAME}2 revenue?", "message", f"@{BOT_NAME}2 revenue?", False),
        ("/start K7P2-9QXM", "command", "link K7P2-9QXM", True),
        ("/start", "command", "help", True),
        (f"/brief@{BOT_NAME} Acme\nplease", "command", "brief Acme\nplease", True),
        ("/BRIEF华东", "command", "brief 华东", True),
        ("/etc/hosts is gone", "message", "/etc/hosts is gone", False),
    ],
)
def test_texts_are_read(server: TelegramServer, text: str, kind: str, read_as: str, addressed: bool) -> None:
    arrived = read(server.says(text, chat=-500))
    assert arrived
    assert (arrived.kind, arrived.text, arrived.addressed) == (kind, read_as, addressed)


def test_a_message_is_read_whole(server: TelegramServer) -> None:
    arrived = read(server.says("预算?", chat=-1001, message_thread_id=9, is_topic_message=True))
    assert arrived
    assert (arrived.account, arrived.place, arrived.thread, arrived.message) == ("11", "-1001", "9", "1")
    assert (arrived.private, arrived.stranger, arrived.locale) == (False, False, "zh-hans")


def test_an_answer_to_us_is_meant_for_us(server: TelegramServer) -> None:
    arrived = read(server.says("and West?", chat=-500, reply_to_message=OURS))
    assert arrived
    assert arrived.addressed


def test_what_opens_a_topic_is_not_answered_by_all_that_follows(server: TelegramServer) -> None:
    opened = {**OURS, "forum_topic_created": {"name": "Deals", "icon_color": 1}}
    arrived = read(server.says("hi", chat=-1001, reply_to_message=opened, message_thread_id=5, is_topic_message=True))
    assert arrived
    assert not arrived.addressed


def test_a_group_that_speaks_is_a_stranger(server: TelegramServer) -> None:
    arrived = read(server.says("hi", chat=-500, sender_chat={"id": -500, "type": "group", "title": "G"}))
    assert arrived
    assert (arrived.stranger, arrived.account) == (True, "-500")


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "edited_message": {**OURS, "from": {"id": 11, "is_bot": False, "first_name": "P"}}},
        {"update_id": 1, "message": OURS},
        {"update_id": 1, "message": {**OURS, "from": {"id": 11, "is_bot": False, "first_name": "P"}, "text": " "}},
        {"update_id": 1, "message": {**OURS, "from": {"id": 1, "is_bot": False, "first_name": "P"}, "text": "/x@a"}},
        {"update_id": 1, "callback_query": {"id": "1", "from": ME.to_dict(), "chat_instance": "1", "data": "x"}},
    ],
)
def test_what_is_nobodys_word_to_us_is_left_alone(update: dict[str, Any]) -> None:
    assert read(update) is None


@pytest.mark.parametrize(
    ("sent", "name", "voice"),
    [
        ({"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3, "file_size": 9}}, "voice-101.ogg", True),
        ({"audio": {"file_id": "f", "file_unique_id": "u", "duration": 3, "file_name": "a.mp3"}}, "a.mp3", False),
        ({"document": {"file_id": "f", "file_unique_id": "u", "file_name": "calls.csv"}}, "calls.csv", False),
        ({"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]}, "photo-101.jpg", False),
    ],
)
def test_files_come_with_messages(server: TelegramServer, sent: dict[str, Any], name: str, voice: bool) -> None:
    arrived = read(server.says(None, caption="Acme", **sent))
    assert arrived
    assert arrived.text == "Acme"
    assert [(one.ref, one.name, one.voice) for one in arrived.files] == [("f", name, voice)]


async def test_what_arrives_is_kept_once_and_confirmed(server: TelegramServer, channel: TelegramChannel) -> None:
    desk = Desk()
    update = server.says("one")
    async with polling(channel, desk):
        await until(lambda: desk.kept)
        server.says("two")
        server.push(update)
        await until(lambda: len(desk.kept) == 2 and not server.updates)
    assert [one.text for one in desk.kept.values()] == ["one", "two"]


async def test_nothing_is_confirmed_that_was_not_kept(server: TelegramServer, channel: TelegramChannel) -> None:
    desk = Desk()
    desk.closed = True
    server.says("one")
    async with polling(channel, desk):
        await until(lambda: desk.calls > 1)
        assert len(server.updates) == 1
        desk.closed = False
        await until(lambda: desk.kept)


@pytest.mark.parametrize("trouble", [flood(1), Trouble(502), Trouble(200), Silent(0.1), Refused(500, "Internal")])
async def test_polling_goes_on_after_trouble(
    server: TelegramServer, channel: TelegramChannel, trouble: Exception
) -> None:
    desk = Desk()
    server.before["getUpdates"].append(trouble)
    server.says("one")
    async with polling(channel, desk):
        await until(lambda: desk.kept, 20)


async def test_polling_begins_when_telegram_comes_back(server: TelegramServer, channel: TelegramChannel) -> None:
    desk = Desk()
    for method in ("getMe", "deleteWebhook", "setMyCommands"):
        server.before[method].append(Trouble(502))
    server.says("one")
    async with polling(channel, desk):
        await until(lambda: desk.kept, 20)


async def test_an_update_that_can_not_be_read_holds_up_nothing(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    desk = Desk()
    server.push({"update_id": 6_000, "message": {"message_id": "?"}})
    server.says("one")
    async with polling(channel, desk):
        await until(lambda: desk.kept)


async def test_a_pressed_button_carries_its_value_and_is_thanked(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    desk = Desk()
    question = "Which of our accounts in the Central region have never bought anything?"
    rows = [[{"label": "Accept", "value": "accept:7"}], [{"label": question, "value": f"ask:{question}"}]]
    await channel.post(outgoing(buttons=rows))
    keys = [key for row in server.chat(11).ours[0]["reply_markup"]["inline_keyboard"] for key in row]
    async with polling(channel, desk):
        for key in keys:
            server.presses(key["callback_data"])
        await until(lambda: len(desk.kept) == 2)
        await until(lambda: sum(method == "answerCallbackQuery" for method, _ in server.calls) == 2)
    assert [one.button for one in desk.kept.values()] == ["accept:7", f"ask:{question}"]


async def test_commands_are_told_in_both_languages(server: TelegramServer, channel: TelegramChannel) -> None:
    async with polling(channel, Desk()):
        await until(lambda: len(server.commands) == 2)
    assert set(server.commands) == {"", "zh"}
    assert [one["command"] for one in server.commands[""]] == list(COMMANDS)
    assert all(read_command(f"/{name} Acme" if name == "brief" else f"/{name}") for name in COMMANDS)


async def test_with_a_public_address_telegram_is_told_where_to_call(
    server: TelegramServer, settings: Settings, sqlite_engine: Engine
) -> None:
    public = settings.model_copy(update={"public_url": "https://deals.example/"})
    channel = TelegramChannel(public, sqlite_engine, no_labels)
    await channel.run(Desk().accept)
    await channel.close()
    assert server.webhook["url"] == "https://deals.example/telegram/webhook"
    assert server.webhook["allowed_updates"] == ["message", "callback_query"]
