"""Every message is answered exactly once, whatever the channel does."""

import asyncio

from tests.connectors.contract.conftest import World


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
