import httpx

from tests.web.conftest import Firm


async def test_an_admin_reads_all_entries_and_a_rep_only_their_own(client: httpx.AsyncClient, firm: Firm) -> None:
    everything = (await client.get("/api/audit", headers=firm.bearer("Ada"))).json()["items"]
    mine = (await client.get("/api/audit", headers=firm.bearer("Rita"))).json()["items"]
    assert {"person.add", "token.make"} <= {entry["action"] for entry in everything}
    assert mine == []


async def test_entries_come_latest_first_a_page_at_a_time(client: httpx.AsyncClient, firm: Firm) -> None:
    first = (await client.get("/api/audit", params={"limit": 3}, headers=firm.bearer("Ada"))).json()
    then = await client.get("/api/audit", params={"limit": 3, "cursor": first["cursor"]}, headers=firm.bearer("Ada"))
    ids = [entry["id"] for entry in [*first["items"], *then.json()["items"]]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 6
