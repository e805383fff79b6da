"""The pages beside the chat in a browser: calls that were heard, the inbox, sources under answers."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from playwright.async_api import Browser, FilePayload, Locator, expect
from sqlalchemy import Engine

from core.clock import Clock
from core.identity import Role
from core.settings import Settings
from db import calls
from db.engine import open_engine, system_session
from db.people import add_person, make_token
from db.tables import Account
from tests.conftest import NOW
from tests.tools.calls.recordings import ABOUT, SPOKEN, tone
from tests.web.browser.conftest import Visit, _visits
from tests.web.browser.serving import serve
from tests.web.calls import Bench, Notes
from tests.web.standin import opener
from tests.web.test_console import read_for_price
from tests.web.test_messages import said, talk
from web.app import build_app

pytestmark = pytest.mark.browser


@dataclass
class Heard:
    """A server with one call that was transcribed, and Rita's token to send more with."""

    base: str
    engine: Engine
    token: str

    def send(self, name: str, content: bytes, **fields: str) -> str:
        """Hand a recording in; its call id."""
        response = httpx.post(
            f"{self.base}/api/calls", files={"audio": (name, content)}, data=fields, headers=self._headers
        )
        assert response.status_code == 202, response.text
        return str(response.json()["call_id"])

    def told(self, pitch: float) -> str:
        """A call of 5.5 s whose words are there: another pitch is another call."""
        call_id = self.send(
            f"call-{pitch:.0f}.wav",
            tone(5.5, pitch=pitch, channels=2),
            account="Söhne",
            channel_speakers="rep,customer",
        )
        with system_session(self.engine) as session:
            calls.store_transcript(session, call_id, SPOKEN, ABOUT, NOW)
            calls.finish(session, call_id, NOW)
        return call_id

    def post(self, *talks: Any) -> None:
        """Send conversations."""
        response = httpx.post(f"{self.base}/api/messages", json={"conversations": list(talks)}, headers=self._headers)
        assert response.status_code == 200, response.text

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture(scope="module")
def heard(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Heard]:
    home = tmp_path_factory.mktemp("heard")
    settings = Settings(home=home, now=NOW, demo=True, audio_megabytes=1, _env_file=None)
    (home / "var").mkdir()
    shutil.copyfile(sqlite_template, home / "var" / "dealhand.db")
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        for name, accounts in (("Ross", ["Ross Only"]), ("Rita", ["Söhne", "Southern Lights"])):
            person = add_person(session, name, role=Role.REP, region="East", manager=None, now=clock.now()).person_id
            token = make_token(session, person, clock.now())
            for account in accounts:
                origin = {"source": "t", "external_id": account, "custom": {}, "loaded_at": NOW}
                session.add(Account(**origin, name=account, owner_id=person))
    bench = cast(Any, Bench(settings, engine))
    app = build_app(settings, engine=engine, assistant=opener(engine, clock), workbench=bench, jobs=Notes)
    with serve(app) as base:
        yield Heard(base, engine, token)
    engine.dispose()


@pytest.fixture
async def at_heard(browser: Browser, heard: Heard) -> AsyncIterator[Visit]:
    async for come in _visits(browser, heard.base):
        yield come


async def second_of(page: Any) -> float:
    return float(await page.locator("audio").evaluate("audio => audio.currentTime"))


async def audio_is_ready(page: Any) -> None:
    ready = "audio => audio.readyState > 0 || new Promise(done => audio.addEventListener('loadedmetadata', done))"
    await page.locator("audio").evaluate(ready)


