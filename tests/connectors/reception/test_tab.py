"""The page of a person's own in Slack: their numbers and open escalations, and nobody else's."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.connectors.contract.slack_rig import SlackRig
from tests.connectors.reception.conftest import Moody, Office, open_office
from tests.fakes.slack_sender import event_body

NUMBERS = count(1)


@pytest.fixture
async def office(sqlite_engine: Engine, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(SlackRig(), sqlite_engine, tmp_path) as opened:
        yield opened


async def look(office: Office, who: str) -> str:
    """The person opens their page; what it shows."""
    rig = office.rig
    assert isinstance(rig, SlackRig)
    account, homes = rig.account(who), rig.server.world.homes
    opened: dict[str, Any] = {"type": "app_home_opened", "user": account, "tab": "home", "channel": f"D{account}"}
    assert await rig.deliver(event_body(opened, f"EvHome{next(NUMBERS)}")) == 200
    await office.until(lambda: account in homes)
    await office.quiet()
    assert set(homes) <= {rig.account(one) for one in ("max", "mona", "rita", "ross", "zed", "dora")}
    return str(homes[account][-1])


async def test_it_shows_the_person_s_numbers_and_open_escalations(office: Office) -> None:
    name = office.open()
    shown = await look(office, "max")
    assert "Hello Max" in shown
    assert "Max asked: revenue this month" in shown
    assert "Acme" in shown
    assert f"accept:{name}" in shown
    assert "Zenith" not in shown


async def test_another_person_s_are_never_in_it(office: Office) -> None:
    acme, zenith = office.open(), office.open("Zenith")
    for who, other, theirs in (("rita", "Zenith", zenith), ("ross", "Acme", acme), ("mona", "Acme", acme)):
        shown = await look(office, who)
        assert other not in shown
        assert theirs not in shown
    assert f"accept:{acme}" not in await look(office, "rita")
    assert "Acme" in await look(office, "dora")


async def test_it_is_as_things_stand_when_it_is_opened(office: Office) -> None:
    name = office.open()
    assert f"accept:{name}" in await look(office, "max")
    office.workbench.escalations.accept(office.people["max"], name, channel="console")
    shown = await look(office, "max")
    assert f"accept:{name}" not in shown
    assert "accepted" in shown
    office.workbench.escalations.cancel(office.people["rita"], name, channel="console")
    assert "There are no open escalations" in await look(office, "max")


async def test_whoever_is_not_linked_is_shown_how_to(office: Office) -> None:
    office.open()
    shown = await look(office, "zed")
    assert "link CODE" in shown
    assert "Acme" not in shown
    assert office.assistant.asked == []


async def test_of_whoever_was_unlinked_nothing_is_left(office: Office) -> None:
    office.open()
    assert "Acme" in await look(office, "max")
    office.unlink("max")
    shown = await look(office, "max")
    assert "link CODE" in shown
    assert "Acme" not in shown


async def test_an_account_that_became_another_s_shows_theirs(office: Office) -> None:
    office.open()
    assert "Acme" in await look(office, "max")
    office.unlink("max")
    office.people["max"], office.people["mona"] = office.people["mona"], office.people["max"]
    office.link("max")
    shown = await look(office, "max")
    assert "Hello Mona" in shown
    assert "Acme" not in shown


async def test_escalations_are_shown_even_where_the_assistant_fails(office: Office) -> None:
    name = office.open()
    assistant = office.assistant
    assert isinstance(assistant, Moody)
    assistant.fails = True
    shown = await look(office, "max")
    assert "Something of ours broke" in shown
    assert f"accept:{name}" in shown
    assistant.fails = False
    assert "Max asked: revenue this month" in await look(office, "max")
