"""Telegram's calls to us: kept before they are acknowledged, refused without the secret."""

import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from connectors.telegram import TelegramChannel
from connectors.telegram.api import webhook_secret
from core.settings import Settings
from core.wording import Lang
from tests.conftest import NOW
from tests.fakes.telegram_server import TOKEN, TelegramServer, run_telegram_server
from tests.web.desk import Desk

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with run_telegram_server() as running:
        running.chat(11)
        yield running


@pytest.fixture
def telegram(server: TelegramServer) -> Settings:
    return Settings(_env_file=None, telegram_token=TOKEN, telegram_api_url=server.url, now=NOW)


@pytest.fixture
async def desk(app: FastAPI, telegram: Settings, sqlite_engine: Engine) -> AsyncIterator[Desk]:
    def labels(lang: Lang) -> dict[str, str]:
        return {}

    channel, desk = TelegramChannel(telegram, sqlite_engine, labels), Desk()
    app.state.parts.desk, app.state.parts.webhooks = desk, {"telegram": channel}
    yield desk
    await channel.close()


async def _call(client: httpx.AsyncClient, update: object, secret: str) -> httpx.Response:
    return await client.post("/telegram/webhook", content=json.dumps(update), headers={HEADER: secret})


async def test_an_update_is_kept_and_acknowledged(
    client: httpx.AsyncClient, server: TelegramServer, telegram: Settings, desk: Desk
) -> None:
    answer = await _call(client, server.says("华东本季度销售额"), webhook_secret(telegram))
    assert answer.status_code == 200
    assert [(one.text, one.account, one.private) for one in desk.kept] == [("华东本季度销售额", "11", True)]


@pytest.mark.parametrize("secret", ["", "wrong"])
async def test_nobody_else_can_call(client: httpx.AsyncClient, server: TelegramServer, desk: Desk, secret: str) -> None:
    assert (await _call(client, server.says("hi"), secret)).status_code == 401
    assert desk.kept == []


async def test_what_could_not_be_kept_is_not_acknowledged(
    client: httpx.AsyncClient, server: TelegramServer, telegram: Settings, desk: Desk
) -> None:
    desk.broken = True
    assert (await _call(client, server.says("hi"), webhook_secret(telegram))).status_code == 500


async def test_a_pressed_button_stops_spinning_with_the_answer(
    client: httpx.AsyncClient, server: TelegramServer, telegram: Settings, desk: Desk
) -> None:
    server.call("sendMessage", {"chat_id": 11, "text": "?"})
    answer = await _call(client, server.presses("accept:7"), webhook_secret(telegram))
    assert answer.json() == {"method": "answerCallbackQuery", "callback_query_id": desk.kept[0].extra["callback"]}
    assert desk.kept[0].button == "accept:7"


async def test_what_can_not_be_read_does_not_hold_up_the_rest(
    client: httpx.AsyncClient, telegram: Settings, desk: Desk
) -> None:
    updates: list[object] = [[], {"update_id": 1, "message": {"message_id": "x"}}, {"update_id": 2}]
    for update in updates:
        assert (await _call(client, update, webhook_secret(telegram))).status_code == 200
    assert desk.kept == []


async def test_it_is_unavailable_where_it_is_not_set_up(client: httpx.AsyncClient) -> None:
    assert (await _call(client, {}, "x")).status_code == 503
