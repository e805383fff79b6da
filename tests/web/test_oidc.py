from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, update

from core.clock import Clock
from core.settings import Settings
from db.engine import system_session
from db.tables import Person
from tests.fakes.oidc_server import CLIENT, SECRET, Provider, run_provider
from tests.web.conftest import BASE, Firm
from tests.web.standin import opener
from web.app import build_app


@pytest.fixture
def provider() -> Iterator[Provider]:
    with run_provider() as running:
        yield running


@pytest.fixture
async def visitor(
    settings: Settings, sqlite_engine: Engine, clock: Clock, firm: Firm, provider: Provider
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at an app that trusts the provider, where Rita has an address."""
    with system_session(sqlite_engine) as session:
        session.execute(update(Person).where(Person.name == "Rita").values(email="Rita@Firm.test"))
    oidc = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
    app = build_app(settings.model_copy(update=oidc), engine=sqlite_engine, assistant=opener(sqlite_engine, clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        yield client


async def come_back(visitor: httpx.AsyncClient) -> httpx.Response:
    """Start the flow, let the provider approve, and follow it back."""
    begun = await visitor.get("/sign-in/oidc")
    assert begun.status_code == 302, begun.text
    async with httpx.AsyncClient() as browser:
        approved = await browser.get(begun.headers["location"])
    return await visitor.get(approved.headers["location"])


async def test_the_page_offers_the_company_account(visitor: httpx.AsyncClient) -> None:
    assert 'href="/sign-in/oidc"' in (await visitor.get("/sign-in")).text


async def test_the_flow_carries_state_nonce_and_a_challenge(visitor: httpx.AsyncClient) -> None:
    begun = await visitor.get("/sign-in/oidc")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 16 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == [f"{BASE}/sign-in/oidc/callback"]


async def test_a_verified_address_signs_its_person_in(visitor: httpx.AsyncClient) -> None:
    response = await come_back(visitor)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert (await visitor.get("/api/me")).json()["name"] == "Rita"


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "stranger@firm.test"},
        {"email": None},
        {"nonce": "another"},
        {"aud": "another-client"},
        {"iss": "https://evil.test"},
        {"exp": 1},
    ],
)
async def test_a_doubtful_token_signs_nobody_in(
    visitor: httpx.AsyncClient, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    response = await come_back(visitor)
    assert (response.status_code, response.json()["code"]) == (403, "sign_in_failed")
    assert (await visitor.get("/api/me")).status_code == 401


async def test_a_token_signed_with_another_key_signs_nobody_in(visitor: httpx.AsyncClient, provider: Provider) -> None:
    provider.foreign_key = True
    assert (await come_back(visitor)).json()["code"] == "sign_in_failed"


async def test_someone_inactive_stays_out(visitor: httpx.AsyncClient, sqlite_engine: Engine) -> None:
    with system_session(sqlite_engine) as session:
        session.execute(update(Person).where(Person.name == "Rita").values(active=False))
    assert (await come_back(visitor)).json()["code"] == "sign_in_failed"


@pytest.mark.parametrize("query", ["code=x&state=y", "", "error=access_denied"])
async def test_a_callback_nobody_began_signs_nobody_in(visitor: httpx.AsyncClient, query: str) -> None:
    response = await visitor.get(f"/sign-in/oidc/callback?{query}")
    assert (response.status_code, response.json()["code"]) == (403, "sign_in_failed")


async def test_a_code_works_once(visitor: httpx.AsyncClient) -> None:
    begun = await visitor.get("/sign-in/oidc")
    async with httpx.AsyncClient() as browser:
        back = (await browser.get(begun.headers["location"])).headers["location"]
    first = await visitor.get(back)
    again = await visitor.get(back)
    assert (first.status_code, again.status_code) == (303, 403)


async def test_a_provider_that_is_away_is_said_so(settings: Settings, sqlite_engine: Engine, clock: Clock) -> None:
    away = settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:1", "oidc_client_id": CLIENT})
    app = build_app(away, engine=sqlite_engine, assistant=opener(sqlite_engine, clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        response = await client.get("/sign-in/oidc")
    assert (response.status_code, response.json()["code"]) == (503, "provider_away")


async def test_without_a_provider_there_is_no_such_way_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/sign-in/oidc/callback")).status_code == 404
