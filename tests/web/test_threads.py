import httpx

from tests.web.conftest import Firm
from tests.web.test_chat import ask


async def test_threads_are_listed_latest_first_and_only_to_their_asker(client: httpx.AsyncClient, firm: Firm) -> None:
    for message in ("one", "two", "three"):
        await ask(client, firm, "Rita", message)
    first = (await client.get("/api/threads", params={"limit": 2}, headers=firm.bearer("Rita"))).json()
    rest = await client.get("/api/threads", params={"cursor": first["cursor"]}, headers=firm.bearer("Rita"))
    assert [item["title"] for item in [*first["items"], *rest.json()["items"]]] == ["three", "two", "one"]
    assert rest.json()["cursor"] is None
    assert (await client.get("/api/threads", headers=firm.bearer("Dora"))).json()["items"] == []


async def test_a_transcript_has_the_replies_whole_and_the_thumbs(client: httpx.AsyncClient, firm: Firm) -> None:
    reply = (await ask(client, firm, "Rita", "ranking")).json()
    await client.post("/api/feedback", json={"turn_id": reply["turn_id"], "thumb": "up"}, headers=firm.bearer("Rita"))
    said = (await client.get(f"/api/threads/{reply['thread_id']}", headers=firm.bearer("Rita"))).json()["messages"]
    assert [line["speaker"] for line in said] == ["asker", "assistant"]
    assert said[1]["reply"] == reply
    assert said[1]["thumb"] == "up"


async def test_the_thread_of_another_is_not_found_in_the_same_words_as_none(
    client: httpx.AsyncClient, firm: Firm
) -> None:
    thread = (await ask(client, firm, "Rita", "ranking")).json()["thread_id"]
    theirs = await client.get(f"/api/threads/{thread}", headers=firm.bearer("Dora"))
    none = await client.get("/api/threads/none", headers=firm.bearer("Dora"))
    assert theirs.status_code == 404
    assert theirs.json() == none.json()


async def test_a_cursor_that_is_no_moment_is_a_problem(client: httpx.AsyncClient, firm: Firm) -> None:
    response = await client.get("/api/threads", params={"cursor": "WyJ4IiwgMV0"}, headers=firm.bearer("Rita"))
    assert (response.status_code, response.json()["code"]) == (400, "bad_cursor")
