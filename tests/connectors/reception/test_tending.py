"""Escalations by buttons in each channel: done once, by who may, recorded, and answered to whoever pressed."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db.engine import system_session
from db.tables import Escalation, Proposal
from tests.conftest import NOW
from tests.connectors.contract.rig import Rig
from tests.connectors.contract.slack_rig import SlackRig
from tests.connectors.contract.telegram_rig import TelegramRig
from tests.connectors.reception.conftest import Office, open_office

RIGS: dict[str, Callable[[], Rig]] = {"slack": SlackRig, "telegram": TelegramRig}


@pytest.fixture(params=list(RIGS))
async def office(request: pytest.FixtureRequest, sqlite_engine: Engine, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(RIGS[request.param](), sqlite_engine, tmp_path) as opened:
        yield opened


async def test_who_is_asked_accepts_and_it_is_recorded(office: Office) -> None:
    name = office.open()
    asked = await office.notice("max")
    answer = await office.press(office.button("accept:"), "max", on=asked.ref)
    assert "You step in: Acme" in answer
    assert office.state(name) == ("accepted", "Max")
    assert office.events(name)[-1] == ("accepted", office.people["max"].person_id, office.rig.name)
    assert office.values("accept:") == []


async def test_a_second_press_changes_nothing_and_says_how_it_stands(office: Office) -> None:
    name = office.open()
    asked = await office.notice("max")
    await office.press(f"accept:{name}", "max", on=asked.ref)
    events = office.events(name)
    assert "You step in: Acme" in await office.press(f"accept:{name}", "max", on=asked.ref)
    assert "Max has stepped in already" in await office.press(f"accept:{name}", "dora")
    assert office.events(name) == events
    assert office.state(name) == ("accepted", "Max")


async def test_it_is_put_off_by_what_was_chosen(office: Office) -> None:
    name = office.open()
    asked = await office.notice("max")
    assert "Until when?" in await office.press(f"snooze:{name}", "max", on=asked.ref)
    assert office.state(name)[0] == "scheduled"
    assert "Put off: Acme" in await office.press(office.button(f"snooze:{name}:240"), "max")
    assert office.state(name)[0] == "snoozed"
    with system_session(office.engine) as session:
        until = session.scalars(select(Escalation.snoozed_until).where(Escalation.name == name)).one()
    assert until == NOW + timedelta(hours=4)


async def test_it_is_put_off_until_before_its_deadline_only(office: Office) -> None:
    name = office.open()
    await office.notice("max")
    office.later(days=1, hours=12)
    answer = await office.press(f"snooze:{name}:1440", "max")
    assert "too late for it" in answer
    assert office.state(name)[0] == "scheduled"


async def test_it_is_handed_over_to_who_is_chosen(office: Office) -> None:
    name = office.open()
    asked = await office.notice("max")
    assert "To whom?" in await office.press(f"handover:{name}", "max", on=asked.ref)
    mona = office.people["mona"].person_id
    assert f"handover:{name}:{mona}" in office.values("handover:")
    assert f"handover:{name}:{office.people['rita'].person_id}" not in office.values("handover:")
    answer = await office.press(f"handover:{name}:{mona}", "max")
    assert "Handed over to Mona: Acme" in answer
    assert office.state(name) == ("scheduled", "Mona")
    assert office.events(name)[-1] == ("handed_over", office.people["max"].person_id, office.rig.name)
    office.fire()
    await office.notice("mona")


@pytest.mark.parametrize("outcome", ["useful", "not_useful"])
async def test_it_is_closed_as_useful_or_not(office: Office, outcome: str) -> None:
    name = office.open()
    asked = await office.notice("max")
    assert "How did it go?" in await office.press(f"resolve:{name}", "max", on=asked.ref)
    assert "Closed: Acme" in await office.press(office.button(f"resolve:{name}:{outcome}"), "max")
    with system_session(office.engine) as session:
        row = session.scalars(select(Escalation).where(Escalation.name == name)).one()
        assert (row.state, row.outcome) == ("resolved", outcome)
    for late in (f"accept:{name}", f"snooze:{name}:60", f"cancel:{name}"):
        assert "That is over already" in await office.press(late, "max")
    assert office.state(name)[0] == "resolved"


@pytest.mark.parametrize("verb", ["accept:{}", "snooze:{}:60", "handover:{}", "resolve:{}:useful", "cancel:{}"])
@pytest.mark.parametrize("who", ["ross", "mona"])
async def test_another_team_moves_nothing(office: Office, verb: str, who: str) -> None:
    name = office.open()
    await office.notice("max")
    before = office.events(name)
    answer = await office.press(verb.format(name), who)
    assert "no such thing among what you may see" in answer
    assert "Acme" not in answer
    assert (office.state(name), office.events(name)) == (("scheduled", "Max"), before)


async def test_whoever_is_nobody_moves_nothing_and_is_told_how_to_link(office: Office) -> None:
    name = office.open()
    await office.notice("max")
    before = office.events(name)
    answer = await office.press(f"accept:{name}", "zed")
    assert "link CODE" in answer
    assert "Acme" not in answer
    assert office.events(name) == before


async def test_a_rep_can_not_step_in_where_a_manager_is_asked(office: Office) -> None:
    name = office.open()
    await office.notice("max")
    answer = await office.press(f"accept:{name}", "rita")
    assert "Rita" in answer
    assert office.state(name) == ("scheduled", "Max")


@pytest.mark.parametrize(
    "value", ["accept:", "accept:nothing", "snooze:{}:soon", "snooze:{}:-60", "handover:{}:nobody", "resolve:{}:good"]
)
async def test_a_button_that_was_never_shown_is_refused_in_words(office: Office, value: str) -> None:
    name = office.open()
    await office.notice("max")
    before = office.events(name)
    answer = await office.press(value.format(name), "max")
    assert "Something of ours broke" not in answer
    assert office.events(name) == before


async def test_a_proposal_takes_effect_by_its_asker_s_press_alone(office: Office) -> None:
    proposal = office.propose()
    assert "no such thing" in await office.press(f"proposal:yes:{proposal}", "max")
    assert "Done as you confirmed" in await office.press(f"proposal:yes:{proposal}", "rita")
    assert "Done as you confirmed" in await office.press(f"proposal:yes:{proposal}", "rita")
    assert "nothing was changed" not in await office.press(f"proposal:no:{proposal}", "rita")
    with system_session(office.engine) as session:
        (row,) = session.scalars(select(Escalation)).all()
        assert (row.asked_by, row.confirmed_by) == (office.people["rita"].person_id,) * 2


async def test_what_was_declined_is_not_said_to_be_done(office: Office) -> None:
    proposal = office.propose()
    assert "nothing was changed" in await office.press(f"proposal:no:{proposal}", "rita")
    assert "Done" not in await office.press(f"proposal:yes:{proposal}", "rita")
    with system_session(office.engine) as session:
        assert session.scalars(select(Escalation)).all() == []


async def test_what_expired_is_said_to_have_expired(office: Office) -> None:
    proposal = office.propose()
    office.later(days=1, minutes=1)
    answer = await office.press(f"proposal:yes:{proposal}", "rita")
    assert "Done" not in answer
    assert "Ask again" in answer
    assert "nothing was changed" in answer
    with system_session(office.engine) as session:
        assert session.scalars(select(Escalation)).all() == []
        assert session.scalars(select(Proposal.state)).all() == ["expired"]
