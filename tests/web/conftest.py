"""A small company, an app over it, and clients who are signed in as its people."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from core.clock import Clock
from core.identity import Identity, Role
from core.settings import Settings
from db.engine import system_session
from db.people import add_person, make_token
from db.tables import Account
from tests.conftest import NOW
from tests.web.standin import opener
from web.app import build_app

BASE = "http://dealhand.test"
OWN_PAGE = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Firm:
    """The people of the small company and their tokens."""

    people: dict[str, Identity]
    tokens: dict[str, str]

    def bearer(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, now=NOW, demo=True, _env_file=None)


@pytest.fixture
def firm(sqlite_engine: Engine, clock: Clock) -> Firm:
    """Dora directs, Max manages Rita; Ross is in another team. Everyone owns one account."""
    now = clock.now()
    people, tokens = {}, {}
    with system_session(sqlite_engine) as session:
        for name, role, manager in (
            ("Dora", Role.DIRECTOR, None), ("Max", Role.MANAGER, "Dora"), ("Rita", Role.REP, "Max"),
            ("Ross", Role.REP, "Dora"), ("Ada", Role.ADMIN, None),
        ):  # fmt: skip
            people[name] = add_person(session, name, role=role, region="East", manager=manager, now=now)
            tokens[name] = make_token(session, people[name].person_id, now)
            session.add(
                Account(
                    source="t", external_id=name, custom={}, loaded_at=now, name=f"{name} & Söhne",
                    owner_id=people[name].person_id,
                )
            )  # fmt: skip
    return Firm(people, tokens)


@pytest.fixture
def app(settings: Settings, sqlite_engine: Engine, clock: Clock, firm: Firm) -> FastAPI:
    return build_app(settings, engine=sqlite_engine, assistant=opener(sqlite_engine, clock))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running app, signed in as nobody."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE) as opened:
        yield opened


@pytest.fixture
def sign_in(client: httpx.AsyncClient) -> Callable[[str], object]:
    """Signs the client in with the cookie, through the demo page."""

    async def enter(name: str) -> None:
        response = await client.post("/sign-in/demo", data={"person": name}, headers=OWN_PAGE)
        assert response.status_code == 303, response.text

    return enter
