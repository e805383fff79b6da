"""What is one's own: linked accounts, preferences, absences."""

from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from db import links
from db.engine import system_session
from db.tables import AuditEntry
from tests.conftest import NOW
from tests.web.conftest import Firm


async def _get(client: httpx.AsyncClient, firm: Firm, path: str, name: str = "Rita") -> Any:
    response = await client.get(f"/api/me/{path}", headers=firm.bearer(name))
    assert response.status_code == 200
    return response.json()


async def test_a_code_links_one_account_and_unlinking_works_at_once(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine
) -> None:
    headers = firm.bearer("Rita")
    old, new = [(await client.post("/api/me/link-code", headers=headers)).json() for _ in range(2)]
    assert new["expires_at"] == "2026-06-17T04:10:00Z"
    with system_session(sqlite_engine) as session:
        assert links.redeem_code(session, old["code"], "slack", "U1", NOW) is None
        found = links.redeem_code(session, new["code"], "slack", "U1:T/1", NOW)
        assert found is not None
        assert found.name == "Rita"
    (item,) = (await _get(client, firm, "links"))["items"]
    assert (item["channel"], item["account"], item["how"]) == ("slack", "U1:T/1", "code")
    assert (await _get(client, firm, "links", "Ross"))["items"] == []
    path = "/api/me/links/slack/U1%3AT%2F1"
    assert (await client.delete(path, headers=firm.bearer("Ross"))).json() == {"changed": False}
    assert (await client.delete(path, headers=headers)).json() == {"changed": True}
    assert (await client.delete(path, headers=headers)).json() == {"changed": False}
    with system_session(sqlite_engine) as session:
        assert links.lookup(session, "slack", "U1:T/1") is None


async def test_preferences_are_kept_whole_and_written_down(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine
) -> None:
    before = await _get(client, firm, "preferences")
    assert (before["channels"], before["quiet_from"], before["defaults"]["digest_at"]) == ([], None, "08:30")
    wanted = {
        "channels": ["telegram", "slack"], "quiet_from": "21:30", "quiet_to": "08:00",
        "time_zone": "Europe/Berlin", "lang": "zh", "digest_at": "07:45",
    }  # fmt: skip
    for _ in range(2):
        kept = (await client.put("/api/me/preferences", json=wanted, headers=firm.bearer("Rita"))).json()
        assert {name: kept[name] for name in wanted} == wanted
    assert (await _get(client, firm, "preferences", "Ross"))["channels"] == []
    with system_session(sqlite_engine) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.preferences"))
        assert (entry.detail["channel"], entry.detail["after"]["lang"]) == ("api", "zh")


@pytest.mark.parametrize(
    "wanted",
    [
        {"channels": ["pigeon"]}, {"quiet_from": "25:00", "quiet_to": "08:00"}, {"quiet_from": "22:00"},
        {"time_zone": "Mars/Base"}, {"time_zone": "../etc/passwd"}, {"lang": "fr"}, {"digest_at": "early"},
        {"loud": True},
    ],
)  # fmt: skip
async def test_what_cannot_be_preferred_is_a_problem(
    client: httpx.AsyncClient, firm: Firm, wanted: dict[str, Any]
) -> None:
    response = await client.put("/api/me/preferences", json=wanted, headers=firm.bearer("Rita"))
    assert (response.status_code, response.json()["code"]) in ((422, "bad_preference"), (422, "invalid"))


async def test_an_absence_is_taken_once_and_back(client: httpx.AsyncClient, firm: Firm) -> None:
    headers = firm.bearer("Rita")
    leave = {"from": "2026-06-20T00:00:00+08:00", "to": "2026-06-27T00:00:00+08:00", "reason": "Leave"}
    first, second = [(await client.post("/api/me/absences", json=leave, headers=headers)).json() for _ in range(2)]
    assert first["id"] == second["id"]
    (item,) = (await _get(client, firm, "absences"))["items"]
    assert (item["from"], item["to"], item["reason"]) == ("2026-06-19T16:00:00Z", "2026-06-26T16:00:00Z", "Leave")
    path = f"/api/me/absences/{item['id']}"
    assert (await client.delete(path, headers=firm.bearer("Ross"))).json() == {"changed": False}
    assert (await client.delete(path, headers=headers)).json() == {"changed": True}
    assert (await client.delete(path, headers=headers)).json() == {"changed": False}
    assert (await _get(client, firm, "absences"))["items"] == []


async def test_an_absence_that_is_over_or_backwards_is_a_problem(client: httpx.AsyncClient, firm: Firm) -> None:
    for start, end in (("2026-06-27", "2026-06-20"), ("2026-06-01", "2026-06-02")):
        leave = {"from": f"{start}T00:00:00Z", "to": f"{end}T00:00:00Z"}
        response = await client.post("/api/me/absences", json=leave, headers=firm.bearer("Rita"))
        assert (response.status_code, response.json()["code"]) == (422, "absence_over")
