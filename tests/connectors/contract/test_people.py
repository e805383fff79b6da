"""Who is answered, where, and who sees it."""

import asyncio

from db import links
from db.engine import system_session
from tests.conftest import NOW
from tests.connectors.contract.conftest import World


async def test_whoever_is_not_linked_is_told_how_and_nothing_else(world: World) -> None:
    await world.tell("revenue", by="zed")
    (seen,) = await world.read(by="zed")
    assert "link CODE" in seen.text
    await world.tell("revenue please", by="zed")
    await world.quiet()
    assert len(world.rig.seen(by="zed")) == 1
    assert world.assistant.asked == []


async def test_a_code_links_an_account_once(world: World) -> None:
    with system_session(world.engine) as session:
        code = links.make_code(session, world.people["dora"].person_id, NOW)
    await world.tell(f"link {code.lower()}", by="zed")
    (seen,) = await world.read(by="zed")
    assert "Dora" in seen.text
    await world.tell("revenue", by="zed")
    await world.read(2, by="zed")
    assert world.assistant.asked == ["revenue"]
    await world.tell(f"link {code}", by="yan")
    (other,) = await world.read(by="yan")
    assert "unknown, used" in other.text


async def test_unlinking_holds_at_once_even_in_the_middle_of_a_turn(world: World) -> None:
    await world.tell("slow 0.8 number")
    await world.until(lambda: bool(world.assistant.asked))
    world.unlink("rita")
    await world.quiet()
    (seen,) = world.rig.seen()
    assert "link CODE" in seen.text
    assert "Rita asked" not in seen.text


async def test_unlink_is_a_command(world: World) -> None:
    await world.tell("unlink")
    await world.read()
    await world.tell("revenue")
    await world.read(2)
    assert world.assistant.asked == []


async def test_a_stranger_in_a_group_gets_nothing(world: World) -> None:
    event = world.rig.said("number", by="zed", where="public", addressed=True, stranger=True)
    await world.rig.deliver(event)
    await world.quiet()
    await asyncio.sleep(0.2)
    assert world.rig.seen("public", by="zed") == []
    assert world.assistant.asked == []


async def test_talk_of_others_is_not_answered(world: World) -> None:
    await world.tell("lunch?", where="public")
    await asyncio.sleep(0.2)
    assert world.rig.seen("public") == []


async def test_a_follow_up_in_a_thread_needs_no_mention(world: World) -> None:
    first = await world.tell("revenue", where="public", addressed=True)
    await world.read(where="public")
    await world.tell("and for West?", where="public", thread=first)
    await world.until(lambda: len(world.assistant.asked) == 2)
    await world.quiet()
    assert world.assistant.threads[1] is not None
    await world.tell("nice", by="max", where="public", thread=first)
    await world.quiet()
    assert len(world.assistant.asked) == 2


async def test_figures_in_public_are_for_each_asker_alone_even_when_shared(world: World) -> None:
    await world.tell("number", where="public", addressed=True)
    (seen,) = await world.read(where="public")
    assert seen.private
    assert world.rig.seen("public", by="max") == []
    share = world.button("share:")
    await world.rig.deliver(world.rig.pressed(share, by="max", where="public", on=seen.ref))
    await world.quiet()
    assert all("Rita asked" not in one.text for one in world.rig.seen("public", by="max"))
    await world.rig.deliver(world.rig.pressed(share, by="rita", where="public", on=seen.ref))
    await world.until(lambda: any("Rita shared" in one.text for one in world.rig.seen("public", by="max")))
    assert all("Rita asked" not in one.text for one in world.rig.seen("public", by="max"))
    assert world.button("ask:number") is not None


async def test_a_thread_taken_over_is_silent_until_handed_back(world: World) -> None:
    first = await world.tell("revenue", where="public", addressed=True)
    await world.read(where="public")
    await world.tell("take over", by="max", where="public", thread=first, addressed=True)
    await world.until(lambda: len(world.rig.seen("public", by="max")) == 2)
    await world.tell("and for West?", where="public", thread=first, addressed=True)
    await world.quiet()
    assert world.assistant.asked == ["revenue"]
    await world.tell("hand back", by="max", where="public", thread=first, addressed=True)
    await world.quiet()
    await world.tell("and for West?", where="public", thread=first)
    await world.until(lambda: len(world.assistant.asked) == 2)


async def test_stop_really_stops(world: World) -> None:
    await world.tell("slow 20 question")
    await world.until(lambda: bool(world.assistant.asked))
    await asyncio.sleep(0.3)
    await world.tell("stop")
    await world.until(lambda: world.assistant.cancelled == ["slow 20 question"])
    await world.quiet()
    assert all("Rita asked" not in one.text for one in world.rig.seen())
    await world.tell("revenue")
    await world.until(lambda: any("Rita asked: revenue" in one.text for one in world.rig.seen()))


async def test_stop_also_stops_what_still_waits(world: World) -> None:
    await world.tell("slow 20 first")
    await world.until(lambda: bool(world.assistant.asked))
    await world.tell("second")
    await world.tell("停")
    await world.quiet()
    assert world.assistant.asked == ["slow 20 first"]
