"""Settings of places: who sees which, who changes what, and that counts are all that is told of messages."""

from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from core.channels import Arrived, Content, Spot
from core.wording import say
from db import channel_settings, channel_threads, inbound, links, outbound
from db.channel_settings import PlaceSettings
from db.engine import system_session
from db.places import is_room
from db.tables import Account, AuditEntry, Outbound
from tests.conftest import NOW
from tests.web.conftest import Firm

ROOM, OTHER, TALK, HERS = "C1", "C2", "D1", "D2"


def _account(engine: Engine, owner: str) -> int:
    with system_session(engine) as session:
        return session.scalars(select(Account.id).where(Account.external_id == owner)).one()


def _set(engine: Engine, firm: Firm, place: str, by: str, **changes: Any) -> None:
    with system_session(engine) as session:
        channel_settings.change(session, "slack", place, person_id=firm.people[by].person_id, now=NOW, **changes)


@pytest.fixture
def places(firm: Firm, sqlite_engine: Engine) -> Engine:
    """A room that Max's Rita set, one that Dora set, and direct messages of Max and of Rita."""
    _set(sqlite_engine, firm, ROOM, "Rita", silent=True)
    _set(sqlite_engine, firm, OTHER, "Dora", discreet=False)
    _set(sqlite_engine, firm, TALK, "Max", lang="zh")
    _set(sqlite_engine, firm, HERS, "Rita", lang="en")
    with system_session(sqlite_engine) as session:
        links.link(session, "slack", "U1", firm.people["Max"].person_id, how="admin", by=None, now=NOW)
        links.keep_address(session, "slack", "U1", TALK)
    return sqlite_engine


async def _read(client: httpx.AsyncClient, firm: Firm, name: str) -> dict[str, dict[str, Any]]:
    response = await client.get("/api/channels", headers=firm.bearer(name))
    assert response.status_code == 200, response.text
    return {one["place"]: one for one in response.json()["places"]}


async def _put(client: httpx.AsyncClient, firm: Firm, name: str, place: str, **body: Any) -> httpx.Response:
    return await client.put(f"/api/channels/slack/places/{place}", json=body, headers=firm.bearer(name))


async def test_each_sees_rooms_of_their_people_and_only_their_own_direct_messages(
    client: httpx.AsyncClient, firm: Firm, places: Engine
) -> None:
    assert set(await _read(client, firm, "Max")) == {ROOM, TALK}
    assert set(await _read(client, firm, "Dora")) == {ROOM, OTHER}
    assert set(await _read(client, firm, "Ada")) == {ROOM, OTHER}
    with system_session(places) as session:
        rita = firm.people["Rita"].person_id
        channel_threads.keep(session, Spot("slack", OTHER), rita, thread_id="t1", now=NOW)
    assert set(await _read(client, firm, "Max")) == {ROOM, OTHER, TALK}
    for name in ("Rita", "Ross"):
        assert (await client.get("/api/channels", headers=firm.bearer(name))).status_code == 403
        assert (await _put(client, firm, name, ROOM, silent=False)).status_code == 403


async def test_what_is_not_seen_is_not_set(client: httpx.AsyncClient, firm: Firm, places: Engine) -> None:
    for name, place in (("Max", HERS), ("Max", OTHER), ("Dora", TALK), ("Ada", HERS), ("Max", "C9")):
        assert (await _put(client, firm, name, place, silent=True)).status_code == 404
    with system_session(places) as session:
        assert channel_settings.read(session, "slack", HERS) == PlaceSettings(lang="en")
        assert channel_settings.read(session, "slack", "C9") == PlaceSettings()


async def test_a_change_leaves_the_rest_and_is_written_down(
    client: httpx.AsyncClient, firm: Firm, places: Engine
) -> None:
    changed = (await _put(client, firm, "Max", ROOM, lang="zh")).json()
    assert (changed["lang"], changed["silent"], changed["by"]) == ("zh", True, "Max")
    assert (await _put(client, firm, "Max", ROOM, lang="fr")).status_code == 422
    assert (await _put(client, firm, "Max", ROOM, loud=True)).status_code == 422
    with system_session(places) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject) == ("place.set", f"place:slack:{ROOM}")
        assert entry.actor_id == firm.people["Max"].person_id
        assert (entry.detail["before"]["lang"], entry.detail["after"]["lang"]) == (None, "zh")


async def test_only_a_customer_one_sees_can_be_chosen_and_is_named(
    client: httpx.AsyncClient, firm: Firm, places: Engine
) -> None:
    ritas, rosss = _account(places, "Rita"), _account(places, "Ross")
    assert (await _put(client, firm, "Max", ROOM, account=rosss)).status_code == 404
    assert (await _put(client, firm, "Ada", ROOM, account=ritas)).status_code == 404
    assert (await _put(client, firm, "Max", TALK, account=ritas)).status_code == 422
    tied = (await _put(client, firm, "Max", ROOM, account=ritas)).json()
    assert (tied["tied"], tied["customer"]) == (True, {"id": ritas, "name": "Rita & Söhne"})
    again = (await _put(client, firm, "Max", ROOM, silent=False, account=ritas)).json()
    assert again["customer"] == tied["customer"]
    unseen = (await _read(client, firm, "Ada"))[ROOM]
    assert (unseen["tied"], unseen["customer"]) == (True, None)
    with system_session(places) as session:
        told = session.scalars(select(Outbound).where(Outbound.place == ROOM)).all()
        assert [one.content["text"] for one in told] == [say("chat.room.begins", "en")]
    assert (await _put(client, firm, "Dora", ROOM, account=rosss)).status_code == 200
    assert ROOM not in await _read(client, firm, "Max")
    assert (await _put(client, firm, "Max", ROOM, account=None)).status_code == 404
    freed = (await _put(client, firm, "Ada", ROOM, account=None)).json()
    assert freed["tied"] is False


async def test_of_messages_only_counts_are_told(client: httpx.AsyncClient, firm: Firm, places: Engine) -> None:
    def arrive(key: str) -> int:
        with system_session(places) as session:
            one = Arrived(channel="slack", key=key, account="U7", place="C7", text="our secret", at=NOW)
            made = inbound.claim(session, one, NOW)
        assert made is not None
        return made

    arrive("a")
    with system_session(places) as session:
        outbound.put(session, "k", "slack", "C7", Content(text="our secret"), now=NOW)
    response = await client.get("/api/channels", headers=firm.bearer("Max"))
    slack, telegram = response.json()["channels"]
    assert slack["set_up"] is False
    assert slack["heard_at"] == "2026-06-17T04:00:00Z"
    assert [slack[name] for name in ("sent_at", "to_answer", "not_answered", "to_send", "not_sent")] == [
        None, 1, 0, 1, 0,
    ]  # fmt: skip
    assert (telegram["channel"], telegram["heard_at"], telegram["to_answer"]) == ("telegram", None, 0)
    assert "secret" not in response.text
    assert "C7" not in response.text


def test_rooms_are_told_from_direct_messages() -> None:
    rooms = [("slack", "C1"), ("slack", "G1"), ("telegram", "-100123")]
    talks = [("slack", "D1"), ("slack", "@U1"), ("slack", "home:U1"), ("telegram", "123"), ("memory", "room")]
    assert all(is_room(*one) for one in rooms)
    assert not any(is_room(*one) for one in talks)
