"""What is said in a customer's room becomes a conversation of that customer's, and what is said elsewhere does not."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from db import channel_settings
from db.engine import system_session
from db.tables import Account, Conversation, Message
from tests.conftest import NOW
from tests.connectors.contract.conftest import World

SAID = "Your price is too high for us."
DAY = "2026-06-17"
OTHER = "elsewhere"


@dataclass
class Work:
    """Durable work that is only counted."""

    keys: list[str] = field(default_factory=list)

    def enqueue(self, name: str, key: str, payload: Mapping[str, Any]) -> None:
        if key not in self.keys:
            self.keys.append(key)

    def settled(self, key: str, seconds: float) -> bool:
        return True


@pytest.fixture
async def room(world: World) -> World:
    """Rita, whom Max leads, owns all accounts but one of Dora's."""
    with system_session(world.engine) as session:
        for name in ("Acme Ltd", "云帆科技", "Globex East", "Globex West", "Hidden"):
            row = Account(source="t", external_id=name, custom={}, loaded_at=NOW, name=name)
            row.owner_id = world.people["dora" if name == "Hidden" else "rita"].person_id
            session.add(row)
    world.jobs = Work()
    await world.restart()
    return world


async def command(room: World, text: str, by: str = "max") -> str:
    """What the person reads alone after saying so."""
    before = {one.ref for one in room.rig.seen("public", by=by)}
    await room.tell(text, by=by, where="public", addressed=True)
    await room.until(lambda: bool({one.ref for one in room.rig.seen("public", by=by)} - before))
    await room.quiet()
    return "\n".join(one.text for one in room.rig.seen("public", by=by) if one.ref not in before)


