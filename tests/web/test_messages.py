"""Batches over HTTP: each item is taken or refused on its own, and nothing twice."""

import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, select

from core.errors import OperatorError
from db.engine import system_session
from db.tables import Conversation, Message
from tests.web.conftest import OWN_PAGE, Firm
from web.parts import Parts


def said(key: str | int = "m1", **changes: Any) -> dict[str, Any]:
    return {"external_id": key, "speaker": "customer", "text": "Too dear", "at": "2026-06-01T09:00:00+08:00", **changes}


def talk(key: str | int = "c1", *messages: Any, **changes: Any) -> dict[str, Any]:
    return {"external_id": key, "channel": "chat", "messages": list(messages) or [said()], **changes}


async def post(client: httpx.AsyncClient, firm: Firm, name: str, *talks: Any) -> dict[str, Any]:
    response = await client.post("/api/messages", json={"conversations": list(talks)}, headers=firm.bearer(name))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


class Desk:
    """Durable work that is noted, and done as soon as it is asked for."""

    def __init__(self, *, away: bool = False) -> None:
        self.keys: list[str] = []
        self.away = away

    def enqueue(self, name: str, key: str, payload: Mapping[str, Any]) -> None:
        self.keys.append(key)

    def settled(self, key: str, seconds: float) -> bool:
        if self.away:
            raise OperatorError(reason="away")
        return True


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    desk = Desk()
    parts = app.state.parts
    assert isinstance(parts, Parts)
    parts.jobs = desk
    return desk


async def test_what_is_sent_twice_is_taken_once(client: httpx.AsyncClient, firm: Firm, desk: Desk) -> None:
    first = await post(client, firm, "Rita", talk("c1", said("m1"), said("m2")))
    again = await post(client, firm, "Rita", talk("c1", said("m1"), said("m2", text="other"), said("m3")))
    assert first == {"accepted": 2, "duplicates": 0, "rejected": []}
    assert again == {"accepted": 1, "duplicates": 2, "rejected": []}
    assert len(desk.keys) == 2
    assert all(key.startswith("heard:") for key in desk.keys)


async def test_each_bad_item_is_refused_alone(client: httpx.AsyncClient, firm: Firm, desk: Desk) -> None:
    done = await post(
        client, firm, "Rita",
        talk("c1", said("ok"), said("a", text=""), said("b", at="yesterday"), said("c", at="2026-06-01T09:00:00"),
             said("d", speaker="boss"), said("e", text=7), "nonsense", said(""), said("f", at=None)),
        "nonsense", talk("c2", messages=[]), talk("c3", messages="x"), {"external_id": "c4"}, talk(5, said(6)),
    )  # fmt: skip
    assert done["accepted"] == 2
    assert [one["external_id"] for one in done["rejected"]].count("a") == 1
    assert {one["external_id"] for one in done["rejected"]} == {"", "a", "b", "c", "d", "e", "f", "c2", "c3", "c4"}
    assert all(one["reason"] for one in done["rejected"])


async def test_reasons_are_in_the_senders_language(client: httpx.AsyncClient, firm: Firm, desk: Desk) -> None:
    headers = {**firm.bearer("Rita"), "Accept-Language": "zh"}
    body = {"conversations": [talk("c1", said(text=""))]}
    done = (await client.post("/api/messages", json=body, headers=headers)).json()
    assert done["rejected"] == [{"external_id": "m1", "reason": "没有文字内容。"}]


@pytest.mark.parametrize("body", [{}, {"conversations": "x"}, {"conversations": [{}] * 1001}, []])
async def test_what_is_no_batch_is_a_problem(client: httpx.AsyncClient, firm: Firm, body: Any) -> None:
    response = await client.post("/api/messages", json=body, headers=firm.bearer("Rita"))
    assert response.status_code == 422


async def test_nobody_posts_without_signing_in(client: httpx.AsyncClient, firm: Firm) -> None:
    body = {"conversations": [talk()]}
    assert (await client.post("/api/messages", json=body)).status_code == 401
    assert (await client.post("/api/messages", json=body, headers=OWN_PAGE)).status_code == 401


async def test_a_large_batch_is_taken_and_a_huge_one_is_not(client: httpx.AsyncClient, firm: Firm, desk: Desk) -> None:
    many = talk("c1", *[said(str(number), text="x" * 1000) for number in range(500)])
    assert (await post(client, firm, "Rita", many))["accepted"] == 500
    huge = {"conversations": [talk("c2", said(text="x" * 21_000_000))]}
    response = await client.post("/api/messages", json=huge, headers=firm.bearer("Rita"))
    assert response.status_code == 413


async def test_a_conversation_is_its_posters_or_its_accounts_owners(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sqlite_engine: Engine
) -> None:
    await post(client, firm, "Rita", talk("mine"), talk("theirs", account="Ross & Söhne"))
    await post(client, firm, "Ada", talk("ours", account="Ross & Söhne"), talk("nobodys"))
    with system_session(sqlite_engine) as session:
        found = session.execute(select(Conversation.external_id, Conversation.owner_id, Conversation.account_id))
        rows = {key: (owner, account is not None) for key, owner, account in found}
    people = {name: person.person_id for name, person in firm.people.items()}
    assert rows["mine"] == rows["theirs"] == (people["Rita"], False)
    assert rows["ours"] == (people["Ross"], True)
    assert rows["nobodys"] == (None, False)


async def test_nothing_is_grafted_on_anothers_conversation(
    client: httpx.AsyncClient, firm: Firm, desk: Desk, sqlite_engine: Engine
) -> None:
    await post(client, firm, "Ross", talk("c1"))
    done = await post(client, firm, "Rita", talk("c1", said("m1"), said("m2")))
    assert (done["accepted"], done["duplicates"]) == (0, 0)
    assert [one["external_id"] for one in done["rejected"]] == ["c1"]
    with system_session(sqlite_engine) as session:
        assert session.scalars(select(Message.external_id)).all() == ["m1"]


async def test_what_came_in_stays_in_when_durable_work_is_away(
    client: httpx.AsyncClient, firm: Firm, app: FastAPI
) -> None:
    app.state.parts.jobs = Desk(away=True)
    assert (await post(client, firm, "Rita", talk()))["accepted"] == 1


async def test_a_post_waits_a_little_and_no_longer(client: httpx.AsyncClient, firm: Firm, app: FastAPI) -> None:
    class Slow(Desk):
        def settled(self, key: str, seconds: float) -> bool:
            time.sleep(min(seconds, 0.3))
            return False

    app.state.parts.jobs = Slow()
    began = time.monotonic()
    await post(client, firm, "Rita", talk())
    assert time.monotonic() - began < 3


async def test_the_shape_of_a_batch_is_in_the_api_description(client: httpx.AsyncClient) -> None:
    schemas = (await client.get("/openapi.json")).json()["components"]["schemas"]
    assert {"external_id", "channel", "messages"} <= set(schemas["ConversationIn"]["properties"])
    assert {"speaker", "text", "at"} <= set(schemas["MessageIn"]["properties"])
