import httpx
import pytest

from tests.web.conftest import Firm


@pytest.mark.parametrize(
    ("name", "seen"),
    [("Rita", ["Rita"]), ("Max", ["Max", "Rita"]), ("Dora", ["Ada", "Dora", "Max", "Rita", "Ross"]), ("Ada", [])],
)
async def test_accounts_are_those_in_the_askers_scope(
    client: httpx.AsyncClient, firm: Firm, name: str, seen: list[str]
) -> None:
    response = await client.get("/api/accounts", headers=firm.bearer(name))
    assert [item["name"].split()[0] for item in response.json()["items"]] == seen


async def test_accounts_are_found_by_part_of_the_name_and_whatever_the_case(
    client: httpx.AsyncClient, firm: Firm
) -> None:
    found = await client.get("/api/accounts", params={"name": "rITA &"}, headers=firm.bearer("Dora"))
    wild = await client.get("/api/accounts", params={"name": "%"}, headers=firm.bearer("Dora"))
    assert [item["owner"] for item in found.json()["items"]] == ["Rita"]
    assert wild.json()["items"] == []


async def test_pages_of_accounts_join_without_a_gap(client: httpx.AsyncClient, firm: Firm) -> None:
    names: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/api/accounts", params=params, headers=firm.bearer("Dora"))).json()
        names += [item["owner"] for item in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert names == ["Ada", "Dora", "Max", "Rita", "Ross"]


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIl0", "eyJhIjoxfQ"])
async def test_a_cursor_from_elsewhere_is_a_problem(client: httpx.AsyncClient, firm: Firm, cursor: str) -> None:
    response = await client.get("/api/accounts", params={"cursor": cursor}, headers=firm.bearer("Dora"))
    assert (response.status_code, response.json()["code"]) == (400, "bad_cursor")
