"""Absences that others enter: managers for those they lead, directors and admins for everybody."""

from typing import Any

import httpx
from sqlalchemy import Engine, select

from db.duties import add_absence
from db.engine import system_session
from db.tables import AuditEntry
from tests.conftest import NOW
from tests.web.conftest import Firm

WEEK = {"from": "2026-07-01T00:00:00+08:00", "to": "2026-07-08T00:00:00+08:00"}


async def _enter(client: httpx.AsyncClient, firm: Firm, by: str, who: str, **more: Any) -> httpx.Response:
    body = {"person": firm.people[who].person_id, **WEEK, **more}
    return await client.post("/api/absences", json=body, headers=firm.bearer(by))


async def _away(client: httpx.AsyncClient, firm: Firm, by: str) -> list[str]:
    response = await client.get("/api/absences", headers=firm.bearer(by))
    assert response.status_code == 200
    return [one["person"] for one in response.json()["items"]]


async def test_a_manager_enters_it_for_whom_they_lead_and_nobody_else(
    client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine
) -> None:
    first = await _enter(client, firm, "Max", "Rita")
    assert first.status_code == 201
    assert (await _enter(client, firm, "Max", "Rita")).json() == first.json()
    assert (await _enter(client, firm, "Max", "Ross")).status_code == 404
    assert (await _enter(client, firm, "Rita", "Rita")).status_code == 403
    assert (await _enter(client, firm, "Ada", "Ross")).status_code == 201
    assert await _away(client, firm, "Max") == ["Rita"]
    assert sorted(await _away(client, firm, "Ada")) == ["Rita", "Ross"]
    assert sorted(await _away(client, firm, "Dora")) == ["Rita", "Ross"]
    mine = await client.get("/api/me/absences", headers=firm.bearer("Rita"))
    assert [one["id"] for one in mine.json()["items"]] == [first.json()["id"]]
    with system_session(sqlite_engine) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.absent")).first()
        assert entry is not None
        assert entry.actor_id == firm.people["Max"].person_id


async def test_it_is_taken_back_by_who_may_and_bad_days_are_refused(client: httpx.AsyncClient, firm: Firm) -> None:
    assert (await _enter(client, firm, "Ada", "Ross", to=WEEK["from"])).status_code == 422
    made = (await _enter(client, firm, "Ada", "Ross")).json()
    path = f"/api/absences/{made['person_id']}/{made['id']}"
    assert (await client.delete(path, headers=firm.bearer("Max"))).status_code == 404
    assert (await client.delete(path, headers=firm.bearer("Dora"))).json() == {"changed": True}
    assert (await client.delete(path, headers=firm.bearer("Dora"))).json() == {"changed": False}


async def test_why_somebody_is_away_is_not_told(client: httpx.AsyncClient, firm: Firm, sqlite_engine: Engine) -> None:
    rita = firm.people["Rita"].person_id
    with system_session(sqlite_engine) as session:
        add_absence(session, rita, NOW, NOW.replace(day=20), reason="an operation", by=rita, now=NOW)
    response = await client.get("/api/absences", headers=firm.bearer("Max"))
    assert [one["person"] for one in response.json()["items"]] == ["Rita"]
    assert "operation" not in response.text
