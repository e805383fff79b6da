"""Escalations over HTTP: asked for, acted on, proposed; and nobody sees more than they may."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from core.clock import Clock
from core.escalations import Wanted
from core.identity import Role
from core.said import Incoming, IncomingConversation
from core.settings import Settings
from db.duties import set_duty
from db.engine import system_session
from db.intake import take_in
from db.people import add_person, make_token
from db.tables import Account, AuditEntry, Conversation
from tests.conftest import NOW
from tests.web.conftest import BASE, OWN_PAGE, Firm
from tests.web.standin import opener
from tools.workbench import Workbench
from web.app import build_app

SAID = "Your rival is a third cheaper, and we may leave."
DUE = "2026-06-18T10:00:00+08:00"


@dataclass
class Site:
    """A running app in whose firm Tina is a technical consultant, and Rita's customer has talked."""

    client: httpx.AsyncClient
    firm: Firm
    bench: Workbench
    account: int

    async def call(self, name: str, method: str, path: str, *, status: int = 200, **more: Any) -> Any:
        """What a person gets for a request."""
        headers = {**self.firm.bearer(name), **more.pop("headers", {})}
        response = await self.client.request(method, f"/api{path}", headers=headers, **more)
        assert response.status_code == status, response.text
        return response.json()

    async def ask(self, name: str = "Rita", *, status: int = 201, **more: Any) -> Any:
        """Rita asks for a manager at her customer, as changed."""
        body = {"account": self.account, "role": "sales_manager", "due": DUE, "cause": "churn_risk", **more}
        return await self.call(name, "POST", "/escalations", status=status, json=body)

    def propose(self, name: str, thread: str) -> str:
        """What the assistant would propose to a person; its id."""
        wanted = Wanted(self.account, "sales_manager", "complaint", NOW + timedelta(days=2), "Asia/Shanghai")
        return self.bench.escalations.propose(self.firm.people[name], wanted, thread_id=thread).id


@pytest.fixture
async def site(settings: Settings, sqlite_engine: Engine, clock: Clock, firm: Firm) -> AsyncIterator[Site]:
    bench = Workbench(settings, sqlite_engine)
    with system_session(sqlite_engine) as session:
        firm.people["Tina"] = add_person(session, "Tina", role=Role.REP, region="East", manager="Dora", now=NOW)
        firm.tokens["Tina"] = make_token(session, firm.people["Tina"].person_id, NOW)
        set_duty(session, firm.people["Tina"].person_id, "technical_consultant", skills=["integration"], now=NOW)
        account = session.scalars(select(Account.id).where(Account.external_id == "Rita")).one()
        talk = IncomingConversation("talk", "chat", (Incoming("m1", "customer", SAID, NOW - timedelta(hours=1)),))
        take_in(session, [talk], source="api", by=firm.people["Rita"], now=NOW)
        session.scalars(select(Conversation).where(Conversation.external_id == "talk")).one().account_id = account
    app = build_app(settings, engine=sqlite_engine, assistant=opener(sqlite_engine, clock), workbench=bench)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield Site(client, firm, bench, account)
    bench.close()


async def test_a_person_asks_by_names_and_it_holds_what_was_said(site: Site) -> None:
    evidence = [{"quote": "we may leave", "kind": "churn_risk", "message": "m1"}]
    made = await site.ask(account="Rita & Söhne", evidence=evidence, conversation="talk", note="Big one.")
    assert (made["merged"], made["state"], made["person"], made["role"]) == (False, "scheduled", "Max", "sales_manager")
    assert (made["asked_by"], made["confirmed_by"], made["owner"], made["trigger"]) == ("Rita", "Rita", "Rita", "asked")
    assert (made["due"], made["conversation"]) == ("2026-06-18T02:00:00Z", "talk")
    (quote,) = made["evidence"]
    assert (quote["quote"], quote["message"], quote["conversation"]) == ("we may leave", "m1", "talk")
    again = await site.ask(status=200, evidence=evidence)
    assert (again["merged"], again["id"], len(again["evidence"])) == (True, made["id"], 1)
    (listed,) = (await site.call("Rita", "GET", "/escalations"))["items"]
    assert (listed["id"], listed["account"], listed["asks_me"]) == (made["id"], "Rita & Söhne", False)
    assert listed["ladder"][0]["person"] == "Max"


