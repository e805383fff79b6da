"""Socket Mode: acknowledged only once kept, and connected again when the connection goes."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from connectors.slack import SlackChannel
from core.settings import Settings
from tests.connectors.slack.conftest import DANA, DM, Desk, no_labels
from tests.fakes.slack_sender import command, event_body, message, press
from tests.fakes.slack_server import SlackServer


@pytest.fixture
async def running(channel: SlackChannel, desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.run(desk.accept))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def send(server: SlackServer, number: str, kind: str, payload: dict[str, object], patience: float = 10) -> bool:
    return await asyncio.to_thread(server.envelope, number, kind, payload, patience=patience)


@pytest.mark.usefixtures("running")
async def test_all_that_comes_is_kept_and_acknowledged(server: SlackServer, desk: Desk) -> None:
    said = event_body(message("hi", user=DANA, channel=DM, ts="1781668800.000100"), "Ev1")
    assert await send(server, "e1", "events_api", said)
    assert await send(server, "e2", "slash_commands", command("hi", user=DANA, channel=DM, trigger="9.1"))
    pressed = press("stop:", user=DANA, channel=DM, ts="1781668800.000100", trigger="9.2")
    assert await send(server, "e3", "interactive", pressed)
    assert await send(server, "e4", "events_api", said)
    assert [one.kind for one in desk.all] == ["message", "command", "button"]


@pytest.mark.usefixtures("running")
async def test_what_could_not_be_kept_is_not_acknowledged(server: SlackServer, desk: Desk) -> None:
    said = event_body(message("hi", user=DANA, channel=DM, ts="1781668800.000100"), "Ev1")
    desk.broken = True
    assert not await send(server, "e1", "events_api", said, patience=0.5)
    desk.broken = False
    assert await send(server, "e2", "events_api", said)
    assert len(desk.all) == 1


@pytest.mark.usefixtures("running")
async def test_it_connects_anew_when_slack_asks_it_to(server: SlackServer, desk: Desk) -> None:
    said = event_body(message("hi", user=DANA, channel=DM, ts="1781668800.000100"), "Ev1")
    assert await send(server, "e1", "events_api", said)
    await asyncio.to_thread(server.disconnect)
    async with asyncio.timeout(10):
        while not await send(server, "e2", "events_api", said, patience=0.5):
            pass
    assert len(desk.all) == 1


async def test_without_an_app_level_token_there_is_nothing_to_wait_for(slack_settings: Settings, desk: Desk) -> None:
    called = SlackChannel(slack_settings.model_copy(update={"slack_app_token": None}), no_labels)
    await asyncio.wait_for(called.run(desk.accept), 5)
    await called.close()