async def test_a_recording_is_handed_in_for_an_account_by_keyboard(at_heard: Visit, heard: Heard) -> None:
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.get_by_role("link", name="Calls").click()
    picker = page.get_by_role("combobox", name="Account (optional)")
    await picker.press_sequentially("south")
    await expect(page.locator(".options [role=option]")).to_have_count(1)
    await picker.press("ArrowDown")
    await picker.press("Enter")
    await expect(picker).to_have_value("Southern Lights")
    await page.set_input_files(
        "#recordings", {"name": "今天.wav", "mimeType": "audio/wav", "buffer": tone(0.3, pitch=200)}
    )
    row = page.locator(".row").filter(has_text="今天.wav")
    await expect(row).to_contain_text("Southern Lights")
    await expect(row.locator(".state")).to_contain_text("Waiting for its turn")
    await expect(page.locator(".sending")).to_contain_text("will be transcribed")
    await row.get_by_role("link").click()
    await expect(page.locator(".work")).to_contain_text("Waiting for its turn")
    await expect(page.locator(".steps li")).to_have_count(7)


async def test_what_is_wrong_with_a_recording_is_said(at_heard: Visit) -> None:
    visitor = await at_heard()
    visitor.expected = ("status of 413", "status of 422")
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/calls")
    await page.set_input_files("#recordings", [
        FilePayload(name="empty.wav", mimeType="audio/wav", buffer=b""),
        FilePayload(name="long.wav", mimeType="audio/wav", buffer=b"x" * 1_000_001),
    ])  # fmt: skip
    await expect(page.locator(".sending").nth(0)).to_contain_text("There is nothing in that file")
    await expect(page.locator(".sending").nth(1)).to_contain_text("1 MB at most")


async def test_the_pipelines_progress_shows_as_it_goes(at_heard: Visit, heard: Heard) -> None:
    call_id = heard.send("steps.wav", tone(5.5, pitch=310, channels=2))
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/calls/{call_id}")
    with system_session(heard.engine) as session:
        calls.advance(session, call_id, step="transcribe", progress=0.42)
    await expect(page.locator(".steps [aria-current=step]")).to_have_text("Listening")
    await expect(page.locator(".work")).to_contain_text("42 %")
    with system_session(heard.engine) as session:
        calls.store_transcript(session, call_id, SPOKEN, ABOUT, NOW)
        calls.finish(session, call_id, NOW)
    await expect(page.locator(".transcript li")).to_have_count(2)
    await expect(page.locator(".work")).to_have_count(0)


async def test_a_failed_call_says_why(at_heard: Visit, heard: Heard) -> None:
    call_id = heard.send("bad.wav", tone(0.2, pitch=320))
    with system_session(heard.engine) as session:
        calls.fail(session, call_id, code="recording_gone", params={}, now=NOW)
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    await visitor.page.goto(f"{visitor.base}/calls/{call_id}")
    await expect(visitor.page.get_by_role("alert")).to_contain_text("The audio of this call is no longer kept")
    await expect(visitor.page.locator(".said")).to_be_hidden()


async def test_words_seek_and_the_transcript_follows(at_heard: Visit, heard: Heard) -> None:
    call_id = heard.told(330)
    read_for_price(heard.engine, "price is two high")
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/calls/{call_id}")
    await audio_is_ready(page)
    await page.locator(".word").filter(has_text="high").click()
    assert 3.6 < await second_of(page) < 5.5
    line = page.locator(".transcript li").nth(1)
    await expect(line).to_have_attribute("aria-current", "true")
    await expect(line.locator(".word.now")).to_have_text(["high"])
    await expect(line.locator(".low")).to_have_attribute("title", "Price · hard to hear")
    await expect(page.locator(".call-notes")).to_contain_text("hard to hear")
    await expect(page.locator(".call-notes")).to_contain_text("97%")
    await page.get_by_role("button", name="Listen from 0:00").press("Enter")
    await expect(page.locator(".transcript li").first).to_have_attribute("aria-current", "true")
    mark = page.get_by_role("button", name="Price at 0:02: price is two high")
    await mark.press("Enter")
    assert 2.7 < await second_of(page) < 4
    await expect(page.locator(".signal")).to_contain_text("price is two high")


