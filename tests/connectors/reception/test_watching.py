"""A recording sent in chat: one message that says how far it is, until it is heard, has failed, or is nobody's."""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from db import calls
from db.engine import system_session
from db.tables import Call, Inbound
from tests.conftest import NOW
from tests.connectors.contract.memory_rig import MemoryRig
from tests.connectors.contract.rig import Rig, Seen
from tests.connectors.contract.slack_rig import SlackRig
from tests.connectors.contract.telegram_rig import TelegramRig
from tests.connectors.reception.conftest import Office, open_office
from tests.tools.calls.recordings import ABOUT, SPOKEN, tone
from tests.web.calls import Notes

RIGS: dict[str, Callable[[], Rig]] = {"memory": MemoryRig, "slack": SlackRig, "telegram": TelegramRig}


@pytest.fixture(params=list(RIGS))
async def office(request: pytest.FixtureRequest, sqlite_engine: Engine, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(RIGS[request.param](), sqlite_engine, tmp_path, jobs=Notes()) as opened:
        yield opened


def call_id(office: Office) -> str:
    with system_session(office.engine) as session:
        found: str = session.scalars(select(Call.content_hash)).one()
    return found


def seen(office: Office) -> Seen:
    (one,) = office.rig.seen()
    return one


async def send(office: Office, **how: Any) -> str:
    """Rita sends a recording; the call that it becomes."""
    assert await office.rig.deliver(office.rig.sent_file(tone(**how), name="Acme.wav")) == 200
    await says(office, "it waits to be heard")
    return call_id(office)


async def says(office: Office, *words: str) -> None:
    """Wait until the one message says so."""
    await office.until(lambda: any(all(word in one.text for word in words) for one in office.rig.seen()))
    assert len(office.rig.seen()) == 1


def move(office: Office, do: Callable[..., object], *about: object, **more: object) -> None:
    with system_session(office.engine) as session:
        do(session, *about, **more)


def hear(office: Office, call: str) -> None:
    """The pipeline ends well."""
    move(office, calls.store_transcript, call, SPOKEN, ABOUT, NOW)
    move(office, calls.finish, call, NOW)


def watched(office: Office) -> list[str]:
    with system_session(office.engine) as session:
        return list(session.scalars(select(Inbound.state).where(Inbound.lane.startswith("watch:"))))


async def test_one_message_follows_the_call_to_its_end(office: Office) -> None:
    call = await send(office)
    jobs: Mapping[str, Any] = office.jobs.asked
    assert jobs == {f"call:{call}": ("call", {"call_id": call})}
    ref = seen(office).ref
    for progress, shown in ((0.05, "listening, 0%"), (0.42, "listening, 40%"), (0.99, "listening, 90%")):
        move(office, calls.advance, call, step="transcribe", progress=progress)
        await says(office, shown)
    hear(office, call)
    await says(office, "heard", "Acme")
    await office.quiet()
    assert seen(office).ref == ref
    assert watched(office) == ["done"]


async def test_one_can_go_on_talking_meanwhile(office: Office) -> None:
    call = await send(office)
    await office.tell("revenue")
    await office.until(lambda: any("Rita asked: revenue" in one.text for one in office.rig.seen()))
    hear(office, call)
    await office.quiet()
    first, second = office.rig.seen()
    assert "heard" in first.text
    assert "Rita asked: revenue" in second.text


async def test_why_it_failed_is_said_in_words(office: Office) -> None:
    call = await send(office)
    move(office, calls.advance, call, step="probe", progress=0.1)
    move(office, calls.fail, call, code="audio_unreadable", params={}, now=NOW)
    await says(office, "could not be heard")
    await office.quiet()
    assert "audio_unreadable" not in seen(office).text
    assert watched(office) == ["done"]


async def test_what_failed_is_heard_when_it_is_sent_again(office: Office) -> None:
    call = await send(office)
    move(office, calls.fail, call, code="bug", params={}, now=NOW)
    await says(office, "could not be heard")
    await office.rig.deliver(office.rig.sent_file(tone(), name="Acme.wav"))
    await office.until(lambda: any("it waits to be heard" in one.text for one in office.rig.seen()))
    hear(office, call)
    await office.quiet()
    assert "heard" in office.rig.seen()[-1].text
    assert call_id(office) == call


async def test_whoever_was_unlinked_meanwhile_learns_nothing_of_it(office: Office) -> None:
    call = await send(office)
    office.unlink("rita")
    hear(office, call)
    await says(office, "link CODE")
    await office.quiet()
    assert "Acme" not in seen(office).text
    assert watched(office) == ["done"]


async def test_an_account_that_became_another_s_shows_what_they_may_hear(office: Office) -> None:
    call = await send(office)
    office.unlink("rita")
    office.people["rita"] = office.people["ross"]
    office.link("rita")
    hear(office, call)
    await office.until(lambda: watched(office) == ["done"])
    await office.quiet()
    assert "price" not in seen(office).text
    assert "heard" not in seen(office).text


async def test_a_call_that_was_erased_meanwhile_is_over(office: Office) -> None:
    call = await send(office)
    with system_session(office.engine) as session:
        row = session.scalars(select(Call).where(Call.content_hash == call)).one()
        session.delete(row)
    await office.quiet()
    assert "waits to be heard" not in seen(office).text
    assert watched(office) == ["done"]


async def test_a_kill_in_between_goes_on_in_the_same_message(office: Office) -> None:
    call = await send(office)
    ref = seen(office).ref
    for progress, shown in ((0.2, "20%"), (0.5, "50%"), (0.7, "70%"), (0.8, "80%"), (0.9, "90%")):
        await office.restart()
        office.lapse()
        move(office, calls.advance, call, step="transcribe", progress=progress)
        await says(office, shown)
    await office.restart()
    office.lapse()
    hear(office, call)
    await says(office, "heard", "Acme")
    await office.quiet()
    assert seen(office).ref == ref
    assert len(office.jobs.asked) == 1
