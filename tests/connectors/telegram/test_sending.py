"""What is posted, edited and found again in Telegram."""

from datetime import UTC, datetime

import pytest

from connectors.telegram import TelegramChannel
from connectors.telegram.refs import parsed
from core.channels import ChannelBusy, ChannelRefused
from tests.connectors.telegram.conftest import outgoing
from tests.fakes.telegram_limits import Refused
from tests.fakes.telegram_server import TelegramServer, Trouble
from tests.fakes.telegram_world import Silent, flood

SINCE = datetime(2030, 1, 1, tzinfo=UTC)


def texts(server: TelegramServer, chat: int = 11) -> list[str]:
    return [str(one.get("text", "<file>")) for one in server.chat(chat).ours]


async def test_what_is_posted_is_shown_as_it_is(server: TelegramServer, channel: TelegramChannel) -> None:
    await channel.post(outgoing('a < b & c > d "e" 预算 &lt; 👩‍👩‍👧'))
    assert texts(server) == ['a < b & c > d "e" 预算 &lt; 👩‍👩‍👧']


async def test_an_edit_changes_the_one_message(server: TelegramServer, channel: TelegramChannel) -> None:
    ref = await channel.post(outgoing("…", busy=True))
    assert await channel.edit(ref, outgoing("42")) == ref
    assert texts(server) == ["42"]


async def test_the_same_text_again_is_no_error(server: TelegramServer, channel: TelegramChannel) -> None:
    message = outgoing(buttons=[[{"label": "Yes", "value": "confirm:1"}]])
    ref = await channel.post(message)
    assert await channel.edit(ref, message) == ref
    assert texts(server) == ["Hello"]
    assert "edits" not in server.chat(11).ours[0]


async def test_a_long_text_is_split_and_grows_and_shrinks_by_edits(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    ref = await channel.post(outgoing("…", busy=True))
    long = await channel.edit(ref, outgoing("字句。" * 3400))
    assert len(parsed(long)) == 3
    assert "".join(texts(server)).replace("\n", "") == "字句。" * 3400
    assert len(parsed(await channel.edit(long, outgoing("short")))) == 1
    assert texts(server) == ["short"]


async def test_what_was_deleted_by_hand_is_sent_anew(server: TelegramServer, channel: TelegramChannel) -> None:
    ref = await channel.post(outgoing("one"))
    server.chat(11).messages.clear()
    assert await channel.edit(ref, outgoing("two")) != ref
    assert texts(server) == ["two"]


async def test_the_text_gets_through_when_its_markup_is_refused(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    server.before["sendMessage"].append(Refused(400, "Bad Request: can't parse entities: whatever"))
    await channel.post(outgoing("<x>", title="T"))
    assert texts(server) == ["T\n\n<x>"]


async def test_a_button_that_is_refused_does_not_keep_the_text(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    row = [{"label": "Go", "value": "open:1", "url": "http://localhost/x"}, {"label": "Yes", "value": "confirm:1"}]
    await channel.post(outgoing(buttons=[row]))
    assert server.chat(11).ours[0]["reply_markup"] == {
        "inline_keyboard": [[{"text": "Yes", "callback_data": "confirm:1"}]]
    }


async def test_an_edit_that_is_refused_for_its_markup_still_changes_the_text(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    ref = await channel.post(outgoing("one"))
    server.before["editMessageText"].append(Refused(400, "Bad Request: can't parse entities: whatever"))
    assert await channel.edit(ref, outgoing("a < b", title="T")) == ref
    assert texts(server) == ["T\n\na < b"]


@pytest.mark.parametrize(
    ("trouble", "seconds"), [(flood(7), 7.0), (Trouble(502), None), (Trouble(200), None), (Silent(1.5), None)]
)
async def test_what_may_pass_is_busy(
    server: TelegramServer, channel: TelegramChannel, trouble: Exception, seconds: float | None
) -> None:
    server.before["sendMessage"].append(trouble)
    with pytest.raises(ChannelBusy) as caught:
        await channel.post(outgoing())
    assert caught.value.seconds == seconds


@pytest.mark.parametrize("place", ["11", "999"])
async def test_what_will_never_be_taken_is_refused(
    server: TelegramServer, channel: TelegramChannel, place: str
) -> None:
    server.blocked.add(11)
    with pytest.raises(ChannelRefused):
        await channel.post(outgoing(place=place))


@pytest.mark.parametrize("chat", [11, -500, -1001])
async def test_what_was_sent_before_a_crash_is_found(
    server: TelegramServer, channel: TelegramChannel, chat: int
) -> None:
    asked = server.says("how much?", chat=chat)["message"]["message_id"]
    server.says("and?", chat=chat)
    message = outgoing("字句。" * 3000, place=str(chat), answers=str(asked))
    ref = await channel.post(message)
    before = texts(server, chat)
    assert await channel.find(message, SINCE) == ref
    assert texts(server, chat) == before


async def test_what_was_half_sent_is_completed(server: TelegramServer, channel: TelegramChannel) -> None:
    asked = server.says("how much?")["message"]["message_id"]
    message = outgoing("字句。" * 3000, answers=str(asked))
    ref = await channel.post(message)
    server.chat(11).messages.pop(parsed(ref)[-1].number)
    found = await channel.find(message, SINCE)
    assert found
    assert len(parsed(found)) == 3
    assert len(server.chat(11).ours) == 3


async def test_what_was_never_sent_is_not_found(server: TelegramServer, channel: TelegramChannel) -> None:
    asked = server.says("how much?")["message"]["message_id"]
    assert await channel.find(outgoing(answers=str(asked)), SINCE) is None
    assert texts(server) == []


async def test_a_wait_between_two_parts_is_sat_out(server: TelegramServer, channel: TelegramChannel) -> None:
    server.after["sendMessage"].append(Refused(429, "Too Many Requests: retry after 1", retry_after=1))
    with pytest.raises(ChannelBusy):
        await channel.post(outgoing("one"))
    assert len(parsed(await channel.post(outgoing("字句。" * 3000)))) == 3
