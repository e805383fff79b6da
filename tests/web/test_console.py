"""The pages beside the chat, and what they ask the API for."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from core.said import Feeling, Found, Reading
from core.wording import LANGS, phrases, say
from db.engine import system_session
from db.signals import store_readings
from db.tables import Call, Conversation, Message, Notice
from tests.conftest import NOW
from tests.web.conftest import Firm
from tests.web.test_inbox import account_of
from tests.web.test_messages import Desk, desk, post, said, talk
from tests.web.test_pages import SignIn

__all__ = ["desk"]

STATIC = Path(__file__).parents[2] / "web" / "static"
PAGES = (
    "/calls",
    "/calls/some-call",
    "/inbox",
    "/accounts",
    "/accounts/1",
    "/escalations",
    "/escalations/x",
    "/me",
)
LEAD_PAGES = ("/channels", "/duties")


def script_words() -> dict[str, set[str]]:
    """Every phrase that a script names outright, by script."""
    return {
        file.name: set(re.findall(r'\bsay\("([^"]+)"', file.read_text(encoding="utf-8")))
        for file in sorted(STATIC.glob("*.js"))
    }


def conversation_of(engine: Engine, external_id: str) -> int:
    with system_session(engine) as session:
        return session.scalars(select(Conversation.id).where(Conversation.external_id == external_id)).one()


def read_for_price(engine: Engine, quote: str) -> None:
    """Read every message that has those words as one about the price."""
    with system_session(engine) as session:
        rows = session.execute(select(Message.id, Message.text).where(Message.text.contains(quote))).all()
        readings = [(row.id, _reading(row.text.index(quote), quote)) for row in rows]
        store_readings(session, readings, detector="test", now=NOW)


def _reading(start: int, quote: str) -> Reading:
    found = Found("price_sensitivity", quote, start, start + len(quote), 0.9)
    return Reading((found,), Feeling("negative", -0.5))


@pytest.mark.parametrize("path", [*PAGES, *LEAD_PAGES, "/conversations/1", "/conversations?external_id=c1"])
async def test_who_is_not_signed_in_is_sent_to_sign_in(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", LEAD_PAGES)
async def test_who_leads_has_two_pages_more(client: httpx.AsyncClient, sign_in: SignIn, path: str, lang: Any) -> None:
    for name, duties in (("Max", "absences"), ("Dora", "absences"), ("Ada", "duties")):
        await sign_in(name)
        page = (await client.get(f"{path}?lang={lang}")).text
        for other, words in (("/channels", "channels"), ("/duties", duties)):
            assert f'href="{other}"' in page
            assert say(f"web.nav.{words}", lang) in page
        assert page.count('aria-current="page"') == 1
    await sign_in("Rita")
    assert (await client.get(path)).status_code == 403
    home = (await client.get("/")).text
    assert not any(f'href="{other}"' in home for other in LEAD_PAGES)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", PAGES)
async def test_every_page_has_the_same_navigation(
    client: httpx.AsyncClient, sign_in: SignIn, path: str, lang: Any
) -> None:
    await sign_in("Rita")
    page = (await client.get(f"{path}?lang={lang}")).text
    for name, address in (
        ("chat", "/"), ("calls", "/calls"), ("inbox", "/inbox"), ("escalations", "/escalations"),
        ("accounts", "/accounts"), ("you", "/me"),
    ):  # fmt: skip
        assert f'href="{address}"' in page
        assert say(f"web.nav.{name}", lang) in page
    assert page.count('aria-current="page"') == 1
    assert "style=" not in page
    assert "onclick" not in page


@pytest.mark.parametrize("lang", LANGS)
def test_every_phrase_that_a_script_names_exists(lang: Any) -> None:
    words = phrases(lang)
    known = {key.split(".", 1)[1] for key in words if key.startswith(("console.", "profiles.", "desk.", "team."))}
    known |= {key.removeprefix("web.page.") for key in words if key.startswith("web.page.")}
    assert {name: missing for name, used in script_words().items() if (missing := used - known)} == {}


async def test_a_conversation_is_read_line_by_line_with_its_signals(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sqlite_engine: Engine
) -> None:
    lines = [
        said(f"m{number}", text=f"Line {number}: too dear", at=f"2026-06-01T09:{number:02}:00+08:00")
        for number in range(30)
    ]
    await post(client, firm, "Rita", talk("c1", *lines, account="Rita & Söhne", title="The offer"))
    read_for_price(sqlite_engine, "too dear")
    found = (await client.get("/api/conversations?external_id=c1", headers=firm.bearer("Rita"))).json()
    url = f"/api/conversations/{found['id']}"
    whole = (await client.get(url, headers=firm.bearer("Max"))).json()
    assert (whole["title"], whole["account"], whole["total"], len(whole["lines"])) == (
        "The offer",
        "Rita & Söhne",
        30,
        30,
    )
    line = whole["lines"][7]
    (mark,) = line["signals"]
    assert (line["text"][mark["start"] : mark["end"]], line["sentiment"]) == (mark["quote"], "negative")
    part = (await client.get(f"{url}?message=m25&limit=3", headers=firm.bearer("Rita"))).json()
    assert (part["start"], [one["message"] for one in part["lines"]]) == (15, ["m15", "m16", "m17"])
    rest = (await client.get(f"{url}?start=28", headers=firm.bearer("Rita"))).json()
    assert [one["message"] for one in rest["lines"]] == ["m28", "m29"]


@pytest.mark.parametrize("name", ["Ross", "Ada"])
async def test_a_conversation_of_others_is_not_there(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sqlite_engine: Engine, name: str
) -> None:
    await post(client, firm, "Rita", talk("c1", account="Rita & Söhne"))
    found = conversation_of(sqlite_engine, "c1")
    answers = [
        await client.get(f"/api/conversations/{found}", headers=firm.bearer(name)),
        await client.get("/api/conversations/99999", headers=firm.bearer(name)),
        await client.get("/api/conversations?external_id=c1", headers=firm.bearer(name)),
        await client.get("/api/conversations?external_id=never", headers=firm.bearer(name)),
    ]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}


async def test_ones_chats_are_no_conversations_with_customers(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine
) -> None:
    thread = (await client.post("/api/chat", json={"message": "hello"}, headers=firm.bearer("Rita"))).json()[
        "thread_id"
    ]
    headers = firm.bearer("Rita")
    assert (await client.get(f"/api/conversations?external_id={thread}", headers=headers)).status_code == 404
    own = conversation_of(sqlite_engine, thread)
    assert (await client.get(f"/api/conversations/{own}", headers=headers)).status_code == 404


async def test_an_outside_id_leads_to_the_page_of_its_conversation(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sign_in: SignIn, sqlite_engine: Engine
) -> None:
    await post(client, firm, "Rita", talk("c 1/ü", account="Rita & Söhne"))
    found = conversation_of(sqlite_engine, "c 1/ü")
    await sign_in("Rita")
    there = await client.get("/conversations", params={"external_id": "c 1/ü", "message": "m1"})
    assert (there.status_code, there.headers["location"]) == (303, f"/conversations/{found}?message=m1")
    assert (await client.get(f"/conversations/{found}")).status_code == 200
    missing = await client.get("/conversations?external_id=none", headers={"Accept": "text/html"})
    assert missing.status_code == 404
    assert say("errors.not_found", "en") in missing.text


async def test_a_calls_conversation_leads_to_the_call(
    client: httpx.AsyncClient, firm: Firm, sign_in: SignIn, sqlite_engine: Engine
) -> None:
    call_id, rita = "ab" * 32, firm.people["Rita"].person_id
    with system_session(sqlite_engine) as session:
        row = Conversation(
            source="call", external_id=call_id, custom={}, loaded_at=NOW, channel="call", owner_id=rita, started_at=NOW
        )
        session.add(row)
        session.flush()
        session.add(Call(conversation_id=row.id, content_hash=call_id, filename="a.wav", bytes=1, created_at=NOW))
        found = row.id
    await sign_in("Rita")
    there = await client.get(f"/conversations/{found}?message={call_id}:00001&t=2.5")
    assert there.headers["location"] == f"/calls/{call_id}?message={call_id}%3A00001&t=2.5"


async def test_the_count_is_of_what_waits_and_what_is_new(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sqlite_engine: Engine
) -> None:
    await post(client, firm, "Rita", talk("c1", said("m1")), talk("c2", said("m2"), account="Rita & Söhne"))
    read_for_price(sqlite_engine, "Too dear")
    with system_session(sqlite_engine) as session:
        message = session.scalars(select(Message).where(Message.external_id == "m2")).one()
        detail = {"signal": "price_sensitivity", "message_id": message.id}
        for name in ("Rita", "Max"):
            session.add(
                Notice(
                    key=name, person_id=firm.people[name].person_id, kind="signal", detail=detail, at=NOW,
                    conversation_id=message.conversation_id,
                )
            )  # fmt: skip
    counts = {}
    for name in ("Rita", "Max", "Ross"):
        counts[name] = (await client.get("/api/inbox/count", headers=firm.bearer(name))).json()
    assert counts["Rita"] == counts["Max"] == {"unmatched": 1, "notices": 1}
    assert counts["Ross"] == {"unmatched": 0, "notices": 0}
    (notice,) = (await client.get("/api/notices", headers=firm.bearer("Rita"))).json()["items"]
    shown = (notice["account"], notice["message"], notice["quote"], notice["seen_at"])
    assert shown == ("Rita & Söhne", "m2", "Too dear", None)
    await client.post(f"/api/notices/{notice['id']}/seen", headers=firm.bearer("Rita"))
    assert (await client.get("/api/inbox/count", headers=firm.bearer("Rita"))).json()["notices"] == 0


async def test_what_came_in_can_be_narrowed_to_an_account(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sqlite_engine: Engine
) -> None:
    await post(client, firm, "Rita", talk("c1", said("m1")), talk("c2", said("m2"), account="Rita & Söhne"))
    account = account_of(sqlite_engine, "Rita")
    url = f"/api/inbox/recent?account={account}"
    mine = (await client.get(url, headers=firm.bearer("Rita"))).json()["items"]
    assert [one["conversation"] for one in mine] == ["c2"]
    assert (await client.get(url, headers=firm.bearer("Ross"))).json()["items"] == []
