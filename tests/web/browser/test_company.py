"""The whole product in a browser, with the demo company: as each role, in both languages."""

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from core.identity import Role
from core.settings import Settings
from db.engine import open_engine, system_session
from db.people import make_link
from db.tables import Person
from tests.conftest import NOW
from tests.web.browser.conftest import Visit

pytestmark = pytest.mark.browser


def link_for(settings: Settings, role: Role) -> tuple[str, str]:
    """Someone of that role, and a one-time link of theirs."""
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        person = session.scalars(select(Person).where(Person.role == role).order_by(Person.id)).first()
        assert person is not None
        found = person.name, make_link(session, person.id, NOW)
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("role", "locale", "question"),
    [
        (Role.REP, "en-US", "my revenue by month this year"),
        (Role.REP, "zh-CN", "我今年各月的赢单金额"),
        (Role.MANAGER, "en-US", "revenue by rep this year"),
        (Role.MANAGER, "zh-CN", "今年每个销售的赢单金额"),
        (Role.DIRECTOR, "en-US", "revenue by region last quarter"),
        (Role.DIRECTOR, "zh-CN", "上季度各大区的赢单金额"),
    ],
)
async def test_each_role_signs_in_by_link_and_gets_a_table_a_chart_and_a_receipt(
    at_company: Visit, demo_settings: Settings, role: Role, locale: str, question: str
) -> None:
    name, secret = link_for(demo_settings, role)
    visitor = await at_company(locale=locale)
    await visitor.page.goto(f"{visitor.base}/sign-in/{secret}")
    await visitor.page.locator("button[type=submit]").click()
    await expect(visitor.page.locator("#who")).to_contain_text(name)
    reply = await visitor.ask(question)
    await expect(reply).to_have_attribute("data-status", "answered")
    await expect(reply.locator("tbody tr").nth(1)).to_be_visible()
    await reply.locator(".chart img").evaluate("image => image.decode()")
    await reply.locator("summary").click()
    await expect(reply.locator(".receipt").first).to_contain_text("2026")
    await reply.locator(".thumb").first.click()
    await expect(reply.locator(".thumb").first).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("locale", "first", "then", "rows"),
    [
        ("en-US", "revenue by region last quarter", "and by month?", 3),
        ("zh-CN", "上季度各大区的赢单金额", "只看华东", 1),
    ],
)
async def test_a_follow_up_amends_the_question(
    at_company: Visit, demo_settings: Settings, locale: str, first: str, then: str, rows: int
) -> None:
    name, _ = link_for(demo_settings, Role.DIRECTOR)
    visitor = await at_company(locale=locale)
    await visitor.sign_in(name)
    await expect((await visitor.ask(first)).locator("tbody tr")).to_have_count(5)
    again = await visitor.ask(then)
    await expect(again).to_have_attribute("data-status", "answered")
    assert await again.locator("tbody tr").count() >= rows


async def test_a_rep_is_told_what_they_may_ask_instead(at_company: Visit, demo_settings: Settings) -> None:
    name, _ = link_for(demo_settings, Role.REP)
    visitor = await at_company()
    await visitor.sign_in(name)
    reply = await visitor.ask("revenue of the whole company this year")
    await expect(reply).to_have_attribute("data-status", "forbidden")
    await expect(reply.locator("table")).to_have_count(0)


async def test_what_the_welcome_suggests_can_be_answered(at_company: Visit, demo_settings: Settings) -> None:
    for role in (Role.REP, Role.MANAGER, Role.DIRECTOR):
        for locale in ("en-US", "zh-CN"):
            name, _ = link_for(demo_settings, role)
            visitor = await at_company(locale=locale)
            await visitor.sign_in(name)
            for question in await visitor.page.locator("#welcome .chip").all_text_contents():
                reply = await visitor.ask(question)
                assert await reply.get_attribute("data-status") in ("answered", "empty"), question
            await visitor.page.context.close()
