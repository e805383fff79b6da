"""The inbox over HTTP."""

import httpx
import pytest
from sqlalchemy import Engine, select

from core.identity import Identity
from db.engine import system_session
from db.tables import Account, Notice
from tests.conftest import NOW
from tests.web.conftest import Firm
from tests.web.test_messages import Desk, desk, post, said, talk

__all__ = ["desk"]


def account_of(engine: Engine, name: str) -> int:
    with system_session(engine) as session:
        return session.scalars(select(Account.id).where(Account.external_id == name)).one()


async def test_what_waits_is_assigned_once_and_read_again(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sqlite_engine: Engine
) -> None:
    await post(client, firm, "Rita", talk("c1", said(author="Wu"), account="Rita & Soehne"))
    inbox = (await client.get("/api/inbox", headers=firm.bearer("Rita"))).json()
    (item,) = inbox["unmatched"]["items"]
    assert (item["conversation"], item["named"], item["hints"]) == ("c1", "Rita & Soehne", ["Wu"])
    assert [one["conversation"] for one in inbox["recent"]["items"]] == ["c1"]
    assert inbox["notices"]["items"] == []
    body = {"account_id": account_of(sqlite_engine, "Rita")}
    url = f"/api/inbox/{item['id']}/assign"
    assert (await client.post(url, json=body, headers=firm.bearer("Rita"))).json() == {"changed": True}
    assert (await client.post(url, json=body, headers=firm.bearer("Rita"))).json() == {"changed": False}
    assert len(set(desk.keys)) == 2
    after = (await client.get("/api/inbox", headers=firm.bearer("Rita"))).json()
    assert after["unmatched"]["items"] == []
    assert after["recent"]["items"][0]["account"] == "Rita & Söhne"


@pytest.mark.parametrize(("name", "account"), [("Ross", "Ross"), ("Rita", "Ross"), ("Ada", "Rita")])
async def test_nobody_assigns_what_or_where_they_do_not_see(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sqlite_engine: Engine, name: str, account: str
) -> None:
    await post(client, firm, "Rita", talk("c1"))
    inbox = (await client.get("/api/inbox", headers=firm.bearer("Rita"))).json()
    talk_id = inbox["unmatched"]["items"][0]["id"]
    body = {"account_id": account_of(sqlite_engine, account)}
    refused = await client.post(f"/api/inbox/{talk_id}/assign", json=body, headers=firm.bearer(name))
    missing = await client.post("/api/inbox/99999/assign", json=body, headers=firm.bearer(name))
    assert refused.status_code == 404
    assert refused.json() == missing.json()


async def test_what_is_dismissed_is_gone(client: httpx.AsyncClient, firm: Firm, desk: Desk) -> None:
    await post(client, firm, "Rita", talk("c1"))
    page = (await client.get("/api/inbox/unmatched", headers=firm.bearer("Max"))).json()
    url = f"/api/inbox/{page['items'][0]['id']}/dismiss"
    assert (await client.post(url, headers=firm.bearer("Max"))).json() == {"changed": True}
    assert (await client.post(url, headers=firm.bearer("Max"))).json() == {"changed": False}
    assert (await client.get("/api/inbox/unmatched", headers=firm.bearer("Rita"))).json()["items"] == []


@pytest.mark.parametrize("path", ["/api/inbox/unmatched", "/api/inbox/recent"])
async def test_pages_join_without_a_gap(client: httpx.AsyncClient, firm: Firm, desk: Desk, path: str) -> None:
    await post(client, firm, "Rita", *[talk(f"c{number}") for number in range(5)])
    found: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await client.get(path, params=params, headers=firm.bearer("Rita"))).json()
        found += [item["conversation"] for item in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert sorted(found) == [f"c{number}" for number in range(5)]


@pytest.mark.parametrize("path", ["/api/inbox/unmatched", "/api/inbox/recent", "/api/notices"])
@pytest.mark.parametrize("cursor", ["nonsense", "WyJ4IiwgMV0", "WyIyMDI2LTAxLTAxIiwgMV0"])
async def test_a_cursor_from_elsewhere_is_a_problem(
    client: httpx.AsyncClient, firm: Firm, path: str, cursor: str
) -> None:
    response = await client.get(path, params={"cursor": cursor}, headers=firm.bearer("Rita"))
    assert (response.status_code, response.json()["code"]) == (400, "bad_cursor")


def _notice(engine: Engine, person: Identity, number: int) -> None:
    with system_session(engine) as session:
        session.add(Notice(key=f"n{number}", person_id=person.person_id, kind="signal", detail={"n": number}, at=NOW))


async def test_notices_are_paged_and_seen(client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine) -> None:
    for number in range(3):
        _notice(sqlite_engine, firm.people["Rita"], number)
    first = (await client.get("/api/notices", params={"limit": 2}, headers=firm.bearer("Rita"))).json()
    rest = (await client.get("/api/notices", params={"cursor": first["cursor"]}, headers=firm.bearer("Rita"))).json()
    assert [item["detail"]["n"] for item in [*first["items"], *rest["items"]]] == [2, 1, 0]
    url = f"/api/notices/{first['items'][0]['id']}/seen"
    assert (await client.post(url, headers=firm.bearer("Ross"))).status_code == 404
    assert (await client.post(url, headers=firm.bearer("Rita"))).json() == {"changed": True}
    assert (await client.post(url, headers=firm.bearer("Rita"))).json() == {"changed": False}


async def test_an_id_no_row_can_have_is_a_problem(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.post(f"/api/inbox/{2**70}/dismiss", headers=firm.bearer("Rita"))
    assert response.status_code == 422