async def test_whoever_is_asked_accepts_hands_over_and_the_end_is_kept(site: Site) -> None:
    path = f"/escalations/{(await site.ask())['id']}"
    assert (await site.call("Max", "GET", "/escalations/count")) == {"asked": 1}
    for _ in range(2):
        taken = await site.call("Max", "POST", f"{path}/accept")
        assert (taken["state"], taken["person"], taken["asks_me"]) == ("accepted", "Max", True)
    assert (await site.call("Max", "GET", "/escalations/count")) == {"asked": 0}
    over = await site.call("Max", "POST", f"{path}/handover", json={"person": "dora", "note": "Yours."})
    assert (over["state"], over["person"]) == ("scheduled", "Dora")
    later = await site.call("Dora", "POST", f"{path}/snooze", json={"until": "2026-06-17T08:00:00Z"})
    assert (later["state"], later["snoozed_until"]) == ("snoozed", "2026-06-17T08:00:00Z")
    for _ in range(2):
        done = await site.call("Dora", "POST", f"{path}/resolve", json={"outcome": "useful", "note": "They stay."})
        assert (done["state"], done["outcome"], done["outcome_note"]) == ("resolved", "useful", "They stay.")
    actions = [(one["action"], one["actor"], one["channel"]) for one in done["history"]]
    assert actions[-1] == ("resolved", "Dora", "api")
    (told,) = (await site.call("Dora", "GET", "/escalations/precision"))["items"]
    assert (told["trigger"], told["useful"], told["share"], told["mostly_wrong"]) == ("asked", 1, 1.0, False)


async def test_what_is_over_says_so_in_the_readers_language(site: Site) -> None:
    path = f"/escalations/{(await site.ask())['id']}"
    await site.call("Rita", "POST", f"{path}/cancel")
    told = {}
    for lang in ("en", "zh"):
        problem = await site.call("Max", "POST", f"{path}/accept", status=409, headers={"Accept-Language": lang})
        assert problem["code"] == "escalation_over"
        told[lang] = problem["detail"]
    assert told["en"] != told["zh"]


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"due": "2026-06-16T10:00:00Z"}, 400, "deadline_past"),
        ({"due": "2026-06-18T10:00:00"}, 422, "invalid"),
        ({"role": "director"}, 422, "invalid"),
        ({"cause": "  "}, 422, "invalid"),
        ({"account": "Nobody's"}, 404, "not_found"),
        ({"account": 99999}, 404, "not_found"),
        ({"account": "Ross & Söhne"}, 404, "not_found"),
        ({"person": "Nobody"}, 404, "unknown_person"),
        ({"person": "Ross"}, 409, "not_their_role"),
        ({"conversation": "none"}, 404, "not_found"),
        ({"evidence": [{"quote": "x", "message": "none"}]}, 404, "not_found"),
    ],
)
async def test_what_cannot_be_asked_is_a_problem(site: Site, more: dict[str, Any], status: int, code: str) -> None:
    assert (await site.ask(status=status, **more))["code"] == code
    assert (await site.call("Dora", "GET", "/escalations"))["items"] == []


async def test_nobody_sees_or_changes_more_than_they_may(site: Site) -> None:
    made = await site.ask()
    path = f"/escalations/{made['id']}"
    for name in ("Ross", "Ada", "Tina"):
        assert (await site.call(name, "GET", "/escalations"))["items"] == []
        known = await site.call(name, "GET", path, status=404)
        assert known["detail"] == (await site.call(name, "GET", f"/escalations/{'0' * 32}", status=404))["detail"]
        for verb, body in (
            ("accept", None), ("cancel", None), ("snooze", {"until": DUE}), ("handover", {"person": "Dora"}),
            ("resolve", {"outcome": "useful"}), ("confirm", None), ("decline", None),
        ):  # fmt: skip
            await site.call(name, "POST", f"{path}/{verb}", status=404, json=body)
        assert (await site.call(name, "GET", "/escalations/precision"))["items"] == []
    assert (await site.call("Rita", "GET", path))["state"] == "scheduled"


async def test_the_quote_is_for_who_is_asked_but_leads_nowhere_they_may_not_go(site: Site) -> None:
    evidence = [{"quote": "we may leave", "message": "m1"}]
    made = await site.ask(role="technical_consultant", evidence=evidence)
    (seen,) = (await site.call("Tina", "GET", f"/escalations/{made['id']}"))["evidence"]
    assert (made["person"], seen["quote"], seen["message"], seen["conversation"]) == (
        "Tina",
        "we may leave",
        None,
        None,
    )


