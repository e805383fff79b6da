"""The search over HTTP: what it answers, to whom, and how it refuses."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, select

from core.clock import Clock
from core.settings import Settings
from db.engine import system_session
from db.tables import Account, Conversation, Message
from tests.conftest import NOW
from tests.web.conftest import BASE, Firm
from tests.web.standin import opener
from tools.workbench import Workbench
from web.app import build_app

SAID = {
    "Rita": ("We need it installed on premises, in our own server room.", "customer", "email"),
    "Ross": ("Four pallets arrived cracked this morning.", "customer", "chat"),
}


@pytest.fixture
def workbench(settings: Settings, sqlite_engine: Engine, firm: Firm) -> Iterator[Workbench]:
    made = Workbench(settings, sqlite_engine)
    yield made
    made.close()


@pytest.fixture
async def client(
    settings: Settings, sqlite_engine: Engine, clock: Clock, workbench: Workbench
) -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = build_app(
        settings, engine=sqlite_engine, assistant=opener(sqlite_engine, clock), workbench=workbench
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE) as opened:
        yield opened


@pytest.fixture(autouse=True)
def said(sqlite_engine: Engine, firm: Firm) -> None:
    with system_session(sqlite_engine) as session:
        for number, (name, (text, speaker, channel)) in enumerate(SAID.items()):
            mark = {"source": "api", "custom": {}, "loaded_at": NOW}
            owner = firm.people[name].person_id
            account = session.scalar(select(Account.id).where(Account.owner_id == owner))
            at = NOW - timedelta(days=number)
            talk = Conversation(
                external_id=f"talk-{name}", channel=channel, account_id=account, owner_id=owner, started_at=at, **mark
            )
            session.add(talk)
            session.flush()
            session.add(
                Message(external_id=f"said-{name}", conversation_id=talk.id, speaker=speaker, text=text, at=at, **mark)
            )


async def find(client: httpx.AsyncClient, firm: Firm, who: str, **asked: object) -> list[dict[str, object]]:
    response = await client.get("/api/memory/search", params=asked, headers=firm.bearer(who))  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    hits: list[dict[str, object]] = response.json()["hits"]
    return hits


async def test_a_hit_quotes_and_cites(client: httpx.AsyncClient, firm: Firm) -> None:
    hit = (await find(client, firm, "Rita", q="以前有没有客户问过私有化部署？"))[0]
    assert (hit["kind"], hit["conversation"], hit["message"]) == ("message", "talk-Rita", "said-Rita")
    assert (hit["account"], hit["text"]) == ("Rita & Söhne", SAID["Rita"][0])
    assert str(hit["at"]).startswith("2026-06-17T04:00:00")
    assert isinstance(hit["score"], float)
    assert 0 < hit["score"] <= 1


@pytest.mark.parametrize(
    ("who", "sees"),
    [("Rita", {"said-Rita"}), ("Ross", set()), ("Max", {"said-Rita"}), ("Dora", {"said-Rita"}), ("Ada", set())],
)
async def test_only_the_askers_conversations_are_found(
    client: httpx.AsyncClient, firm: Firm, who: str, sees: set[str]
) -> None:
    assert {hit["message"] for hit in await find(client, firm, who, q="on-premise deployment")} == sees


async def test_an_account_goes_by_name_or_id(client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine) -> None:
    with system_session(sqlite_engine) as session:
        number = session.scalar(select(Account.id).where(Account.external_id == "Ross"))
    for account in ("Ross & Söhne", "ross & söhne", "Ross", str(number)):
        hits = await find(client, firm, "Dora", q="broken pallets", account=account)
        assert [hit["message"] for hit in hits] == ["said-Ross"]
        assert await find(client, firm, "Rita", q="broken pallets", account=account) == []
    assert await find(client, firm, "Dora", q="broken pallets", account="Nobody Ltd") == []


async def test_channel_and_time_narrow_it(client: httpx.AsyncClient, firm: Firm) -> None:
    asked = {"q": "cracked pallets"}
    assert await find(client, firm, "Dora", **asked, channel="email") == []
    assert len(await find(client, firm, "Dora", **asked, channel="chat")) == 1
    assert await find(client, firm, "Dora", **asked, since="2026-06-17T00:00:00Z") == []
    assert len(await find(client, firm, "Dora", **asked, until="2026-06-17T00:00:00Z")) == 1
    assert await find(client, firm, "Dora", **asked, signal="complaint") == []


async def test_nothing_is_said_to_be_there_where_nothing_is(client: httpx.AsyncClient, firm: Firm) -> None:
    assert await find(client, firm, "Dora", q="who told us about volcano eruptions?") == []


@pytest.mark.parametrize("asked", [{}, {"q": ""}, {"q": " "}, {"q": "x", "k": 0}, {"q": "x", "since": "yesterday"}])
async def test_a_bad_question_is_a_problem(client: httpx.AsyncClient, firm: Firm, asked: dict[str, str]) -> None:
    response = await client.get("/api/memory/search", params=asked, headers=firm.bearer("Dora"))
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


async def test_who_is_not_signed_in_finds_nothing(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/memory/search", params={"q": "price"})
    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")
