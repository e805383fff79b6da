import stat
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, update

from core.clock import Clock
from core.settings import Settings
from db.engine import system_session
from db.people import make_link
from db.tables import Person
from tests.conftest import NOW
from tests.web.conftest import BASE, OWN_PAGE, Firm
from tests.web.standin import opener
from web.app import build_app
from web.session import COOKIE, secret_key

SignIn = Callable[[str], Awaitable[None]]


def new_link(engine: Engine, firm: Firm, name: str, now: Clock) -> str:
    with system_session(engine) as session:
        return make_link(session, firm.people[name].person_id, now.now())


async def test_a_link_signs_in_once(client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine, clock: Clock) -> None:
    secret = new_link(sqlite_engine, firm, "Rita", clock)
    for _ in range(2):
        preview = await client.get(f"/sign-in/{secret}")
        assert (preview.status_code, "set-cookie" in preview.headers) == (200, False)
    first = await client.post(f"/sign-in/{secret}", headers=OWN_PAGE)
    again = await client.post(f"/sign-in/{secret}", headers=OWN_PAGE)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert (again.status_code, again.json()["code"]) == (410, "dead_link")
    assert (await client.get("/api/me")).json()["name"] == "Rita"


async def test_a_link_of_yesterday_is_dead(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine, clock: Clock
) -> None:
    secret = new_link(sqlite_engine, firm, "Rita", Clock(clock.now() - timedelta(hours=25)))
    response = await client.post(f"/sign-in/{secret}", headers={**OWN_PAGE, "Accept": "text/html"})
    assert response.status_code == 410
    assert "already" in response.text


async def test_the_cookie_is_signed_http_only_and_same_site(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.post("/sign-in/demo", data={"person": "Rita"}, headers=OWN_PAGE)
    cookie = response.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", f"Max-Age={14 * 24 * 3600}"))
    assert "Secure" not in cookie


async def test_over_https_the_cookie_is_secure(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://dealhand.test") as client:
        headers = {"Sec-Fetch-Site": "same-origin"}
        response = await client.post("/sign-in/demo", data={"person": "Rita"}, headers=headers)
    assert "Secure" in response.headers["set-cookie"]
    assert "max-age" in response.headers["strict-transport-security"]


async def test_a_forged_cookie_is_nobodys(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("Rita")
    said, _, signature = client.cookies[COOKIE].rpartition(".")
    other = ("A" if signature[0] != "A" else "B") + signature[1:]  # the last character says less than it could
    for forged in (f"{said}.{other}", "rubbish", ""):
        client.cookies.clear()
        response = await client.get("/api/me", headers={"Cookie": f"{COOKIE}={forged}"})
        assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(("days", "status"), [(13, 200), (15, 401)])
async def test_the_cookie_ends_after_two_weeks(
    client: httpx.AsyncClient, sign_in: SignIn, settings: Settings, sqlite_engine: Engine, *, days: int, status: int
) -> None:
    await sign_in("Rita")
    later = settings.model_copy(update={"now": NOW + timedelta(days=days)})
    app = build_app(later, engine=sqlite_engine, assistant=opener(sqlite_engine, later.clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE, cookies=client.cookies) as then:
        assert (await then.get("/api/me")).status_code == status


async def test_someone_made_inactive_is_out_at_once(
    client: httpx.AsyncClient, firm: Firm, sign_in: SignIn, sqlite_engine: Engine
) -> None:
    await sign_in("Rita")
    assert (await client.get("/api/me")).status_code == 200
    with system_session(sqlite_engine) as session:
        session.execute(update(Person).where(Person.name == "Rita").values(active=False))
    assert (await client.get("/api/me")).status_code == 401
    assert (await client.get("/api/me", headers=firm.bearer("Rita"))).status_code == 401
    assert (await client.get("/")).headers["location"] == "/sign-in"


async def test_signing_out_forgets_the_cookie(client: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in("Rita")
    response = await client.post("/sign-out", headers=OWN_PAGE)
    assert response.headers["location"] == "/sign-in"
    assert (await client.get("/api/me")).status_code == 401


async def test_the_demo_sign_in_exists_only_in_demo_mode(
    settings: Settings, sqlite_engine: Engine, firm: Firm, clock: Clock
) -> None:
    real = settings.model_copy(update={"demo": False})
    app = build_app(real, engine=sqlite_engine, assistant=opener(sqlite_engine, clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        page = await client.get("/sign-in")
        refused = await client.post("/sign-in/demo", data={"person": "Rita"}, headers=OWN_PAGE)
    assert "Rita" not in page.text
    assert (refused.status_code, COOKIE in refused.headers.get("set-cookie", "")) == (404, False)


def test_the_key_is_made_once_and_only_we_can_read_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, _env_file=None)
    key = secret_key(settings)
    assert len(key) >= 48
    assert secret_key(settings) == key
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret"]


def test_a_key_in_the_settings_comes_first(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, secret_key="chosen", _env_file=None)
    assert secret_key(settings) == "chosen"
    assert not (tmp_path / "var").exists()