async def test_an_address_leads_to_its_second(at_heard: Visit, heard: Heard) -> None:
    call_id = heard.told(340)
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    await visitor.page.goto(f"{visitor.base}/conversations?external_id={call_id}&t=2.5")
    await expect(visitor.page.locator(".transcript li").nth(1)).to_have_attribute("aria-current", "true")
    await audio_is_ready(visitor.page)
    assert await second_of(visitor.page) == pytest.approx(2.5, abs=0.1)


async def _correct(line: Locator, *, speaker: str, text: str) -> None:
    await line.hover()
    await line.locator(".edit").click()
    await line.locator("select").select_option(speaker)
    await line.locator("textarea").fill(text)
    await line.locator("textarea").press("Control+Enter")


async def test_a_word_and_a_speaker_are_corrected_and_put_back(at_heard: Visit, heard: Heard) -> None:
    call_id = heard.told(350)
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/calls/{call_id}")
    line = page.locator(".transcript li").nth(1)
    await _correct(line, speaker="unknown", text="Your price is too high for us.")
    await expect(line.locator(".words")).to_have_text("Your price is too high for us.")
    await expect(line.locator(".speaker")).to_have_text("Speaker unknown · corrected")
    await page.wait_for_timeout(1500)
    await line.get_by_role("button", name="Undo").click()
    await expect(line.locator(".words")).to_have_text("Your price is two high for us.")
    await page.reload()
    await expect(line.locator(".speaker")).to_have_text("Customer · corrected")
    await line.locator(".edit").press("Enter")
    await line.locator("textarea").fill("something else")
    await line.locator("textarea").press("Escape")
    await expect(line.locator(".words")).to_have_text("Your price is two high for us.")


async def test_channels_are_swapped_and_the_sound_is_removed(at_heard: Visit, heard: Heard) -> None:
    call_id = heard.told(360)
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/calls/{call_id}")
    await expect(page.locator(".sides")).to_contain_text("Left: Our side · right: Customer")
    await page.get_by_role("button", name="Swap").click()
    await expect(page.locator(".transcript li").first.locator(".speaker")).to_contain_text("Customer")
    await page.get_by_role("button", name="Remove the recording").click()
    await page.keyboard.press("Escape")
    await expect(page.locator("audio")).to_be_visible()
    await page.get_by_role("button", name="Remove the recording").click()
    await page.get_by_role("button", name="Remove it").click()
    await expect(page.locator("audio")).to_be_hidden()
    await expect(page.locator(".player")).to_contain_text("The recording was removed")
    await expect(page.locator(".transcript li")).to_have_count(2)


async def test_others_find_nothing_of_it(at_heard: Visit, heard: Heard) -> None:
    call_id = heard.told(370)
    visitor = await at_heard()
    visitor.expected = ("status of 404",)
    await visitor.sign_in("Ross")
    page = visitor.page
    await page.goto(f"{visitor.base}/calls/{call_id}")
    await expect(page.get_by_role("alert")).to_contain_text("There is no such thing among what you may see")
    await page.goto(f"{visitor.base}/calls")
    await expect(page.locator(".nothing")).to_contain_text("No calls yet")
    await page.goto(f"{visitor.base}/inbox")
    await expect(page.locator(".nothing")).to_have_count(3)
    await expect(page.locator("#inbox-count")).to_be_hidden()


async def test_what_waits_is_assigned_in_the_inbox_and_then_read(at_heard: Visit, heard: Heard) -> None:
    heard.post(
        talk(
            "w1", said("w1m", text="<b>Too dear</b>, we can't pay it", author="Wu"), account="Soehne", title="An offer"
        )
    )
    read_for_price(heard.engine, "Too dear")
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    await expect(page.locator("#inbox-count")).to_be_visible()
    await page.get_by_role("link", name="Inbox").click()
    waiting = page.locator(".waiting").filter(has_text="An offer")
    await expect(waiting).to_contain_text("Came with: Soehne · Wu")
    await waiting.get_by_role("combobox").press_sequentially("söh")
    await page.get_by_role("option", name="Söhne").click()
    await expect(page.locator(".settled")).to_have_text("It belongs to Söhne now.")
    row = page.locator(".row:not(.waiting)").filter(has_text="An offer")
    await expect(row.locator(".state")).to_have_text("Söhne")
    await row.locator(".row-main").click()
    await expect(page.locator(".messages .words")).to_have_text("<b>Too dear</b>, we can't pay it")
    await expect(page.locator(".messages mark")).to_have_text("Too dear")
    await expect(page.locator(".tags")).to_contain_text("Price")


