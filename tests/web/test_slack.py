"""Slack's calls to us: refused unless signed, kept before they are acknowledged."""

import json
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from connectors.slack import SlackChannel
from core.settings import Settings
from core.wording import Lang
from tests.conftest import NOW
from tests.fakes.slack_sender import (
    Sent,
    command,
    command_request,
    event_body,
    event_request,
    message,
    press,
    press_request,
    signed,
)
from tests.fakes.slack_server import SECRET, TOKEN, SlackServer, slack_server
from tests.web.desk import Desk

TS = "1781668800.000100"
SAID = event_body(message("hi", user="U1", channel="D1", ts=TS), "Ev1")


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with slack_server() as running:
        yield running


@pytest.fixture
async def desk(app: FastAPI, server: SlackServer) -> AsyncIterator[Desk]:
    def labels(lang: Lang) -> dict[str, str]:
        return {}

    settings = Settings(
        _env_file=None, slack_bot_token=TOKEN, slack_signing_secret=SECRET, slack_api_url=server.url, now=NOW
    )
    channel = SlackChannel(settings, labels)
    app.state.parts.desk = Desk()
    app.state.parts.webhooks = {"slack": channel}
    yield app.state.parts.desk
    await channel.close()


async def post(client: httpx.AsyncClient, sent: Sent) -> httpx.Response:
    return await client.post(sent.path, content=sent.body, headers=dict(sent.headers))


async def test_what_slack_signed_is_kept_and_acknowledged(client: httpx.AsyncClient, desk: Desk) -> None:
    for sent in (
        event_request(SAID),
        command_request(command("hi", user="U1", channel="D1", trigger="9.1")),
        press_request(press("stop:", user="U1", channel="D1", ts=TS, trigger="9.2")),
    ):
        answer = await post(client, sent)
        assert (answer.status_code, answer.text) == (200, "")
    assert [one.kind for one in desk.kept] == ["message", "command", "button"]


@pytest.mark.parametrize(
    "sign",
    [
        lambda: event_request(SAID, secret="f" * 32),
        lambda: event_request(SAID, age=301),
        lambda: event_request(SAID, age=-900),
        lambda: Sent("/slack/events", event_request(SAID).body + b" ", event_request(SAID).headers),
        lambda: Sent("/slack/events", event_request(SAID).body, {}),
        lambda: Sent("/slack/events", b"{}", {**event_request(SAID).headers, "x-slack-request-timestamp": "soon"}),
        lambda: Sent("/slack/events", b"\xff\xfe{", event_request(SAID).headers),
        lambda: Sent("/slack/commands", b"{", {}),
    ],
)  # fmt: skip
async def test_what_is_not_slack_s_is_refused(client: httpx.AsyncClient, desk: Desk, sign: Callable[[], Sent]) -> None:
    # Signed now: what was signed when the tests were collected may be too old by then for another reason.
    answer = await post(client, sign())
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert desk.kept == []


async def test_slack_may_verify_the_address(client: httpx.AsyncClient, desk: Desk) -> None:
    asked = {"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}
    answer = await post(client, event_request(asked))
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1a"})
    assert (await post(client, event_request(asked, secret="f" * 32))).status_code == 401


async def test_what_could_not_be_kept_is_not_acknowledged(client: httpx.AsyncClient, desk: Desk) -> None:
    desk.broken = True
    assert (await post(client, event_request(SAID))).status_code == 503
    desk.broken = False
    assert (await post(client, event_request(SAID, retry=1))).status_code == 200
    assert len(desk.kept) == 1


@pytest.mark.parametrize("body", [b"{", b"[1]", b"payload=%7B", b"", b'{"type": "event_callback", "event": "x"}'])
async def test_what_is_signed_and_makes_no_sense_breaks_nothing(
    client: httpx.AsyncClient, desk: Desk, body: bytes
) -> None:
    answer = await post(client, signed("/slack/events", body, "application/json"))
    assert answer.status_code in (200, 400)
    assert desk.kept == []


async def test_too_large_a_request_is_not_read(client: httpx.AsyncClient, desk: Desk) -> None:
    large = message("x" * 1_000_001, user="U1", channel="D1", ts=TS)
    assert (await post(client, event_request(event_body(large, "Ev1")))).status_code == 413
    long = message("字" * 40_000, user="U1", channel="D1", ts=TS)
    assert (await post(client, event_request(event_body(long, "Ev2")))).status_code == 200


async def test_without_slack_there_is_nobody_to_call(client: httpx.AsyncClient) -> None:
    answer = await post(client, event_request(SAID))
    assert (answer.status_code, json.loads(answer.text)["code"]) == (503, "unavailable")


async def test_without_a_signing_secret_nobody_is_believed(
    client: httpx.AsyncClient, app: FastAPI, desk: Desk, server: SlackServer
) -> None:
    settings = Settings(_env_file=None, slack_bot_token=TOKEN, slack_api_url=server.url, now=NOW)
    app.state.parts.webhooks = {"slack": SlackChannel(settings, lambda lang: {})}
    assert (await post(client, event_request(SAID))).status_code == 401
