"""Channels, duties and absences in a browser."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from core.settings import Settings
from db import channel_settings
from db.engine import open_engine, system_session
from db.people import list_people
from tests.conftest import NOW
from tests.web.browser.conftest import Visit

pytestmark = pytest.mark.browser

ROOM = "C07AB12CD"
ADMIN = "罗一鸣"


@pytest.fixture(scope="module")
def manager(demo_settings: Settings) -> str:
    """A manager of the demo company who set a room of the team."""
    engine = open_engine(demo_settings.database)
    with system_session(engine) as session:
        one = next(person for person in list_people(session) if person.role == "manager")
        channel_settings.change(session, "slack", ROOM, person_id=one.id, now=NOW - timedelta(hours=1), silent=True)
    engine.dispose()
    return one.name


async def test_a_manager_changes_a_room_by_keyboard(at_company: Visit, manager: str) -> None:
    visitor = await at_company(phone=True, scheme="dark")
    await visitor.sign_in(manager)
    page = visitor.page
    await page.goto(f"{visitor.base}/channels")
    place = page.locator("#places .card").filter(has_text=ROOM)
    await expect(place).to_contain_text("It says nothing there.")
    await place.get_by_role("button", name=f"Change Slack · {ROOM}").press("Enter")
    await expect(place.get_by_label("In a thread it answered in")).to_be_focused()
    await place.get_by_label("Say nothing there").uncheck()
    await place.get_by_label("Language").select_option(label="Chinese")
    await place.get_by_role("combobox", name="Customer whose room it is").press("ArrowDown")
    await place.locator(".picker [role=option]").first.click()
    await place.get_by_role("button", name="Save").press("Enter")
    await expect(place).to_contain_text("It answers there.")
    await expect(place).to_contain_text("It answers in Chinese.")
    await expect(place).to_contain_text("What is said there is recorded for")
    await expect(place.get_by_role("button", name="Change")).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.reload()
    await expect(place).to_contain_text("What is said there is recorded for")


async def test_an_admin_gives_a_role_and_takes_it_and_enters_an_absence(at_company: Visit) -> None:
    visitor = await at_company(locale="zh-CN")
    await visitor.sign_in(ADMIN)
    page = visitor.page
    await page.get_by_role("link", name="职责").click()
    form = page.get_by_role("form", name="安排某人承担角色")
    await form.get_by_label("谁").select_option(label=ADMIN)
    await form.get_by_label("角色").select_option(label="技术顾问")
    await form.get_by_label("区域").fill("东区、南区")
    await form.get_by_label("技能").fill("安全，集成")
    await form.get_by_role("button", name="保存").click()
    card = page.locator("#duties .card").filter(has_text=ADMIN)
    await expect(card).to_contain_text("东区, 南区 · 安全, 集成")
    answer = await page.evaluate("fetch('/api/duties').then((one) => one.json())")
    assert [one["regions"] for one in answer["items"] if one["person"] == ADMIN] == [["East", "South"]]
    await card.get_by_role("button", name=f"撤销 {ADMIN} 的角色").click()
    await page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    await expect(card).to_have_count(0)
    leave = page.get_by_role("form", name="登记请假")
    await leave.get_by_label("谁").select_option(label=ADMIN)
    await leave.get_by_label("第一天").fill("2026-07-01")
    await leave.get_by_role("button", name="登记请假").click()
    row = page.locator("#absences .row").filter(has_text=ADMIN)
    await expect(row).to_contain_text("7月1日")
    await row.get_by_role("button").click()
    await expect(page.locator("#absences")).to_contain_text("大家都在")
