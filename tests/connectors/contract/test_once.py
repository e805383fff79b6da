"""Every message is answered exactly once, whatever the channel does and however often it says so."""

import asyncio

from tests.connectors.contract.conftest import World
from tests.connectors.contract.rig import Trouble


async def test_a_message_gets_one_answer(world: World) -> None:
    await world.tell("revenue this month")
    (seen,) = await world.read()
    assert "Rita asked: revenue this month" in seen.text


async def test_a_replay_changes_nothing(world: World) -> None:
    event = world.rig.said("revenue")
    for _ in range(5):
        assert await world.rig.deliver(event) == 200
    await world.read()
    for _ in range(5):
        assert await world.rig.deliver(event) == 200
    await asyncio.sleep(0.3)
    (seen,) = await world.read()
    assert world.assistant.asked == ["revenue"]
    assert seen.edits == 0


async def test_two_types_of_one_event_are_one_message(world: World) -> None:
    for event in world.rig.types_of("number please"):
        await world.rig.deliver(event)
    (seen,) = await world.read(where="public")
    assert world.assistant.asked == ["number please"]
    assert seen.private


async def test_the_types_of_one_event_may_come_in_any_order(world: World) -> None:
    for event in reversed(world.rig.types_of("number please")):
        await world.rig.deliver(event)
    assert len(await world.read(where="public")) == 1


async def test_what_comes_out_of_order_is_each_answered(world: World) -> None:
    events = [world.rig.said(f"question {number}") for number in range(4)]
    for event in reversed(events):
        await world.rig.deliver(event)
    seen = await world.read(4)
    assert len(seen) == 4
    assert sorted(world.assistant.asked) == [f"question {number}" for number in range(4)]


async def test_one_person_is_answered_in_order(world: World) -> None:
    for text in ("slow 0.3 first", "second", "third"):
        await world.tell(text)
    seen = await world.read(3)
    order = [next(word for word in ("first", "second", "third") if word in one.text) for one in seen]
    assert order == ["first", "second", "third"]


async def test_a_slow_answer_shows_progress_and_becomes_the_answer(world: World) -> None:
    await world.tell("slow 1 question")
    await asyncio.sleep(0.6)
    assert world.assistant.asked == ["slow 1 question"]
    (seen,) = await world.read()
    await world.until(lambda: "Rita asked: slow 1 question" in world.rig.seen()[0].text)
    assert len(world.rig.seen()) == 1, seen


async def test_a_kill_before_the_send_loses_nothing(world: World) -> None:
    world.rig.misbehave(Trouble("slow", 30))
    await world.tell("revenue")
    await world.until(lambda: bool(world.assistant.asked))
    await asyncio.sleep(0.3)
    await world.restart()
    world.lapse()
    (seen,) = await world.read()
    assert "Rita asked: revenue" in seen.text


async def test_a_kill_after_the_send_sends_nothing_twice(world: World) -> None:
    world.rig.misbehave(Trouble("lost"))
    await world.tell("revenue")
    await world.until(lambda: bool(world.rig.seen()))
    await world.restart()
    world.lapse()
    assert len(await world.read()) == 1


async def test_a_kill_in_the_middle_of_a_turn_takes_it_again(world: World) -> None:
    await world.tell("slow 1 question")
    await world.until(lambda: bool(world.assistant.asked))
    await world.restart()
    world.lapse()
    (seen,) = await world.read()
    await world.until(lambda: "Rita asked" in world.rig.seen()[0].text)
    assert len(world.rig.seen()) == 1, seen
    assert len(world.assistant.asked) == 2
