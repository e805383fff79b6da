"""Live calls over HTTP and websocket, on a real server."""

import json
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from core.clock import Clock
from core.settings import Settings
from tests.web.browser.serving import serve
from tests.web.calls import Bench, Notes
from tests.web.conftest import Firm
from tests.web.standin import opener
from web.app import build_app

PIECE = bytes(3200)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def app(settings: Settings, sqlite_engine: Engine, clock: Clock, firm: Firm, notes: Notes) -> FastAPI:
    bench = cast(Any, Bench(settings, sqlite_engine))
    return build_app(
        settings, engine=sqlite_engine, assistant=opener(sqlite_engine, clock), workbench=bench, jobs=lambda: notes
    )


@pytest.fixture
def base(app: FastAPI) -> Iterator[str]:
    with serve(app) as address:
        yield address


def _dial(base: str, query: str = "rate=8000", **headers: str) -> ClientConnection:
    url = f"{base.replace('http:', 'ws:')}/api/calls/live?{query}"
    return connect(url, additional_headers=headers, open_timeout=20)


def _next(line: ClientConnection, *kinds: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(line.recv(timeout=20))
        if event["type"] in kinds:
            return event


async def test_numbered_pieces_become_a_call(client: httpx.AsyncClient, firm: Firm, notes: Notes) -> None:
    rita, max_ = firm.bearer("Rita"), firm.bearer("Max")
    begun = await client.post("/api/calls/live", json={"rate": 8000, "account": "Rita & Söhne"}, headers=rita)
    assert begun.status_code == 201
    url = f"/api/calls/live/{begun.json()['id']}"
    for number in (0, 0, 1):
        sent = await client.post(f"{url}/chunks?number={number}", content=PIECE, headers=rita)
        assert sent.json() == {"next": number + 1}
    gap = await client.post(f"{url}/chunks?number=9", content=PIECE, headers=rita)
    assert (gap.status_code, gap.json()["code"]) == (409, "live_gap")
    large = await client.post(f"{url}/chunks?number=2", content=bytes(4_100_000), headers=rita)
    assert large.status_code == 413
    assert (await client.get(url, headers=max_)).json()["next"] == 2
    hidden = [
        await client.get(url, headers=firm.bearer("Ross")),
        await client.post(f"{url}/chunks?number=2", content=PIECE, headers=max_),
        await client.post(f"{url}/end", headers=max_),
    ]
    assert [one.status_code for one in hidden] == [404] * 3
    call_id = (await client.post(f"{url}/end", headers=rita)).json()["call_id"]
    assert notes.asked == {f"call:{call_id}": ("call", {"call_id": call_id})}
    seen = (await client.get(f"/api/calls/{call_id}", headers=max_)).json()
    assert (seen["live"], seen["account"], seen["status"]) == (True, "Rita & Söhne", "queued")


def test_a_connection_that_was_lost_is_taken_up_again(base: str, firm: Firm, notes: Notes) -> None:
    rita = firm.bearer("Rita")
    with _dial(base, **rita) as line:
        opened = _next(line, "open")
        line.send(PIECE)
        line.send(PIECE)
        assert [_next(line, "ack")["next"] for _ in range(2)] == [1, 2]
    with _dial(base, f"resume={opened['id']}", **rita) as line:
        assert _next(line, "open")["next"] == 2
        line.send(PIECE)
        assert _next(line, "ack")["next"] == 3
        line.send(json.dumps({"type": "end"}))
        call_id = _next(line, "ended")["call_id"]
    audio = httpx.get(f"{base}/api/calls/{call_id}/audio", headers=rita)
    assert (len(audio.content), audio.headers["content-type"]) == (44 + 3 * len(PIECE), "audio/wav")
    assert list(notes.asked) == [f"call:{call_id}"]


@pytest.mark.parametrize(
    ("query", "who", "code"),
    [
        ("rate=8000", None, "not_signed_in"),
        ("rate=8000", "Ada", "forbidden"),
        ("rate=1", "Rita", "bad_sound"),
        ("channels=x", "Rita", "bad_sound"),
        ("account=Nobody", "Rita", "unknown_account"),
        ("resume=nothing", "Rita", "not_found"),
    ],
)
def test_what_cannot_be_is_said_and_the_line_closed(
    base: str, firm: Firm, query: str, who: str | None, code: str
) -> None:
    headers = firm.bearer(who) if who else {"Authorization": "Bearer wrong"}
    with _dial(base, query, **headers) as line:
        assert _next(line, "error")["code"] == code
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=20)


def test_a_cookie_counts_only_from_our_own_page(base: str, firm: Firm) -> None:
    own = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=base) as browser:
        entered = browser.post("/sign-in/demo", data={"person": "Rita"}, headers=own)
        assert entered.status_code == 303
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    for origin, event in (("https://evil.test", "error"), (base, "open")):
        with _dial(base, Cookie=cookie, Origin=origin) as line:
            assert _next(line, "open", "error")["type"] == event
