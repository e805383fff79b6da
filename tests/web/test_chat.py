import json

import httpx
import pytest
from sqlalchemy import Engine, select

from db.engine import system_session
from db.tables import Feedback
from tests.web.conftest import Firm


def events_of(text: str) -> list[tuple[str, dict[str, object]]]:
    """The events of a stream, by name, without signs of life."""
    blocks = [block.split("\n") for block in text.strip().split("\n\n") if not block.startswith(":")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


async def ask(client: httpx.AsyncClient, firm: Firm, name: str, message: str, **more: object) -> httpx.Response:
    return await client.post("/api/chat", json={"message": message, **more}, headers=firm.bearer(name))


async def test_a_turn_answers_with_the_reply(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await ask(client, firm, "Rita", "ranking", lang="zh")
    reply = response.json()
    assert (response.status_code, reply["status"], reply["lang"]) == (200, "answered", "zh")
    assert reply["table"]["rows"][0] == ["East", 2345678.5, 0.631]
    assert reply["receipts"][0]["period"] == {"from": "2026-01-01", "to": "2026-03-31", "label": "last quarter"}


async def test_a_stream_is_status_then_delta_then_one_reply(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.post("/api/chat/stream", json={"message": "trend"}, headers=firm.bearer("Rita"))
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    assert [name for name, _ in events] == ["status", "delta", "delta", "delta", "reply"]
    assert "".join(str(data["text"]) for name, data in events if name == "delta").strip() == "You asked: trend"
    assert events[-1][1]["turn_id"] == "turn-1"


async def test_a_stream_that_breaks_ends_in_an_error_without_the_inside(client: httpx.AsyncClient, firm: Firm) -> None:
    headers = {**firm.bearer("Rita"), "Accept-Language": "zh"}
    response = await client.post("/api/chat/stream", json={"message": "boom"}, headers=headers)
    name, problem = events_of(response.text)[-1]
    assert (name, problem["code"], problem["status"]) == ("error", "bug", 500)
    assert "secret detail" not in response.text
    assert "程序" in str(problem["detail"])


async def test_a_thread_goes_on_and_is_closed_to_others(client: httpx.AsyncClient, firm: Firm) -> None:
    thread = (await ask(client, firm, "Rita", "first")).json()["thread_id"]
    again = await ask(client, firm, "Rita", "second", thread_id=thread)
    other = await ask(client, firm, "Dora", "mine?", thread_id=thread)
    assert again.json()["thread_id"] == thread
    assert (other.status_code, other.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "#/message", "missing"),
        ({"message": "   "}, "#/message", "string_pattern_mismatch"),
        ({"message": "x" * 4001}, "#/message", "string_too_long"),
        ({"message": "x", "lang": "de"}, "#/lang", "literal_error"),
        ({"message": "x", "as": "Dora"}, "#/as", "extra_forbidden"),
    ],
)
async def test_what_is_wrong_with_a_message_is_said_by_field(
    client: httpx.AsyncClient, firm: Firm, body: dict[str, str], pointer: str, code: str
) -> None:
    for path in ("/api/chat", "/api/chat/stream"):
        response = await client.post(path, json=body, headers=firm.bearer("Rita"))
        assert (response.status_code, response.json()["code"]) == (422, "invalid")
        assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(pointer, code)]


async def test_the_last_thumb_on_a_turn_counts(client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine) -> None:
    turn = (await ask(client, firm, "Rita", "hello")).json()["turn_id"]
    for thumb in ({"thumb": "up"}, {"thumb": "down", "text": "too low"}):
        response = await client.post("/api/feedback", json={"turn_id": turn, **thumb}, headers=firm.bearer("Rita"))
        assert response.json() == {"saved": True}
    with system_session(sqlite_engine) as session:
        kept = [(row.thumb, row.text) for row in session.scalars(select(Feedback))]
    assert kept == [("down", "too low")]


async def test_nobody_thumbs_the_turn_of_another(client: httpx.AsyncClient, firm: Firm) -> None:
    turn = (await ask(client, firm, "Rita", "hello")).json()["turn_id"]
    response = await client.post("/api/feedback", json={"turn_id": turn, "thumb": "up"}, headers=firm.bearer("Dora"))
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
