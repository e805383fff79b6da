"""Headless Chromium, and two servers: one over a stand-in, one that is the whole product with the demo company."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from core.clock import Clock
from core.identity import Role
from core.settings import Settings
from db.engine import open_engine, system_session
from db.people import add_person
from tests.conftest import NOW
from tests.web.browser.serving import serve
from tests.web.browser.visitor import Visitor, visit
from tests.web.standin import opener
from web.app import build_app

FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The machine's Chromium; skipped where there is none, an error where CI should have put it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium here, and .ci/run installs it", pytrace=False)
        pytest.skip("no chromium on this machine")
    return found


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=flags)
        yield opened
        await opened.close()


@pytest.fixture(scope="package")
def small_firm(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[str]:
    """A server whose assistant is the stand-in, for what the page does whatever the answer."""
    home = tmp_path_factory.mktemp("small")
    settings = Settings(home=home, now=NOW, demo=True, _env_file=None)
    (home / "var").mkdir()
    shutil.copyfile(sqlite_template, home / "var" / "dealhand.db")
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        for name in ("Rita", "Ruth", "Rosa", "Remy", "Rolf", "Rhea", "Rudi", "Ravi"):
            add_person(session, name, role=Role.REP, region="East", manager=None, now=clock.now())
    with serve(build_app(settings, engine=engine, assistant=opener(engine, clock))) as base:
        yield base
    engine.dispose()


@pytest.fixture(scope="session")
def demo_settings(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home with the demo company in it."""
    home = tmp_path_factory.mktemp("company")
    (home / "var").mkdir()
    shutil.copyfile(demo_file, home / "var" / "dealhand.db")
    return Settings(home=home, now=NOW, demo=True, _env_file=None)


@pytest.fixture(scope="package")
def company(demo_settings: Settings) -> Iterator[str]:
    """The whole product with the demo company; not for the session, since its threads would disturb other tests."""
    from server import create_app  # noqa: PLC0415 (heavy; only for tests that ask for it)

    with serve(create_app(demo_settings)) as base:
        yield base


async def _visits(browser: Browser, base: str) -> AsyncIterator[Visit]:
    visitors: list[Visitor] = []

    async def come(*, locale: str = "en-US", scheme: str = "light", phone: bool = False) -> Visitor:
        visitors.append(await visit(browser, base, locale=locale, scheme=scheme, phone=phone))
        return visitors[-1]

    yield come
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture
async def at_small_firm(browser: Browser, small_firm: str) -> AsyncIterator[Visit]:
    """Visitors of the stand-in; at the end, the browser must not have complained."""
    async for come in _visits(browser, small_firm):
        yield come


@pytest.fixture
async def at_company(browser: Browser, company: str) -> AsyncIterator[Visit]:
    """Visitors of the whole product; at the end, the browser must not have complained."""
    async for come in _visits(browser, company):
        yield come
