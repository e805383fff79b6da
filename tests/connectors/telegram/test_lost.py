"""What was sent by a process that did not live to record it: found by probing, and nothing else is touched."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from connectors.telegram import TelegramChannel
from connectors.telegram.refs import parsed
from core.channels import ChannelBusy, Outgoing
from core.settings import Settings
from db import outbound
from db.engine import system_session
from db.leases import REAL
from db.tables import Outbound
from tests.conftest import NOW
from tests.connectors.telegram.conftest import no_labels, outgoing
from tests.connectors.telegram.test_places import PNG
from tests.connectors.telegram.test_sending import texts
from tests.fakes.telegram_server import TelegramServer


@pytest.fixture
async def later(settings: Settings, sqlite_engine: Engine) -> AsyncIterator[TelegramChannel]:
    """The channel of the next process."""
    made = TelegramChannel(settings, sqlite_engine, no_labels, patience=1.0)
    yield made
    await made.close()


def keep(engine: Engine, message: Outgoing, ref: str | None = None, **state: Any) -> None:
    """As the courier keeps a message: sent with its ref, or with none."""
    content = message.content
    values = {"ref": ref, "state": "sent" if ref else "sending", "tried_at": REAL.now(), **state}
    with system_session(engine) as session:
        outbound.put(session, message.key, "telegram", message.place, content, now=NOW)
        session.execute(update(Outbound).where(Outbound.key == message.key).values(values))


async def test_what_others_said_is_not_overwritten(
    server: TelegramServer, channel: TelegramChannel, sqlite_engine: Engine
) -> None:
    asked = server.says("how much?")["message"]["message_id"]
    other = outgoing("someone's number", key="other")
    keep(sqlite_engine, other, await channel.post(other))
    lost = outgoing("the answer", key="lost", answers=str(asked))
    assert await channel.find(lost, REAL.now()) is None
    assert texts(server) == ["someone's number"]
    ref = await channel.post(lost)
    assert await channel.find(lost, REAL.now()) == ref
    assert texts(server) == ["someone's number", "the answer"]


async def test_a_notice_is_found_after_the_last_that_is_known(
    server: TelegramServer, channel: TelegramChannel, sqlite_engine: Engine
) -> None:
    first, notice = outgoing("first", key="first"), outgoing("a rung fired", key="notice")
    keep(sqlite_engine, first, await channel.post(first))
    since = REAL.now() + timedelta(milliseconds=1)
    for _ in range(5):
        server.says("chatter", user=12)
    ref = await channel.post(notice)
    assert await channel.find(notice, since) == ref
    assert texts(server) == ["first", "a rung fired"]


async def test_with_nothing_known_nothing_is_probed(server: TelegramServer, channel: TelegramChannel) -> None:
    assert await channel.find(outgoing("a rung fired"), REAL.now()) is None
    assert [method for method, _ in server.calls] == ["getMe"]


async def test_what_changed_meanwhile_is_shown_in_what_was_found(
    server: TelegramServer, channel: TelegramChannel, later: TelegramChannel
) -> None:
    asked = server.says("how much?")["message"]["message_id"]
    ref = await channel.post(outgoing("Looking…", answers=str(asked), busy=True))
    assert await later.find(outgoing("42", answers=str(asked)), REAL.now()) == ref
    assert texts(server) == ["42"]


async def test_files_that_were_sent_are_found_too(
    server: TelegramServer, channel: TelegramChannel, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    files = [{"path": str(tmp_path / "a.png"), "name": "a.png", "mime": "image/png"}]
    asked = server.says("how much?")["message"]["message_id"]
    message = outgoing("42", answers=str(asked), files=files)
    ref = await channel.post(message)
    assert await channel.find(message, REAL.now()) == ref
    assert len(server.chat(11).ours) == 2


async def test_parts_that_an_edit_had_sent_are_not_sent_again(
    server: TelegramServer, channel: TelegramChannel, later: TelegramChannel
) -> None:
    ref = await channel.post(outgoing("Looking…", busy=True))
    answer = outgoing("字句。" * 3000)
    grown = await channel.edit(ref, answer)
    assert len(parsed(grown)) == 3
    assert await later.edit(ref, answer) == grown
    assert len(server.chat(11).ours) == 3


async def test_while_another_worker_sends_there_nothing_is_probed(
    server: TelegramServer, channel: TelegramChannel, sqlite_engine: Engine
) -> None:
    asked = server.says("how much?")["message"]["message_id"]
    other = outgoing("on its way", key="other", place="@11")
    keep(sqlite_engine, other, taken_by="w2", taken_until=REAL.now() + timedelta(seconds=30))
    with pytest.raises(ChannelBusy):
        await channel.find(outgoing("42", answers=str(asked)), REAL.now())


async def test_the_note_to_one_who_never_wrote_is_found(
    server: TelegramServer, channel: TelegramChannel, sqlite_engine: Engine
) -> None:
    other = outgoing("earlier", key="other", place="12")
    keep(sqlite_engine, other, await channel.post(other))
    server.not_started.add(11)
    asked = server.says("how much?", chat=-500)["message"]["message_id"]
    message = outgoing("42", place="-500", only_for="11", answers=str(asked))
    ref = await channel.post(message)
    assert await channel.find(message, REAL.now()) == ref
    assert (len(server.chat(-500).ours), texts(server, 12)) == (1, ["earlier"])
