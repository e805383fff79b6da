import json

import httpx

from tests.web.conftest import Firm


async def test_a_turn_answers_with_the_reply(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.post("/api/chat", json={"message": "ranking"}, headers=firm.bearer("Rita"))
    reply = response.json()
    assert response.status_code == 200, response.text
    assert reply["status"] == "answered"
    assert reply["table"]["rows"][0] == ["East", 2345678.5, 0.631]
    assert reply["receipts"][0]["period"]["from"] == "2026-01-01"


async def test_a_stream_is_status_then_delta_then_one_reply(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.post("/api/chat/stream", json={"message": "trend"}, headers=firm.bearer("Rita"))
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in response.text.strip().split("\n\n")]
    names = [lines[0].removeprefix("event: ") for lines in events]
    assert names == ["status", "delta", "delta", "delta", "reply"]
    assert json.loads(events[-1][1].removeprefix("data: "))["turn_id"] == "turn-1"
