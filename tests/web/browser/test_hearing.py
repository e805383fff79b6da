"""The whole product in a browser: a real recording is heard, and what customers say becomes what is known of them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import expect
from sqlalchemy import select

from core.identity import Role
from core.settings import Settings
from db.engine import open_engine, system_session
from db.people import make_token
from db.tables import Account, Person
from tests.conftest import NOW
from tests.web.browser.conftest import Visit
from tests.web.test_messages import said, talk

pytestmark = pytest.mark.browser
RECORDING = Path(__file__).parents[4] / "shared" / "data" / "calls" / "en" / "google_voice_command_half_an_hour.flac"
HEARD_MS = 180_000


@dataclass
class Rep:
    """A rep of the demo company with an account of theirs, and a client that is signed in as them."""

    name: str
    account_id: int
    account: str
    client: httpx.Client

    def tell(self, *talks: Any) -> None:
        """Send conversations and wait until they were read."""
        before = self._signals()
        assert self.client.post("/api/messages", json={"conversations": list(talks)}).status_code == 200
        until = time.monotonic() + 120
        while self._signals() == before:
            assert time.monotonic() < until, "nothing was read in 120 s"
            time.sleep(0.5)

    def _signals(self) -> int:
        found = self.client.get("/api/signals", params={"account": self.account, "limit": 100}).json()
        return len(found["items"])


@pytest.fixture
def rep(company: str, demo_settings: Settings) -> Iterator[Rep]:
    engine = open_engine(demo_settings.database)
    with system_session(engine) as session:
        person = session.scalars(select(Person).where(Person.role == Role.REP).order_by(Person.id)).first()
        assert person is not None
        mine = select(Account).where(Account.owner_id == person.id).order_by(Account.id)
        account = session.scalars(mine).first()
        assert account is not None
        name, token, about = person.name, make_token(session, person.id, NOW), (account.id, account.name)
    engine.dispose()
    with httpx.Client(base_url=company, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        yield Rep(name, *about, client)


@pytest.mark.shared
async def test_a_real_recording_is_handed_in_heard_and_listened_to(at_company: Visit, rep: Rep) -> None:
    if not RECORDING.exists():
        pytest.skip("no real recordings beside this checkout")
    visitor = await at_company()
    await visitor.sign_in(rep.name)
    page = visitor.page
    await page.goto(f"{visitor.base}/calls")
    await page.set_input_files("#recordings", RECORDING)
    await page.get_by_role("link", name="Open the call").click()
    words = page.locator(".transcript .words")
    await expect(words.first).to_contain_text("hour", timeout=HEARD_MS, ignore_case=True)
    await expect(page.locator(".work")).to_have_count(0, timeout=HEARD_MS)
    await words.locator(".word").last.click()
    await expect(page.locator(".transcript li[aria-current]")).to_have_count(1)
    assert await page.locator("audio").evaluate("audio => audio.error") is None


async def test_what_a_customer_says_is_on_the_accounts_page(at_company: Visit, rep: Rep) -> None:
    lines = (
        said("h1", text="We can only spend 50,000 this year. The price is far too high for us.", author="Ann Lee"),
        said("h2", text="Our CFO has to approve it.", at="2026-06-02T09:00:00+08:00", author="Ann Lee"),
    )
    rep.tell(talk("heard-1", *lines, account=rep.account, title="About the offer"))
    visitor = await at_company()
    await visitor.sign_in(rep.name)
    page = visitor.page
    await page.goto(f"{visitor.base}/accounts/{rep.account_id}")
    await expect(page.locator("h1")).to_have_text(rep.account)
    await expect(page.locator(".score .reasons li").first).to_be_visible()
    budget = page.locator(".fact[data-name=budget]")
    await expect(budget.locator(".source q")).to_contain_text("50,000", timeout=60_000)
    await page.get_by_role("searchbox").fill("too expensive")
    await page.get_by_role("button", name="Find").click()
    await expect(page.locator("form.searching + div .row").first).to_contain_text("too high", timeout=60_000)
    await budget.get_by_role("button", name="Correct").click()
    await budget.locator("input[type=text]").fill("65,000")
    await budget.get_by_role("button", name="Save").click()
    await expect(budget.locator(".pinned")).to_be_visible()
    await expect(budget).to_contain_text("65,000")
    await page.locator(".set-stage select").select_option("negotiating")
    await expect(page.locator(".score.stage .score-value")).to_have_text("Negotiating")
    past = page.locator("details.past").filter(has_text="What held before")
    await past.locator("summary").click()
    await past.locator("a.source").first.click()
    await expect(page.locator(".pointed")).to_contain_text("We can only spend 50,000")


async def test_what_can_be_no_budget_is_refused_in_words(at_company: Visit, rep: Rep) -> None:
    visitor = await at_company(locale="zh-CN")
    visitor.expected = ("status of 4",)
    await visitor.sign_in(rep.name)
    page = visitor.page
    await page.goto(f"{visitor.base}/accounts/{rep.account_id}")
    await page.get_by_role("button", name="补充一条").click()
    form = page.locator(".add-fact form")
    await form.locator("input[type=text]").fill("不知道")
    await form.get_by_role("button", name="保存").click()
    await expect(form.get_by_role("alert")).to_contain_text("预算")
    await page.goto(f"{visitor.base}/accounts/1999999999")
    await expect(page.get_by_role("alert")).to_be_visible()
