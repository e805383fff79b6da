"""Slack with the reception behind it: what only Slack has."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from core.clock import Clock
from core.identity import Role
from core.settings import Settings
from db.engine import system_session
from db.people import add_person
from db.tables import Person
from tests.conftest import NOW
from tests.connectors.contract.conftest import World
from tests.connectors.contract.scripted import Scripted
from tests.connectors.contract.slack_rig import ROOM, SlackRig
from tests.fakes.slack_sender import command, command_request, event_body
from tests.fakes.slack_world import BOT


class NothingOpen:
    """Escalations of which none are open."""

    @property
    def escalations(self) -> "NothingOpen":
        return self

    def listed(self, *asked: object, **how: object) -> list[object]:
        return []


@pytest.fixture
async def world(sqlite_engine: Engine, clock: Clock, tmp_path: Path) -> AsyncIterator[World]:
    """Rita is a rep with an address that is hers alone; Gus is a guest with an address that is Max's."""
    people = {}
    with system_session(sqlite_engine) as session:
        for name, role in (("Rita", Role.REP), ("Max", Role.MANAGER)):
            people[name.lower()] = add_person(session, name, role=role, region="East", manager=None, now=clock.now())
            session.get_one(Person, people[name.lower()].person_id).email = f"{name.lower()}@firm.example"
    rig = SlackRig()
    settings = Settings(home=tmp_path, now=NOW, _env_file=None)
    made = World(rig, sqlite_engine, settings, Scripted(), people, NothingOpen())
    await rig.open(made.accept)
    directory = rig.server.world.people
    for who, email in (("rita", "Rita@Firm.example"), ("gus", "max@firm.example"), ("zed", "zed@else.example")):
        directory[rig.account(who)]["profile"]["email"] = email
    directory[rig.account("gus")]["is_restricted"] = True
    await made.start()
    yield made
    await made.stop()
    await rig.close()


def slack(world: World) -> SlackRig:
    assert isinstance(world.rig, SlackRig)
    return world.rig


async def test_a_verified_address_is_a_link(world: World) -> None:
    await world.tell("revenue")
    (seen,) = await world.read()
    assert "Rita asked: revenue" in seen.text


async def test_a_guest_with_a_colleague_s_address_gets_nothing(world: World) -> None:
    await world.tell("revenue", by="gus")
    (seen,) = await world.read(by="gus")
    assert "Max" not in seen.text
    await world.tell("revenue", by="gus", where="public", addressed=True)
    await world.quiet()
    assert slack(world).seen("public", by="gus") == []
    assert world.assistant.asked == []


async def test_whoever_is_nobody_is_told_how_to_link(world: World) -> None:
    await world.tell("revenue", by="zed")
    (seen,) = await world.read(by="zed")
    assert "/me" in seen.text
    assert world.assistant.asked == []


async def test_a_command_in_a_channel_is_answered_to_the_asker(world: World) -> None:
    rig = slack(world)
    account, base = rig.account("rita"), rig.server.world.base
    rig.server.world.channels[ROOM].discard(BOT)
    body = command(
        "number please", user=account, channel=ROOM, trigger="9.1", response_url=f"{base}/respond/{ROOM}/{account}"
    )
    assert await rig._call(command_request(body)) == 200
    (seen,) = await world.read(where="public")
    assert seen.private
    assert "East" in seen.text
    assert rig.server.world.said(ROOM) == []


async def test_the_question_behind_private_numbers_is_shared_by_the_asker(world: World) -> None:
    rig = slack(world)
    await world.tell("number please", where="public", addressed=True)
    (mine,) = await world.read(where="public")
    assert mine.private
    assert rig.seen("public", by="max") == []
    [shared] = [
        element["value"]
        for block in next(one for one in rig.server.world.messages if one.ts == mine.ref).blocks
        for element in block.get("elements", [])
        if element.get("value", "").startswith("share:")
    ]
    assert await rig.deliver(rig.pressed(shared, where="public", on=mine.ref)) == 200
    await world.until(lambda: bool(rig.seen("public", by="max")))
    (for_all,) = rig.seen("public", by="max")
    assert "number please" in for_all.text
    assert "East" not in for_all.text


async def test_a_colleague_who_is_named_by_mention_is_named_by_name(world: World) -> None:
    world.link("max")
    await world.tell(f"have <@{world.rig.account('max')}> call Acme tomorrow, not <@U0STRANGE>")
    await world.read()
    assert world.assistant.asked == ["have Max call Acme tomorrow, not @U0STRANGE"]


async def test_opening_the_pane_is_greeted_with_prompts(world: World) -> None:
    rig = slack(world)
    rig.account("rita")
    root = rig.server.world.ts()
    rig.server.world.assistant_threads.add(root)
    thread = {"user_id": rig.account("rita"), "channel_id": f"D{rig.account('rita')}", "thread_ts": root}
    opened = event_body({"type": "assistant_thread_started", "assistant_thread": thread}, "Ev90")
    for _ in range(3):
        assert await rig.deliver(opened) == 200
    (seen,) = await world.read()
    assert "Rita" in seen.text
    await world.until(lambda: bool(rig.server.world.prompts))
    asked = {"channel": f"D{rig.account('rita')}", "thread_ts": root}
    event: dict[str, Any] = rig.said("slow 0.4")
    event["event"] |= asked
    assert await rig.deliver(event) == 200
    await world.until(lambda: len(rig.server.world.said(asked["channel"])) == 2)
    assert rig.server.world.statuses
    await world.quiet()
    last = rig.server.world.said(asked["channel"])[-1]
    assert (last.thread, last.streaming) == (root, False)
    assert "Rita asked: slow 0.4" in last.words


async def test_the_home_tab_shows_the_person_s_own(world: World) -> None:
    rig = slack(world)
    account = rig.account("rita")
    opened = {"type": "app_home_opened", "user": account, "tab": "home", "channel": f"D{account}"}
    await world.tell("hello")
    await world.read()

    async def look() -> None:
        assert await rig.deliver(event_body(opened, f"Ev9{len(rig.server.world.homes)}")) == 200
        await world.until(lambda: account in rig.server.world.homes)

    await look()
    await world.quiet()
    assert "Rita" in str(rig.server.world.homes[account][-1])
    assert len(rig.server.world.said()) == 1


async def test_nothing_that_was_sent_broke_slack_s_limits(world: World) -> None:
    for text in ("long", "emoji", "number please", "help", "settings"):
        await world.tell(text)
    await asyncio.sleep(0.1)
    await world.quiet()
    assert slack(world).server.world.refusals == []
