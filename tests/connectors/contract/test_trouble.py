"""A service that is busy, broken, silent or refuses; and what can't be read."""

import asyncio
import time

from tests.connectors.contract.conftest import World
from tests.connectors.contract.rig import Trouble
from tests.connectors.contract.scripted import EMOJI, LONG


async def test_a_429_is_waited_out(world: World) -> None:
    world.rig.misbehave(Trouble("wait", 1))
    began = time.monotonic()
    await world.tell("revenue")
    (seen,) = await world.read()
    assert time.monotonic() - began >= 1
    assert "Rita asked: revenue" in seen.text


async def test_errors_of_the_service_are_tried_again(world: World) -> None:
    world.rig.misbehave(Trouble("error"), Trouble("error"))
    await world.tell("revenue")
    assert len(await world.read()) == 1


async def test_an_answer_that_is_lost_is_not_sent_twice(world: World) -> None:
    world.rig.misbehave(Trouble("lost"))
    await world.tell("revenue")
    assert len(await world.read()) == 1


async def test_what_is_refused_does_not_hold_up_the_next(world: World) -> None:
    world.rig.misbehave(Trouble("refuse"))
    await world.tell("first")
    await world.quiet()
    await world.tell("second")
    await world.until(lambda: any("second" in one.text for one in world.rig.seen()))


async def test_a_long_answer_comes_whole_and_in_order(world: World) -> None:
    await world.tell("long")
    await world.read()
    text = " ".join(one.text for one in world.rig.seen())
    words = [word for word in text.split() if word.startswith("word") and word[4:].isdigit()]
    assert words == LONG.split()


async def test_what_is_hard_to_escape_reads_as_it_was_written(world: World) -> None:
    await world.tell("emoji")
    (seen,) = await world.read()
    assert EMOJI in seen.text


async def test_chinese_is_answered_in_chinese_characters(world: World) -> None:
    await world.tell("上个季度华东区的销售额是多少")
    (seen,) = await world.read()
    assert "上个季度华东区的销售额是多少" in seen.text


async def test_a_forged_or_old_request_is_not_heard(world: World) -> None:
    event = world.rig.said("revenue")
    assert await world.rig.deliver(event, forged=True) == 401
    assert await world.rig.deliver(event, old=True) in (401, 200)
    await asyncio.sleep(0.2)
    assert len(world.assistant.asked) <= 1


async def test_a_turn_that_fails_is_tried_again_then_said(world: World) -> None:
    world.assistant.booms = 2
    await world.tell("boom")
    (seen,) = await world.read()
    assert "Rita asked: boom" in seen.text
    world.assistant.booms = 100
    await world.tell("boom")
    seen_all = await world.read(2)
    assert "Something of ours broke" in seen_all[-1].text
    assert len(world.assistant.asked) == 6


async def test_a_file_that_is_no_recording_is_refused_in_words(world: World) -> None:
    event = world.rig.sent_file(b"%PDF-1.7", name="offer.pdf")
    await world.rig.deliver(event)
    (seen,) = await world.read()
    assert "offer.pdf" in seen.text


async def test_a_page_instead_of_the_file_is_said(world: World) -> None:
    await world.rig.deliver(world.rig.sent_file(None, name="call.wav"))
    (seen,) = await world.read()
    await world.until(lambda: "no file" in world.rig.seen()[0].text)
    assert len(world.rig.seen()) == 1, seen


async def test_an_oversized_file_is_said(world: World) -> None:
    event = world.rig.sent_file(b"RIFF", name="call.wav", claims=600_000_000)
    await world.rig.deliver(event)
    await world.read()
    await world.until(lambda: "too large" in world.rig.seen()[0].text or "500" in world.rig.seen()[0].text)
    assert len(world.rig.seen()) == 1
