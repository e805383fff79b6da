"""Escalations, one's own page and what the chat proposes, in a browser."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import Engine

from core.clock import Clock
from core.escalations import Evidence, Wanted
from core.identity import Identity, Role
from core.reply import Action, Reply
from core.settings import Settings
from core.wording import Lang
from db import links
from db.duties import set_duty
from db.engine import open_engine, system_session
from db.people import add_person
from db.tables import Account, Conversation, Message
from tests.conftest import NOW
from tests.web.browser.conftest import Visit, _visits
from tests.web.browser.serving import serve
from tests.web.standin import StandIn
from tools.workbench import Workbench
from web.app import build_app

pytestmark = pytest.mark.browser

PEOPLE = (
    ("Dora", Role.DIRECTOR, None), ("Max", Role.MANAGER, "Dora"), ("Rita", Role.REP, "Max"), ("Tina", Role.REP, "Dora"),
)  # fmt: skip
CUSTOMERS = ("Söhne", "Acme", "Halden", "Nord", "Ost", "West", "锦程制造")
SAID = "Your rival is a third cheaper, and we may leave."


@dataclass
class Desk:
    """A server where Rita has customers, Max leads her, and Tina is a technical consultant."""

    base: str
    engine: Engine
    bench: Workbench
    people: dict[str, Identity]
    accounts: dict[str, int]
    said: int
    opened: dict[str, str] = field(default_factory=dict)

    def wanted(self, customer: str, **more: Any) -> Wanted:
        evidence = (Evidence("we may leave", "churn_risk", self.said, NOW - timedelta(hours=1)),)
        given: dict[str, Any] = {
            "account_id": self.accounts[customer], "role": "sales_manager", "cause": "churn_risk",
            "due_at": NOW + timedelta(days=1), "time_zone": "Asia/Shanghai", "evidence": evidence,
        }  # fmt: skip
        return Wanted(**{**given, **more})

    def open(self, customer: str, *, by: str = "Rita", **more: Any) -> str:
        """An open escalation; its id."""
        wanted = self.wanted(customer, **more)
        return self.bench.escalations.open(self.people[by], wanted, channel="console").id


@dataclass
class Proposing(StandIn):
    """Proposes to get Max to Acme for whoever says so, as the real assistant would."""

    propose: Callable[[Identity, str], str] = lambda who, thread: ""

    async def turn(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> Reply:
        reply = await super().turn(identity, message, thread_id=thread_id, lang=lang, channel=channel)
        if "escalate" not in message:
            return reply
        action = Action(kind="escalation", id=self.propose(identity, reply.thread_id), state="proposed")
        return reply.model_copy(update={"actions": (action,), "text": "I would ask Max. Shall I?"})


def _fill(engine: Engine, clock: Clock) -> tuple[dict[str, Identity], dict[str, int], int]:
    people: dict[str, Identity] = {}
    accounts: dict[str, int] = {}
    origin = {"source": "t", "custom": {}, "loaded_at": NOW}
    with system_session(engine) as session:
        for name, role, manager in PEOPLE:
            people[name] = add_person(session, name, role=role, region="East", manager=manager, now=clock.now())
        set_duty(session, people["Tina"].person_id, "technical_consultant", skills=["integration"], now=NOW)
        rita = people["Rita"].person_id
        for name in CUSTOMERS:
            account = Account(**origin, external_id=name, name=name, owner_id=rita)
            session.add(account)
            session.flush()
            accounts[name] = account.id
        talk = Conversation(
            **origin, external_id="talk", kind="customer", channel="wechat", title="Prices", owner_id=rita,
            account_id=accounts["Söhne"], started_at=NOW,
        )  # fmt: skip
        session.add(talk)
        session.flush()
        said = Message(
            **origin, external_id="m1", conversation_id=talk.id, speaker="customer", text=SAID,
            at=NOW - timedelta(hours=1),
        )  # fmt: skip
        session.add(said)
        session.flush()
        return people, accounts, said.id


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("desk")
    settings = Settings(home=home, now=NOW, demo=True, _env_file=None)
    (home / "var").mkdir()
    shutil.copyfile(sqlite_template, home / "var" / "dealhand.db")
    engine = open_engine(settings.database)
    bench = Workbench(settings, engine)
    desk = Desk("", engine, bench, *_fill(engine, clock))

    def propose(who: Identity, thread: str) -> str:
        return bench.escalations.propose(who, desk.wanted("Acme"), thread_id=thread).id

    def opener() -> AbstractAsyncContextManager[Any]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[StandIn]:
            yield Proposing(engine, clock, propose=propose)

        return opened()

    with serve(build_app(settings, engine=engine, assistant=opener, workbench=bench)) as base:
        desk.base = base
        yield desk
    engine.dispose()


@pytest.fixture
async def at_site(browser: Browser, site: Desk) -> AsyncIterator[Visit]:
    async for come in _visits(browser, site.base):
        yield come


def card(page: Page, customer: str) -> Locator:
    return page.locator(".card").filter(has_text=customer)


async def test_the_manager_steps_in_with_a_button_and_the_rep_sees_it(at_site: Visit, site: Desk) -> None:
    site.open("Söhne")
    manager = await at_site()
    await manager.sign_in("Max")
    page = manager.page
    await expect(page.locator("#escalations-count")).to_have_text("1")
    await page.get_by_role("link", name="Escalations").click()
    one = card(page, "Söhne")
    await expect(one).to_contain_text("Sales manager at Söhne")
    await expect(one.locator("q")).to_have_text("we may leave")
    await one.get_by_role("button", name="I'll step in").press("Enter")
    await expect(one.locator(".card-state")).to_have_text("Max steps in")
    await expect(one.get_by_role("button", name="I'll step in")).to_have_count(0)
    await expect(page.locator("#escalations-count")).to_be_hidden()
    await one.locator("a.row-title").click()
    await expect(page.locator(".history li").last).to_contain_text("Max steps in")
    await page.locator("a.source").click()
    await expect(page.locator(".messages .pointed")).to_contain_text("we may leave")
    rep = await at_site()
    await rep.sign_in("Rita")
    await rep.page.goto(f"{rep.base}/accounts/{site.accounts['Söhne']}")
    await expect(card(rep.page, "Söhne").locator(".card-state")).to_have_text("Max steps in")


async def test_it_is_put_off_handed_over_and_resolved_with_what_happened(at_site: Visit, site: Desk) -> None:
    site.open("Halden", role="technical_consultant", cause="technical_need")
    visitor = await at_site()
    await visitor.sign_in("Tina")
    page = visitor.page
    await page.goto(f"{visitor.base}/escalations")
    one = card(page, "Halden")
    await expect(one.locator("div.source")).to_be_visible()
    await one.get_by_role("button", name="Later").click()
    await one.get_by_label("Ask again at").fill("2026-06-17T09:30")
    await one.get_by_role("button", name="Save").click()
    await expect(one.locator(".card-state")).to_contain_text("Tina is asked again")
    await one.get_by_role("button", name="Hand over").click()
    await one.get_by_label("Who").select_option(label="Dora")
    await one.get_by_role("textbox", name="A note (optional)").fill("Yours, please.")
    await one.get_by_role("button", name="Save").click()
    await expect(one.locator(".card-state")).to_have_text("Dora is asked")
    director = await at_site(phone=True)
    await director.sign_in("Dora")
    page = director.page
    await page.goto(f"{director.base}/escalations")
    one = card(page, "Halden")
    await one.get_by_role("button", name="Done").click()
    await one.get_by_label("It was not needed").check()
    await one.get_by_role("textbox", name="What happened? (optional)").fill("Rita had solved it.")
    await one.get_by_role("button", name="Save").click()
    await expect(one.locator(".card-state")).to_have_text("Done, it was not needed")
    await expect(page.locator(".grid")).to_contain_text("0% · 0 of 1")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_a_rep_asks_for_somebody_on_the_customers_page_and_calls_it_off(at_site: Visit, site: Desk) -> None:
    visitor = await at_site()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/accounts/{site.accounts['Nord']}")
    await page.get_by_role("button", name="Ask for somebody").press("Enter")
    await page.get_by_label("Who is needed").select_option(label="Technical consultant")
    await page.get_by_label("Why").select_option(label="Another reason")
    await page.get_by_label("The reason in your words").fill("They want to see it work")
    await page.get_by_label("By when").fill("2026-06-18T15:00")
    await page.get_by_label("Appointment (optional)").fill("2026-06-18T15:00")
    await page.get_by_role("button", name="Ask", exact=True).click()
    one = card(page, "Nord")
    await expect(one).to_contain_text("They want to see it work")
    await expect(one.locator(".card-state")).to_have_text("Tina is asked")
    await one.locator("a.row-title").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Add to your calendar").click()
    assert (await download.value).suggested_filename.endswith(".ics")
    await expect(page.locator(".ladder li").first).to_contain_text("Tina")
    await page.get_by_role("button", name="Not needed").click()
    await page.get_by_role("dialog").get_by_role("button", name="Call it off").click()
    await expect(page.locator(".state-line")).to_have_text("Called off")


async def test_what_is_refused_is_said_where_it_was_pressed(at_site: Visit, site: Desk) -> None:
    opened = site.open("Ost")
    visitor = await at_site()
    visitor.expected = ("status of 409",)
    await visitor.sign_in("Max")
    page = visitor.page
    await page.goto(f"{visitor.base}/escalations/{opened}")
    await expect(page.get_by_role("button", name="I'll step in")).to_be_visible()
    site.bench.escalations.accept(site.people["Dora"], opened, channel="slack")
    await page.get_by_role("button", name="I'll step in").click()
    await expect(page.get_by_role("alert").filter(has_text="Dora")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "yes", "state"), [("en-US", "Yes, do it", "Max is asked"), ("zh-CN", "确认", "已请 Max")]
)
async def test_what_the_assistant_proposes_is_confirmed_with_a_button(
    at_site: Visit, site: Desk, locale: str, yes: str, state: str
) -> None:
    visitor = await at_site(locale=locale)
    await visitor.sign_in("Rita")
    reply = await visitor.ask("escalate Acme")
    action = reply.locator(".action")
    await expect(action).to_have_attribute("data-state", "proposed")
    await action.get_by_role("button", name=yes).press("Enter")
    await expect(action).to_have_attribute("data-state", "scheduled")
    await expect(action).to_contain_text(state)
    await expect(action.get_by_role("button")).to_have_count(0)
    await action.get_by_role("link").click()
    await expect(visitor.page.locator(".state-line")).to_have_text(state)


async def test_a_proposal_is_declined_and_stays_so(at_site: Visit) -> None:
    visitor = await at_site()
    await visitor.sign_in("Rita")
    action = (await visitor.ask("escalate once more")).locator(".action")
    await action.get_by_role("button", name="No", exact=True).click()
    await expect(action).to_have_attribute("data-state", "declined")
    await expect(action).to_contain_text("Not done")


async def test_a_code_links_an_account_and_it_is_unlinked(at_site: Visit, site: Desk) -> None:
    visitor = await at_site()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.get_by_role("link", name="You", exact=True).click()
    await expect(page.locator("#links")).to_contain_text("No account is linked yet")
    await page.get_by_role("button", name="Make a code").click()
    code = await page.locator(".code").inner_text()
    await expect(page.locator(".code-box")).to_contain_text(f"/link {code}")
    with system_session(site.engine) as session:
        assert links.redeem_code(session, code, "telegram", "4711", NOW) is not None
    await page.reload()
    row = page.locator("#links .row")
    await expect(row).to_contain_text("Telegram · 4711")
    await row.get_by_role("button", name="Unlink").click()
    await page.get_by_role("dialog").get_by_role("button", name="Unlink").click()
    await expect(page.locator("#links")).to_contain_text("No account is linked yet")
    with system_session(site.engine) as session:
        assert links.lookup(session, "telegram", "4711") is None


async def test_preferences_and_absences_are_kept(at_site: Visit) -> None:
    visitor = await at_site(phone=True, scheme="dark")
    visitor.expected = ("status of 422",)
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/me")
    form = page.locator("#preferences form")
    await form.get_by_label("First in").select_option(label="Telegram")
    await form.get_by_label("Quiet from").fill("22:00")
    await form.get_by_role("button", name="Save").click()
    await expect(form.locator(".bad")).to_contain_text("22:00")
    await form.get_by_label("Quiet to").fill("07:30")
    await form.get_by_label("Time zone").fill("Europe/Berlin")
    await form.get_by_label("What can wait").select_option(label="Once a day, at another time")
    await form.get_by_label("Time of the daily summary").fill("09:15")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_role("status")).to_have_text("Saved.")
    leave = page.locator("#absences form")
    await leave.get_by_label("First day").fill("2026-07-01")
    await leave.get_by_label("Last day").fill("2026-07-03")
    await leave.get_by_role("button", name="Add").click()
    await expect(page.locator("#absences .row")).to_contain_text("Jul 1, 2026 to Jul 3, 2026")
    await page.reload()
    await expect(form.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    await expect(form.get_by_label("Time of the daily summary")).to_have_value("09:15")
    await page.locator("#absences .row").get_by_role("button").click()
    await expect(page.locator("#absences")).to_contain_text("You are here all the time")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
