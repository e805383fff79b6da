"""What keeps others out: no token, another site's request, too much, too often; and what every response carries."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI

from core.settings import Settings
from tests.web.conftest import BASE, Firm
from web.envelope import HEADERS
from web.limiter import Limiter, TooManyRequests

SignIn = Callable[[str], Awaitable[None]]
PRIVATE = [
    ("POST", "/api/chat"), ("POST", "/api/chat/stream"), ("POST", "/api/feedback"), ("GET", "/api/accounts"),
    ("GET", "/api/threads"), ("GET", "/api/threads/x"), ("GET", "/api/me"), ("GET", "/api/audit"),
    ("GET", "/api/chat/turns/x/chart.svg"), ("GET", "/api/calls"), ("POST", "/api/calls"), ("GET", "/api/calls/x"),
    ("PATCH", "/api/calls/x"), ("PATCH", "/api/calls/x/segments/x"), ("GET", "/api/calls/x/audio"),
    ("DELETE", "/api/calls/x/audio"), ("POST", "/api/calls/live"), ("GET", "/api/calls/live/x"),
    ("POST", "/api/calls/live/x/chunks"), ("POST", "/api/calls/live/x/end"),
    ("GET", "/api/accounts/x/profile"), ("GET", "/api/accounts/x/brief"), ("POST", "/api/accounts/x/facts"),
    ("GET", "/api/conversations"), ("GET", "/api/conversations/x"), ("POST", "/api/messages"), ("GET", "/api/inbox"),
    ("GET", "/api/inbox/count"), ("GET", "/api/inbox/unmatched"), ("GET", "/api/inbox/recent"),
    ("GET", "/api/notices"), ("POST", "/api/inbox/x/assign"), ("POST", "/api/inbox/x/dismiss"),
    ("POST", "/api/notices/x/seen"), ("POST", "/api/signals/detect"), ("GET", "/api/signals"),
    ("GET", "/api/signals/labels"), ("POST", "/api/signals/labels"), ("GET", "/api/memory/search"),
    ("GET", "/api/trackers"), ("POST", "/api/trackers"), ("PATCH", "/api/trackers/x"),
    ("POST", "/api/trackers/x/try"), ("POST", "/api/chat/stop"),
    ("GET", "/api/escalations"), ("POST", "/api/escalations"),
    ("GET", "/api/escalations/count"), ("GET", "/api/escalations/people"), ("GET", "/api/escalations/precision"),
    ("GET", "/api/escalations/x"), ("GET", "/api/escalations/x/calendar"), ("POST", "/api/escalations/x/accept"),
    ("POST", "/api/escalations/x/snooze"), ("POST", "/api/escalations/x/handover"),
    ("POST", "/api/escalations/x/resolve"), ("POST", "/api/escalations/x/cancel"),
    ("POST", "/api/escalations/x/confirm"), ("POST", "/api/escalations/x/decline"), ("GET", "/api/me/links"),
    ("POST", "/api/me/link-code"), ("DELETE", "/api/me/links/x/x"), ("GET", "/api/me/preferences"),
    ("PUT", "/api/me/preferences"), ("GET", "/api/me/absences"), ("POST", "/api/me/absences"),
    ("DELETE", "/api/me/absences/x"), ("GET", "/api/duties"), ("PUT", "/api/duties"),
    ("GET", "/api/absences"), ("POST", "/api/absences"), ("DELETE", "/api/absences/x/x"), ("GET", "/api/channels"),
    ("PUT", "/api/channels/x/places/x"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PRIVATE)
@pytest.mark.parametrize("token", [None, "wrong", ""])
async def test_without_a_good_token_nothing_is_served(
    client: httpx.AsyncClient, method: str, path: str, token: str | None
) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    response = await client.request(method, path, headers=headers, json={"message": "x"} if method == "POST" else None)
    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_every_private_route_is_in_the_list_above(app: FastAPI) -> None:
    listed = {(method, path.replace("/x", "/{}")) for method, path in PRIVATE}
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            if path.startswith("/api/"):
                plain = re.sub(r"\{[\w:]+\}", "{}", path)
                assert (method.upper(), plain) in listed


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": BASE, "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_a_change_by_cookie_must_come_from_our_page(
    client: httpx.AsyncClient, sign_in: SignIn, headers: dict[str, str]
) -> None:
    await sign_in("Rita")
    for path in ("/api/chat", "/sign-out", "/sign-in/demo"):
        response = await client.post(path, json={"message": "x"}, headers=headers)
        assert (response.status_code, response.json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize("headers", [{"Origin": BASE}, {"Sec-Fetch-Site": "same-origin"}])
async def test_a_change_by_cookie_from_our_page_is_taken(
    client: httpx.AsyncClient, sign_in: SignIn, headers: dict[str, str]
) -> None:
    await sign_in("Rita")
    assert (await client.post("/api/chat", json={"message": "x"}, headers=headers)).status_code == 200


async def test_a_token_needs_no_origin(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.post("/api/chat", json={"message": "x"}, headers=firm.bearer("Rita"))
    assert response.status_code == 200


async def _pieces(text: str) -> AsyncIterator[bytes]:
    for start in range(0, len(text), 10_000):
        yield text[start : start + 10_000].encode()


async def test_a_large_body_is_refused_whether_it_says_its_length_or_not(client: httpx.AsyncClient, firm: Firm) -> None:
    body = '{"message": "' + "x" * 100_000 + '"}'
    headers = {**firm.bearer("Rita"), "Content-Type": "application/json"}
    for content in (body, _pieces(body)):
        response = await client.post("/api/chat", content=content, headers=headers)
        assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_too_many_turns_are_told_when_to_come_back(client: httpx.AsyncClient, app: FastAPI, firm: Firm) -> None:
    app.state.parts.limiter = Limiter(2, now=lambda: 0.0)
    for path in ("/api/chat", "/api/chat/stream"):
        app.state.parts.limiter = Limiter(2, now=lambda: 0.0)
        answers = [await client.post(path, json={"message": "x"}, headers=firm.bearer("Rita")) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[1].headers["retry-after"] == "30"
        assert "30 s" in answers[1].json()["detail"]
    other = await client.post("/api/chat", json={"message": "x"}, headers=firm.bearer("Dora"))
    assert other.status_code == 200


def test_the_limiter_refills_and_stays_small() -> None:
    now = [0.0]
    limiter = Limiter(60, people=3, now=lambda: now[0])
    for _ in range(30):
        limiter.take(1)
    with pytest.raises(TooManyRequests):
        limiter.take(1)
    now[0] = 1.0
    limiter.take(1)
    for person in range(100, 200):
        limiter.take(person)
    assert len(limiter._buckets) == 3


@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-in/x", "/healthz", "/api/me", "/nowhere", "/static/main.js", "/openapi.json"]
)
async def test_every_response_carries_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS


def test_the_policy_lets_nothing_in_from_elsewhere(settings: Settings) -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert all(word not in policy for word in ("unsafe", "http:", "https:", "*"))


async def test_pages_hold_no_inline_script_or_style(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("Rita")
    for path in ("/", "/sign-in", "/sign-in/x", "/nowhere"):
        page = (await client.get(path, headers={"Accept": "text/html"})).text
        assert all(bad not in page for bad in ("<style", "style=", "onclick=", "javascript:", "//cdn", "https://"))
        for script in page.split("<script")[1:]:
            assert "src=" in script.split(">")[0] or 'type="application/json"' in script.split(">")[0]