async def test_what_is_no_customers_is_put_aside(at_heard: Visit, heard: Heard) -> None:
    heard.post(talk("w2", said("w2m", author="Spammer"), title="Win a prize"))
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/inbox")
    await (
        page.locator(".waiting")
        .filter(has_text="Win a prize")
        .get_by_role("button", name="No customer of ours")
        .click()
    )
    await expect(page.locator(".settled")).to_have_text("Put aside.")
    await page.reload()
    await expect(page.locator(".waiting").filter(has_text="Win a prize")).to_have_count(0)


async def test_a_long_conversation_opens_at_its_message(at_heard: Visit, heard: Heard) -> None:
    lines = [
        said(f"l{number}", text=f"Line {number}", at=f"2026-06-0{1 + number // 60}T10:{number % 60:02}:00+08:00")
        for number in range(150)
    ]
    heard.post(talk("long", *lines, account="Söhne"))
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    await page.goto(f"{visitor.base}/conversations?external_id=long&message=l120")
    await expect(page.locator(".pointed")).to_contain_text("Line 120")
    await expect(page.locator(".pointed")).to_be_in_viewport()
    await page.get_by_role("button", name="Show what was said before").click()
    await expect(page.locator(".messages li")).to_have_count(130 + 10)


async def test_an_answers_sources_lead_to_where_it_was_said(at_heard: Visit, heard: Heard) -> None:
    heard.post(talk("c1", said("m0", text="Too late 0"), account="Söhne"))
    visitor = await at_heard()
    await visitor.sign_in("Rita")
    page = visitor.page
    reply = await visitor.ask("what was heard")
    text = reply.locator(".text")
    assert await text.locator("p").all_inner_texts() == ["Two things were said:", "Next"]
    assert await text.locator("li").all_inner_texts() == ["too dear", "too late", "call them"]
    await expect(text.locator("p").last).to_have_css("font-weight", "600")
    await expect(reply.locator(".sources li")).to_have_count(5)
    await expect(reply.locator(".source").first).to_have_attribute("href", f"/calls/{'ab' * 32}?t=2.5")
    await reply.get_by_role("button", name="Show 2 more").click()
    await expect(reply.locator(".sources li")).to_have_count(7)
    await reply.locator(".source").nth(1).click()
    await expect(page.locator(".pointed")).to_contain_text("Too late 0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_a_phone_of_320_pixels_shows_every_page(at_heard: Visit, heard: Heard, scheme: str, locale: str) -> None:
    call_id = heard.told(380)
    heard.post(talk("phone", said("p1", text="W" * 200), account="Söhne", title="A" * 120), talk("lost", said("p2")))
    visitor = await at_heard(phone=True, scheme=scheme, locale=locale)
    await visitor.sign_in("Rita")
    page = visitor.page
    for path in ("/calls", f"/calls/{call_id}", "/inbox", "/accounts", "/conversations?external_id=phone"):
        await page.goto(visitor.base + path)
        await expect(page.locator("#page")).to_have_attribute("aria-busy", "false")
        await page.wait_for_load_state("networkidle")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert await page.evaluate("document.getElementById('scroll').scrollWidth") <= 320, path
        await expect(page.locator("#side")).to_be_hidden()
    await page.locator("#open-menu").click()
    await expect(page.locator(".nav a").nth(1)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#open-menu")).to_be_focused()
