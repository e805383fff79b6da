"""Customers' rooms are known without a query for what is said elsewhere, and end with their account."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from connectors.reception.desk import Desk
from connectors.reception.rooms import Rooms
from core.channels import Arrived
from core.clock import Clock
from core.identity import Role
from db import channel_settings
from db.engine import system_session
from db.erase import Hands, erase_account
from db.people import add_person
from db.tables import Account, AuditEntry, Inbound
from tests.conftest import NOW


def talk(number: int, place: str = "elsewhere", **more: Any) -> Arrived:
    return Arrived(channel="slack", key=f"k{number}", account="U1", place=place, message=str(number), text="x",
                   talk=True, at=NOW, **more)  # fmt: skip


def kept(engine: Engine) -> list[str]:
    with system_session(engine) as session:
        return list(session.scalars(select(Inbound.key).order_by(Inbound.id)))


@pytest.fixture
def account(sqlite_engine: Engine, clock: Clock) -> int:
    """Acme, whose room is C1."""
    with system_session(sqlite_engine) as session:
        ada = add_person(session, "Ada", role=Role.ADMIN, region="East", manager=None, now=NOW)
        row = Account(source="t", external_id="acme", custom={}, loaded_at=NOW, name="Acme")
        session.add(row)
        session.flush()
        channel_settings.change(session, "slack", "C1", person_id=ada.person_id, now=NOW, account=row.id)
        return row.id


def test_talk_elsewhere_asks_the_database_nothing(sqlite_engine: Engine, clock: Clock, account: int) -> None:
    rooms = Rooms(sqlite_engine)
    rooms.look()
    desk = Desk(sqlite_engine, clock, rooms=rooms)
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for number in range(1_000):
        assert desk.accept(talk(number))
    assert asked == []
    assert desk.accept(talk(1, "C1"))
    assert asked != []
    assert kept(sqlite_engine) == ["heard:k1"]


def test_talk_is_kept_once_and_leaves_the_key_of_a_mention_free(
    sqlite_engine: Engine, clock: Clock, account: int
) -> None:
    rooms = Rooms(sqlite_engine)
    rooms.look()
    desk = Desk(sqlite_engine, clock, rooms=rooms)
    assert [desk.accept(talk(1, "C1")) for _ in range(5)] == [True, False, False, False, False]
    mention = talk(1, "C1").model_copy(update={"talk": False, "addressed": True})
    assert [desk.accept(mention), desk.accept(mention)] == [True, False]
    assert kept(sqlite_engine) == ["heard:k1", "k1"]


@pytest.mark.parametrize("more", [{"robot": True}, {"private": True}, {"kind": "home"}])
def test_what_bots_say_and_what_is_no_message_is_not_heard(
    sqlite_engine: Engine, account: int, more: dict[str, Any]
) -> None:
    rooms = Rooms(sqlite_engine)
    rooms.look()
    assert rooms.hears(talk(1, "C1"))
    assert not rooms.hears(talk(1, "C1", **more))
    assert not rooms.hears(talk(1, "C2"))


def test_an_erased_account_has_no_rooms(sqlite_engine: Engine, clock: Clock, account: int) -> None:
    rooms = Rooms(sqlite_engine)
    erase_account(sqlite_engine, account, Hands(), by=None, now=NOW + timedelta(hours=1))
    rooms.look()
    assert not rooms.hears(talk(1, "C1"))
    with system_session(sqlite_engine) as session:
        assert channel_settings.read(session, "slack", "C1").account is None
        actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions.count("place.set") == 2


def test_an_account_that_is_gone_has_no_rooms(sqlite_engine: Engine, account: int) -> None:
    rooms = Rooms(sqlite_engine)
    rooms.look()
    with system_session(sqlite_engine) as session:
        session.delete(session.get_one(Account, account))
    rooms.look()
    assert not rooms.hears(talk(1, "C1"))
