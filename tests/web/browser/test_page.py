"""What the page does whatever the answer: the stand-in answers by what the question contains."""

import pytest
from playwright.async_api import Page, expect

from tests.web.browser.conftest import Visit

pytestmark = pytest.mark.browser


async def test_a_question_streams_into_a_table_with_a_receipt(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Rita")
    reply = await visitor.ask("ranking by region")
    await expect(reply.locator(".text")).to_have_text("You asked: ranking by region")
    await expect(reply.locator("tbody tr").first).to_contain_text("2,345,678.50")
    await expect(reply.locator("td.number").first).to_have_css("text-align", "right")
    await expect(reply.locator("td.number").nth(1)).to_have_attribute("title", "0.631")
    await expect(reply.locator(".receipt")).to_be_hidden()
    await reply.locator("summary").click()
    await expect(reply.locator(".receipt")).to_contain_text("Sum of the close value of won deals")
    await expect(reply.locator(".receipt")).to_contain_text("q-0001")


async def test_a_chart_is_drawn_and_described(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Rita")
    reply = await visitor.ask("trend by month")
    image = reply.locator(".chart img")
    await expect(image).to_have_attribute(
        "alt", "Line chart of Revenue by Month. 6 points, lowest $1,123,456, highest $1,740,736."
    )
    await image.evaluate("image => image.decode()")
    assert await image.evaluate("image => image.naturalWidth") > 300


async def test_a_column_sorts_both_ways(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Rita")
    reply = await visitor.ask("ranking")
    head = reply.locator("thead th").nth(2)
    for order, first in (("descending", "East"), ("ascending", "=West")):
        await head.locator("button").click()
        await expect(head).to_have_attribute("aria-sort", order)
        await expect(reply.locator("tbody th").first).to_have_text(first)


async def test_the_table_is_copied_as_csv_that_runs_nothing(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await visitor.sign_in("Rita")
    reply = await visitor.ask("ranking")
    await reply.locator(".copy").click()
    await expect(reply.locator(".copy")).to_have_text("Copied")
    copied = await visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[1:] == ["East,2345678.5,0.631", "华南,1800000,0.5", "'=West,950000,0.4025"]


async def test_what_people_write_is_never_markup(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Rita")
    reply = await visitor.ask("<img src=x onerror=alert(1)><b>bold</b>")
    await expect(reply.locator(".text")).to_have_text("You asked: <img src=x onerror=alert(1)><b>bold</b>")
    assert await visitor.page.locator("#log img, #log b, #threads img, #threads b").count() == 0


async def test_a_thumb_with_a_word_is_kept(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Ruth")
    reply = await visitor.ask("hello")
    await reply.get_by_label("No, not useful").click()
    await reply.locator(".tell textarea").fill("too short")
    await reply.locator(".tell button").click()
    await expect(reply.locator(".feedback")).to_contain_text("Thank you")
    await visitor.page.reload()
    await expect(visitor.page.get_by_label("No, not useful")).to_have_attribute("aria-pressed", "true")


async def test_a_chat_has_an_address_and_a_place_in_the_list(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Rosa")
    await visitor.ask("the first question")
    address = visitor.page.url
    assert "/t/" in address
    await visitor.page.locator("#new").click()
    await expect(visitor.page.locator("#welcome")).to_be_visible()
    await visitor.ask("the second question")
    await visitor.page.locator("#threads a").filter(has_text="the first question").click()
    await expect(visitor.page.locator(".asked")).to_have_text(["the first question"])
    assert visitor.page.url == address
    await visitor.page.go_back()
    await expect(visitor.page.locator(".asked")).to_have_text(["the second question"])


async def test_suggestions_are_asked_with_one_press(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Remy")
    reply = await visitor.ask("secret")
    await expect(reply.locator(".kind")).to_have_text("Not yours to see")
    await reply.locator(".chip").click()
    await expect(visitor.page.locator(".asked").last).to_have_text("my own ranking")
    await expect(visitor.page.locator(".reply table")).to_be_visible()


async def test_a_failure_is_said_kindly_and_can_be_tried_again(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Rolf")
    await visitor.page.fill("#message", "boom")
    await visitor.page.press("#message", "Enter")
    failed = visitor.page.locator(".failed")
    await expect(failed).to_contain_text("Something of ours broke")
    await failed.locator("button").click()
    await expect(visitor.page.locator(".failed")).to_have_count(1)
    await expect(visitor.page.locator(".asked")).to_have_count(1)


async def test_without_a_network_the_question_is_kept(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    visitor.expected = ("ERR_INTERNET_DISCONNECTED",)
    await visitor.sign_in("Rolf")
    await visitor.page.context.set_offline(True)
    await visitor.page.fill("#message", "a ranking please")
    await visitor.page.press("#message", "Enter")
    await expect(visitor.page.locator(".failed")).to_contain_text("offline")
    await visitor.page.context.set_offline(False)
    await visitor.page.locator(".failed button").click()
    await expect(visitor.page.locator(".reply table")).to_be_visible()


async def test_a_turn_can_be_stopped(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Rhea")
    await visitor.page.fill("#message", "slow")
    await visitor.page.press("#message", "Enter")
    await expect(visitor.page.locator(".working")).to_have_text("Looking")
    await visitor.page.get_by_label("Stop").click()
    await expect(visitor.page.locator(".failed")).to_contain_text("Stopped.")


async def test_someone_signed_out_meanwhile_is_shown_the_way_in(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    visitor.expected = ("401",)
    await visitor.sign_in("Rhea")
    await visitor.page.context.clear_cookies()
    await visitor.page.fill("#message", "hello")
    await visitor.page.press("#message", "Enter")
    await expect(visitor.page.locator(".failed a")).to_have_attribute("href", "/sign-in")


async def _shift_tab_to(page: Page, selector: str) -> None:
    for _ in range(30):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


async def test_everything_works_by_keyboard(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Ravi")
    page = visitor.page
    await _shift_tab_to(page, ".skip")
    await page.keyboard.press("Enter")
    await expect(page.locator("#message")).to_be_focused()
    await page.keyboard.type("ranking")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("please")
    await page.keyboard.press("Enter")
    await page.locator(".reply .feedback").wait_for()
    await expect(page.locator(".asked p")).to_have_text("ranking\nplease")
    await expect(page.locator("#message")).to_be_focused()
    await expect(page.locator("#announce")).to_contain_text("You asked: ranking")
    await _shift_tab_to(page, "summary")
    await page.keyboard.press("Enter")
    await expect(page.locator(".receipt")).to_be_visible()


async def test_enter_that_ends_composing_chinese_sends_nothing(at_small_firm: Visit) -> None:
    visitor = await at_small_firm()
    await visitor.sign_in("Ravi")
    await visitor.page.fill("#message", "ranking")
    await visitor.page.evaluate(
        "document.getElementById('message').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    await expect(visitor.page.locator("#message")).to_have_value("ranking")
    assert await visitor.page.locator(".asked").count() == 0


async def test_the_page_follows_the_browser_and_switches_language_in_place(at_small_firm: Visit) -> None:
    visitor = await at_small_firm(locale="zh-CN")
    await visitor.sign_in("Rudi")
    await expect(visitor.page.locator("h1")).to_have_text("Rudi，你好。")
    await visitor.ask("ranking")
    address = visitor.page.url
    await expect(visitor.page.locator("td.number").first).to_have_text("$234.57万")
    await visitor.page.locator("#language").click()
    await expect(visitor.page.locator("#new")).to_have_text("New chat")
    await expect(visitor.page.locator("td.number").first).to_have_text("$2,345,678.50")
    assert visitor.page.url == address
    await visitor.page.goto(visitor.base)
    await expect(visitor.page.locator("#new")).to_have_text("New chat")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_of_320_pixels_shows_everything(at_small_firm: Visit, scheme: str) -> None:
    visitor = await at_small_firm(phone=True, scheme=scheme)
    await visitor.sign_in("Rita")
    page = visitor.page
    await expect(page.locator("#who")).to_contain_text("You see your own accounts")
    reply = await visitor.ask("ranking trend")
    await reply.locator("summary").click()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    assert await page.evaluate("document.getElementById('scroll').scrollWidth") <= 320
    await expect(page.locator("#side")).to_be_hidden()
    await page.locator("#open-menu").click()
    await expect(page.locator("#threads a").first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#side")).to_be_hidden()
    await expect(page.locator("#open-menu")).to_be_focused()