def talks(room: World) -> list[tuple[str | None, str, str | None, str]]:
    """Every message taken in: whose, who spoke, under which name, and what."""
    with system_session(room.engine) as session:
        rows = session.execute(
            select(Account.name, Message.speaker, Message.author, Message.text)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .outerjoin(Account, Account.id == Conversation.account_id)
            .order_by(Message.id)
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def tied(room: World) -> set[int]:
    with system_session(room.engine) as session:
        return {one.settings.account for one in channel_settings.listed(session) if one.settings.account}


async def customer_says(room: World, text: str, **how: Any) -> Any:
    """A customer writes: whom Slack calls another firm's, and Telegram nobody we know."""
    how = {"stranger": room.rig.name != "telegram", **how}
    return await room.tell(text, by="zed", where="public", **how)


async def test_talk_in_a_room_is_taken_in_once_however_often_it_comes(room: World) -> None:
    await command(room, "settings customer Acme")
    event = room.rig.said(SAID, by="zed", where="public", stranger=room.rig.name != "telegram")
    for _ in range(5):
        assert await room.rig.deliver(event) == 200
    await room.until(lambda: bool(talks(room)))
    await room.quiet()
    for _ in range(5):
        assert await room.rig.deliver(event) == 200
    await room.tell("I'll ask my manager.", by="rita", where="public")
    await room.until(lambda: len(talks(room)) == 2)
    await room.quiet()
    (first, second) = talks(room)
    assert (first[0], first[1], first[3]) == ("Acme Ltd", "customer", SAID)
    assert second == ("Acme Ltd", "rep", "Rita", "I'll ask my manager.")
    assert room.jobs.keys
    assert room.assistant.asked == []
    with system_session(room.engine) as session:
        found = session.scalars(select(Conversation)).all()
        assert {one.source for one in found} == {room.rig.name}
        assert {one.owner_id for one in found} == {room.people["rita"].person_id}


async def test_a_thread_is_one_conversation_and_the_rest_is_one_a_day(room: World) -> None:
    await command(room, "settings customer Acme")
    first = await customer_says(room, SAID)
    await customer_says(room, "And the contract?", thread=first)
    await room.tell("Tomorrow.", by="rita", where="public", thread=first)
    await room.until(lambda: len(talks(room)) == 3)
    with system_session(room.engine) as session:
        ids = {one.external_id.rsplit(":", 1)[0] for one in session.scalars(select(Conversation))}
    days = {one for one in ids if one.endswith(DAY)}
    assert (len(ids), len(days)) == ((1, 0) if room.rig.name == "telegram" else (2, 1))


async def test_nothing_is_taken_in_anywhere_else(room: World) -> None:
    with system_session(room.engine) as session:
        account, person = session.scalars(select(Account.id)).first(), room.people["max"].person_id
        channel_settings.change(session, room.rig.name, OTHER, person_id=person, now=NOW, account=account)
    await asyncio.sleep(0.3)
    await customer_says(room, SAID)
    await room.tell("lunch?", where="public")
    await room.tell("revenue", where="public", addressed=True)
    await room.read(where="public")
    await room.tell("revenue")
    await room.read()
    assert talks(room) == []


async def test_off_again_nothing_is_taken_in(room: World) -> None:
    assert "Acme" in await command(room, "settings customer Acme")
    await customer_says(room, "One.")
    await room.until(lambda: len(talks(room)) == 1)
    assert "not recorded any more" in await command(room, "settings customer off")
    await customer_says(room, "Two.")
    await room.tell("Three.", where="public")
    await room.quiet()
    await asyncio.sleep(0.2)
    assert [one[3] for one in talks(room)] == ["One."]


async def test_everybody_there_is_told_once(room: World) -> None:
    await command(room, "设置 客户 云帆")
    await command(room, "设置 客户 云帆科技")
    told = [one for one in room.rig.seen("public", by="zed") if "记录下来" in one.text]
    assert "云帆" not in told[0].text, "others in the room may not know the customer"
    assert len(told) == 1
    assert not told[0].private
    await customer_says(room, "价格太高了。")
    await room.until(lambda: len(talks(room)) == 1)
    assert talks(room)[0][0] == "云帆科技"


async def test_a_customer_is_never_told_anything_else(room: World) -> None:
    await command(room, "settings customer Acme")
    before = room.rig.seen("public", by="zed")
    await customer_says(room, "number", addressed=True, stranger=True)
    await customer_says(room, SAID)
    await customer_says(room, "settings customer off", addressed=True, stranger=True)
    await customer_says(room, "stop", stranger=True)
    await room.until(lambda: len(talks(room)) == 3)
    await room.quiet()
    assert room.rig.seen("public", by="zed") == before
    assert room.assistant.asked == []
    assert tied(room)
    assert sorted(one[3] for one in talks(room)) == [SAID, "number", "stop"]


async def test_what_is_answered_is_taken_in_too_and_commands_are_not(room: World) -> None:
    await command(room, "settings customer Acme")
    await room.tell("revenue", where="public", addressed=True)
    await room.until(lambda: room.assistant.asked == ["revenue"])
    await command(room, "settings")
    await room.quiet()
    assert [one[3] for one in talks(room)] == ["revenue"]


async def test_one_message_in_two_types_is_one_message(room: World) -> None:
    await command(room, "settings customer Acme")
    for event in room.rig.types_of("number please"):
        await room.rig.deliver(event)
    await room.until(lambda: room.assistant.asked == ["number please"])
    await room.quiet()
    assert [one[3] for one in talks(room)] == ["number please"]


async def test_a_silent_room_and_a_thread_taken_over_are_heard(room: World) -> None:
    await command(room, "settings customer Acme")
    first = await customer_says(room, "One.")
    await room.tell("take over", where="public", thread=first, addressed=True)
    await room.quiet()
    await customer_says(room, "Two.", thread=first)
    await command(room, "settings quiet on")
    await customer_says(room, "Three.")
    await room.until(lambda: len(talks(room)) == 3)


@pytest.mark.parametrize(
    ("text", "by", "words"),
    [
        ("settings customer Acme", "rita", "only managers"),
        ("settings customer Hidden", "max", "no customer"),
        ("settings customer Nobody Ever", "max", "no customer"),
        ("settings customer Globex", "max", "Globex East, Globex West"),
        ("settings customer", "max", "don't know that setting"),
    ],
)
async def test_no_room_becomes_what_may_not_be(room: World, text: str, by: str, words: str) -> None:
    assert words in await command(room, text, by)
    assert tied(room) == set()


async def test_direct_messages_are_nobodys_room(room: World) -> None:
    await room.tell("settings customer Acme", by="max")
    (seen,) = await room.read(by="max")
    assert "Only a channel or a group" in seen.text
    assert tied(room) == set()


async def test_settings_show_whose_room_it_is_to_who_may_see_the_customer(room: World) -> None:
    room.link("dora")
    assert "Hidden" in await command(room, "settings customer Hidden", "dora")
    shown = await command(room, "settings")
    assert "Hidden" not in shown
    assert "isn't yours to see" in shown


async def test_the_room_of_an_account_that_is_gone_is_nobodys(room: World) -> None:
    await command(room, "settings customer Acme")
    with system_session(room.engine) as session:
        session.delete(session.scalars(select(Account).where(Account.name == "Acme Ltd")).one())
    await customer_says(room, SAID)
    await room.quiet()
    await asyncio.sleep(0.3)
    assert talks(room) == []
    assert "nobody" in await command(room, "settings")


async def test_words_survive_a_kill_between_taking_in_and_the_end(room: World) -> None:
    await command(room, "settings customer Acme")
    await room.stop()
    event = room.rig.said(SAID, by="zed", where="public", stranger=room.rig.name != "telegram")
    await room.restart()
    await room.rig.deliver(event)
    await room.until(lambda: len(talks(room)) == 1)
    await room.restart()
    await room.rig.deliver(event)
    await room.quiet()
    assert len(talks(room)) == 1