async def test_lists_are_of_states_accounts_and_oneself_and_pages_join(site: Site) -> None:
    ids = [(await site.ask(cause=f"cause {number}"))["id"] for number in range(5)]
    await site.call("Max", "POST", f"/escalations/{ids[0]}/accept")
    found: list[str] = []
    cursor = None
    while True:
        page = await site.call(
            "Max", "GET", "/escalations", params={"limit": "2", **({"cursor": cursor} if cursor else {})}
        )
        found += [one["id"] for one in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert sorted(found) == sorted(ids)

    async def many(name: str, **params: Any) -> int:
        return len((await site.call(name, "GET", "/escalations", params=params))["items"])

    assert await many("Max", state="accepted") == 1
    assert await many("Max", state=["accepted", "scheduled"]) == 5
    assert await many("Max", account="rita & söhne") == await many("Max", account=str(site.account)) == 5
    assert await many("Max", account="Ross & Söhne") == 0
    assert (await many("Dora"), await many("Dora", whose="mine")) == (5, 0)
    assert (await many("Max", whose="mine"), await many("Rita", whose="mine")) == (5, 5)
    assert (await site.call("Max", "GET", "/escalations", status=400, params={"cursor": "x"}))["code"] == "bad_cursor"


async def test_a_proposal_waits_for_its_asker_alone(site: Site, sqlite_engine: Engine) -> None:
    first, second = site.propose("Rita", "t1"), site.propose("Rita", "t2")
    listed = (await site.call("Rita", "GET", "/escalations", params={"state": "proposed"}))["items"]
    assert {(one["id"], one["confirmed_by"], one["proposed"]["verb"]) for one in listed} == {
        (first, None, "escalate"), (second, None, "escalate")
    }  # fmt: skip
    await site.call("Max", "POST", f"/escalations/{first}/confirm", status=404)
    said_no = await site.call("Rita", "POST", f"/escalations/{second}/decline")
    assert said_no["state"] == "declined"
    for _ in range(2):
        done = await site.call("Rita", "POST", f"/escalations/{first}/confirm")
        assert (done["state"], done["asked_by"], done["confirmed_by"]) == ("scheduled", "Rita", "Rita")
        assert done["proposed"] is None
    (real,) = (await site.call("Rita", "GET", "/escalations"))["items"]
    assert real["id"] == done["id"] != first
    with system_session(sqlite_engine) as session:
        written = session.scalars(select(AuditEntry).where(AuditEntry.action == "escalation.opened")).all()
        assert [one.detail["channel"] for one in written] == ["api"]


async def test_an_appointment_is_a_calendar_file_and_nothing_else_is(site: Site) -> None:
    timed = await site.ask(
        role="technical_consultant", appointment="2026-06-18T15:00:00+08:00", due="2026-06-18T15:00:00+08:00"
    )
    plain = await site.ask(cause="complaint")
    headers = site.firm.bearer("Rita")
    file = await site.client.get(f"/api/escalations/{timed['id']}/calendar", headers=headers)
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "attachment" in file.headers["content-disposition"]
    assert "DTSTART:20260618T070000Z" in file.text
    assert (await site.client.get(f"/api/escalations/{plain['id']}/calendar", headers=headers)).status_code == 404


async def test_what_the_page_does_is_done_in_the_console(site: Site) -> None:
    await site.client.post("/sign-in/demo", data={"person": "Rita"}, headers=OWN_PAGE)
    body = {"account": site.account, "role": "sales_manager", "due": DUE, "cause": "complaint"}
    assert (await site.client.post("/api/escalations", json=body)).status_code == 403
    made = (await site.client.post("/api/escalations", json=body, headers=OWN_PAGE)).json()
    assert (made["trigger"], made["history"][0]["channel"]) == ("console", "console")


async def test_who_may_be_asked_is_offered(site: Site) -> None:
    async def names(role: str) -> list[str]:
        found = await site.call("Rita", "GET", "/escalations/people", params={"role": role})
        return [one["name"] for one in found["items"]]

    assert await names("technical_consultant") == ["Dora", "Max", "Tina"]
    assert await names("sales_manager") == ["Dora", "Max"]


async def test_an_admin_says_who_takes_what_and_nobody_else(site: Site) -> None:
    body = {"person": "Ross", "role": "technical_consultant", "skills": ["security"], "most_open": 3}
    await site.call("Dora", "PUT", "/duties", status=403, json=body)
    await site.call("Dora", "GET", "/duties", status=403)
    for _ in range(2):
        found = (await site.call("Ada", "PUT", "/duties", json=body))["items"]
    assert [(one["person"], one["skills"], one["most_open"]) for one in found] == [
        ("Ross", ["security"], 3), ("Tina", ["integration"], 8)
    ]  # fmt: skip
    await site.call("Ada", "PUT", "/duties", json={**body, "most_open": 0})
    offered = await site.call("Rita", "GET", "/escalations/people", params={"role": "technical_consultant"})
    assert "Ross" not in [one["name"] for one in offered["items"]]
