"""The Telegram of the tests is as strict as Telegram."""

from typing import Any

import pytest

from tests.fakes.telegram_limits import Refused
from tests.fakes.telegram_world import World


@pytest.fixture
def world() -> World:
    made = World()
    made.chat(11)
    return made


def send(world: World, text: str, **fields: Any) -> dict[str, Any]:
    return dict(world.call("sendMessage", {"chat_id": 11, "text": text, "parse_mode": "HTML", **fields}))


@pytest.mark.parametrize(
    "text", ["<b>x", "x</b>", "<b><i>x</b></i>", "<h1>x</h1>", "a < b", "<br/>", "<!-- -->x", "<x"]
)
def test_bad_markup_is_refused(world: World, text: str) -> None:
    with pytest.raises(Refused, match="can't parse entities"):
        send(world, text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>x</b> &lt;&amp;&gt; a & b", "x <&> a & b"),
        ('<a href="https://a.example">x</a>', "x"),
        ("<pre>a  b</pre><blockquote expandable>q</blockquote>", "a  bq"),
    ],
)
def test_good_markup_is_shown(world: World, text: str, shown: str) -> None:
    assert send(world, text)["text"] == shown


def test_the_length_counts_after_entities_and_in_utf16(world: World) -> None:
    assert send(world, "<b>" + "&lt;" * 4096 + "</b>")
    with pytest.raises(Refused, match="too long"):
        send(world, "👍" * 2049)


@pytest.mark.parametrize(
    "key",
    [
        {"text": "x", "callback_data": "字" * 22},
        {"text": "x"},
        {"text": "x", "url": "http://localhost/"},
        {"text": "", "callback_data": "x"},
    ],
)
def test_bad_buttons_are_refused(world: World, key: dict[str, str]) -> None:
    with pytest.raises(Refused):
        send(world, "x", reply_markup={"inline_keyboard": [[key]]})


def test_edits_are_of_our_own_messages_and_change_something(world: World) -> None:
    theirs, ours = world.says("hi")["message"]["message_id"], send(world, "x")["message_id"]
    for number, text, reason in (
        (theirs, "y", "can't be edited"),
        (999, "y", "not found"),
        (ours, "x", "not modified"),
    ):
        with pytest.raises(Refused, match=reason):
            world.call("editMessageText", {"chat_id": 11, "message_id": number, "text": text})
