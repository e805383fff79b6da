"""Profiles over HTTP: what each person may see, corrections, problems in both languages."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, select

from core.clock import Clock
from core.said import Incoming, IncomingConversation
from core.settings import Settings
from db.engine import system_session
from db.intake import take_in
from db.tables import Account, Conversation
from tests.conftest import NOW
from tests.web.conftest import BASE, Firm
from tests.web.standin import opener
from tools.workbench import Workbench
from web.app import build_app

SAID = ("Our budget is 90,000 euros.", "Helen Marsh signs off everything.", "Scratch that, the budget is 95,000 euros.")


@pytest.fixture
async def talked(
    settings: Settings, sqlite_engine: Engine, clock: Clock, firm: Firm
) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """A client of an app with profiles, and Rita's account, which has talked."""
    workbench = Workbench(settings, sqlite_engine)
    with system_session(sqlite_engine) as session:
        account = session.scalars(select(Account.id).where(Account.external_id == "Rita")).one()
        lines = tuple(
            Incoming(f"m{at}", "customer", text, NOW - timedelta(hours=9 - at)) for at, text in enumerate(SAID)
        )
        talk = IncomingConversation("talk", "chat", lines)
        take_in(session, [talk], source="api", by=firm.people["Rita"], now=NOW)
        conversation = session.scalars(select(Conversation).where(Conversation.external_id == "talk")).one()
        conversation.account_id = account
        session.flush()
        workbench.profiles.learn(session, conversation.id)
    app = build_app(settings, engine=sqlite_engine, assistant=opener(sqlite_engine, clock), workbench=workbench)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client, account
    workbench.close()


async def test_the_profile_has_the_last_correction_with_its_source(
    talked: tuple[httpx.AsyncClient, int], firm: Firm
) -> None:
    client, account = talked
    found = (await client.get(f"/api/accounts/{account}/profile", headers=firm.bearer("Rita"))).json()
    budgets = [
        (one["value"], one["valid_to"] is None, one["source"]["quote"])
        for one in found["facts"]
        if one["name"] == "budget"
    ]
    assert budgets[0] == ("95000", True, "Scratch that, the budget is 95,000 euros")
    assert budgets[1][:2] == ("90000", False)
    assert "Helen Marsh" in [one["value"] for one in found["facts"]]


@pytest.mark.parametrize(("name", "status"), [("Rita", 200), ("Max", 200), ("Dora", 200), ("Ross", 404)])
async def test_only_who_may_see_the_account_sees_its_profile(
    talked: tuple[httpx.AsyncClient, int], firm: Firm, name: str, status: int
) -> None:
    client, account = talked
    for what in ("profile", "brief"):
        found = await client.get(f"/api/accounts/{account}/{what}", headers=firm.bearer(name))
        assert found.status_code == status


async def test_an_account_of_others_is_as_unknown_as_one_that_is_not(
    talked: tuple[httpx.AsyncClient, int], firm: Firm
) -> None:
    client, account = talked
    theirs, none = [
        (await client.get(f"/api/accounts/{where}/profile", headers=firm.bearer("Ross"))).json()
        for where in (account, 99999)
    ]
    assert theirs["detail"] == none["detail"]
    assert theirs["status"] == 404


async def test_a_person_corrects_a_fact_and_nonsense_is_a_problem_in_the_readers_language(
    talked: tuple[httpx.AsyncClient, int], firm: Firm
) -> None:
    client, account = talked
    path = f"/api/accounts/{account}/facts"
    made = await client.post(path, json={"name": "budget", "value": "120k"}, headers=firm.bearer("Rita"))
    assert made.status_code == 201
    found = (await client.get(f"/api/accounts/{account}/profile", headers=firm.bearer("Rita"))).json()
    held = [one for one in found["facts"] if one["name"] == "budget" and one["valid_to"] is None]
    assert [(one["value"], one["pinned"]) for one in held] == [("120000", True)]
    told = {}
    for lang in ("en", "zh"):
        headers = {**firm.bearer("Rita"), "Accept-Language": lang}
        bad = await client.post(path, json={"name": "budget", "value": "plenty"}, headers=headers)
        assert bad.status_code == 422
        assert bad.headers["Content-Type"].startswith("application/problem+json")
        told[lang] = bad.json()["detail"]
    assert told["en"] != told["zh"]


async def test_the_brief_is_in_the_readers_language(talked: tuple[httpx.AsyncClient, int], firm: Firm) -> None:
    client, account = talked
    texts = []
    for lang in ("en", "zh"):
        headers = {**firm.bearer("Rita"), "Accept-Language": lang}
        texts.append((await client.get(f"/api/accounts/{account}/brief", headers=headers)).json()["text"])
    assert all("Rita & Söhne" in text for text in texts)
    assert texts[0] != texts[1]
