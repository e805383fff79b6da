import httpx
from fastapi import FastAPI
from sqlalchemy import Engine

from core.clock import Clock
from core.settings import Settings
from db.engine import open_engine
from tests.web.conftest import BASE, Firm
from tests.web.standin import opener
from web.app import build_app


async def test_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ok"}


async def test_not_ready_before_the_assistant_is_open(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        response = await client.get("/readyz")
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
        assert (await client.get("/healthz")).status_code == 200


async def test_not_ready_without_the_database(settings: Settings, sqlite_engine: Engine, clock: Clock) -> None:
    away = open_engine("postgresql://nobody@127.0.0.1:1/none")
    app = build_app(settings, engine=away, assistant=opener(sqlite_engine, clock))
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        assert (await client.get("/readyz")).json()["code"] == "unavailable"


async def test_metrics_count_turns_and_requests_and_name_nobody(client: httpx.AsyncClient, firm: Firm) -> None:
    await client.post("/api/chat", json={"message": "secret of Söhne"}, headers=firm.bearer("Rita"))
    await client.get("/api/threads/some-private-id", headers=firm.bearer("Rita"))
    lines = (await client.get("/metrics")).text.splitlines()
    assert 'dealhand_turns_total{status="forbidden",model="builtin",lang="en"} 1' in lines
    assert 'dealhand_turn_seconds_count{model="builtin"} 1' in lines
    assert 'dealhand_http_requests_total{method="POST",route="/api/chat",status="200"} 1' in lines
    assert 'dealhand_http_requests_total{method="GET",route="/api/threads/{thread_id}",status="404"} 1' in lines
    assert all("hne" not in line and "private" not in line for line in lines)


async def test_openapi_is_truthful(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/openapi.json")).json()
    chat = schema["paths"]["/api/chat"]["post"]["responses"]
    reply = schema["components"]["schemas"]["Reply"]
    assert chat["200"]["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/Reply"
    assert list(chat["default"]["content"]) == ["application/problem+json"]
    assert {"turn_id", "thread_id", "status", "table", "receipts"} <= set(reply["properties"])
    assert "from" in schema["components"]["schemas"]["ReceiptPeriod"]["properties"]
    assert "text/event-stream" in schema["paths"]["/api/chat/stream"]["post"]["responses"]["200"]["content"]
    assert schema["paths"]["/healthz"]["get"]["security"] == []
    assert not [path for path in schema["paths"] if path.startswith(("/sign", "/t/"))]
