"""What Slack tells becomes what arrived: once each, and nothing that is not ours to hear."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.slack.plain import mentions, plain
from connectors.slack.presses import arrived_of
from core.channels import Arrived
from tests.conftest import NOW
from tests.connectors.slack.conftest import DANA, DM, GENERAL
from tests.fakes.slack_sender import command, event_body, message, press
from tests.fakes.slack_world import APP, BOT, BOT_ID, TEAM

TS, ROOT = "1781668800.000100", "1781668700.000100"
ME = f"<@{BOT}>"


def read(event: dict[str, Any], **more: Any) -> Arrived | None:
    return arrived_of(event_body(event, "Ev1", **more), None, NOW)


def heard(event: dict[str, Any], **more: Any) -> Arrived:
    arrived = read(event, **more)
    assert arrived is not None
    return arrived


def test_a_mention_at_the_top_is_answered_in_a_thread_on_it() -> None:
    arrived = heard(message(f"{ME} pipeline?", user=DANA, channel=GENERAL, ts=TS))
    assert (arrived.key, arrived.thread, arrived.message) == (f"{TEAM}:{GENERAL}:{TS}", TS, TS)
    assert (arrived.text, arrived.addressed, arrived.private) == ("pipeline?", True, False)


def test_a_mention_and_its_message_have_one_key() -> None:
    kinds = [
        heard(message(f"{ME} hi", user=DANA, channel=GENERAL, ts=TS, kind=kind)) for kind in ("app_mention", "message")
    ]
    assert kinds[0] == kinds[1]


def test_direct_messages_stay_where_they_are() -> None:
    assert heard(message("hi", user=DANA, channel=DM, ts=TS)).thread is None
    threaded = heard(message("hi", user=DANA, channel=DM, ts=TS, thread_ts=ROOT))
    assert (threaded.thread, threaded.private, threaded.extra["assistant"]) == (ROOT, True, True)


def test_a_follow_up_in_a_thread_is_heard_without_a_mention() -> None:
    arrived = heard(message("and last quarter?", user=DANA, channel=GENERAL, ts=TS, thread_ts=ROOT))
    assert (arrived.thread, arrived.addressed) == (ROOT, False)


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"hidden": True},
        {"user": BOT},
        {"bot_id": BOT_ID, "app_id": APP},
        {"bot_id": BOT_ID, "bot_profile": {"app_id": APP}},
        {"user": None},
    ],
)
def test_edits_joins_and_our_own_words_are_not_heard(more: dict[str, Any]) -> None:
    assert read(message(f"{ME} hi", user=DANA, channel=GENERAL, ts=TS) | more) is None


def test_talk_between_others_is_told_apart() -> None:
    arrived = heard(message("lunch?", user=DANA, channel=GENERAL, ts=TS))
    assert (arrived.talk, arrived.addressed) == (True, False)
    assert (
        read(message("deploy done", user=DANA, channel=GENERAL, ts=TS, thread_ts=ROOT, bot_id="B9", app_id="A9"))
        is None
    )


def test_a_mention_whose_bearer_is_unknown_waits_for_its_other_event() -> None:
    body = event_body(message(f"{ME} hi", user=DANA, channel=GENERAL, ts=TS, thread_ts=ROOT), "Ev1", authorizations=[])
    talk = arrived_of(body, None, NOW)
    assert talk is not None
    assert (talk.talk, talk.addressed) == (True, False)
    known = arrived_of(body, BOT, NOW)
    assert known is not None
    assert (known.talk, known.addressed) == (False, True)


def test_a_message_was_said_when_slack_says_and_never_later_than_now() -> None:
    assert heard(message("hi", user=DANA, channel=DM, ts="1781668799.000100")).at == NOW - timedelta(
        microseconds=999_900
    )
    for ts in ("1881668800.000100", "odd", "99999999999999999999.1"):
        assert heard(message("hi", user=DANA, channel=DM, ts=ts)).at == NOW


@pytest.mark.parametrize(
    ("more", "outer"),
    [
        ({"team": "T0ELSE"}, {}),
        ({"user_team": "T0ELSE"}, {"is_ext_shared_channel": True}),
        ({"source_team": "T0ELSE"}, {}),
        ({"bot_id": "B9", "app_id": "A9"}, {}),
    ],
)
def test_other_firms_and_programs_are_strangers(more: dict[str, Any], outer: dict[str, Any]) -> None:
    assert heard(message(f"{ME} hi", user=DANA, channel=GENERAL, ts=TS) | more, **outer).stranger


def test_in_a_shared_channel_our_own_are_none() -> None:
    told = message(f"{ME} hi", user=DANA, channel=GENERAL, ts=TS)
    assert not heard(told, team_id="T0ELSE", is_ext_shared_channel=True).stranger


def test_files_come_with_their_kind() -> None:
    files = [
        {"id": "F1", "name": "audio_message.m4a", "mimetype": "audio/mp4", "size": 9, "subtype": "slack_audio"},
        {"id": "F2", "name": "call.wav", "mimetype": "audio/wav", "size": 7},
        {"id": "F3", "mode": "tombstone"},
        {"id": "F4", "name": "elsewhere", "mode": "external"},
    ]
    arrived = heard(message("", user=DANA, channel=DM, ts=TS, subtype="file_share", files=files))
    assert [(one.ref, one.voice) for one in arrived.files] == [("F1", True), ("F2", False)]


def test_opening_the_pane_asks_for_a_greeting_once() -> None:
    thread = {"user_id": DANA, "channel_id": DM, "thread_ts": ROOT, "context": {}}
    event = {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": TS}
    arrived = heard(event)
    assert (arrived.kind, arrived.place, arrived.thread, arrived.extra["greets"]) == ("command", DM, ROOT, True)
    assert heard(event).key == arrived.key


def test_only_the_home_tab_is_a_home() -> None:
    opened = {"type": "app_home_opened", "user": DANA, "channel": DM, "tab": "home", "event_ts": TS}
    arrived = heard(opened)
    assert (arrived.kind, arrived.place, arrived.private) == ("home", f"home:{DANA}", True)
    assert read(opened | {"tab": "messages"}) is None


def test_a_command_brings_the_address_of_its_response() -> None:
    body = command(
        "win rate &lt;now&gt;", user=DANA, channel=GENERAL, trigger="9.1", response_url="https://hooks.slack.com/1"
    )
    arrived = arrived_of(body, None, NOW)
    assert arrived is not None
    assert (arrived.kind, arrived.text, arrived.key, arrived.private) == (
        "command",
        "win rate <now>",
        "command:9.1",
        False,
    )
    assert arrived.extra["response_url"] == "https://hooks.slack.com/1"


def test_a_press_brings_what_the_button_carries() -> None:
    arrived = arrived_of(press("escalation:accept:ab", user=DANA, channel=DM, ts=TS, trigger="9.2"), None, NOW)
    assert arrived is not None
    assert (arrived.kind, arrived.button, arrived.message, arrived.thread) == (
        "button",
        "escalation:accept:ab",
        TS,
        None,
    )


def test_a_press_in_the_home_tab_is_answered_in_direct_messages() -> None:
    body = press("escalation:accept:ab", user=DANA, channel=DM, ts=TS, trigger="9.3")
    body = {key: value for key, value in body.items() if key not in ("channel", "message")} | {
        "container": {"type": "view", "view_id": "V1"}
    }
    arrived = arrived_of(body, None, NOW)
    assert arrived is not None
    assert (arrived.place, arrived.private) == (f"@{DANA}", True)


def test_a_link_that_was_pressed_says_nothing() -> None:
    body = press("x", user=DANA, channel=DM, ts=TS, trigger="9.4")
    assert (
        arrived_of(body | {"actions": [{"type": "button", "action_id": "a", "url": "https://a.example"}]}, None, NOW)
        is None
    )


def _shortcut(verb: str) -> dict[str, Any]:
    return {
        "type": "message_action", "callback_id": verb, "team": {"id": TEAM}, "user": {"id": DANA, "team_id": TEAM},
        "channel": {"id": GENERAL}, "trigger_id": "9.5", "message": {"ts": TS, "text": "What about <@U1|max>?"},
    }  # fmt: skip


def test_shortcuts_ask_what_a_message_says_or_act_on_its_thread() -> None:
    asked, taken = arrived_of(_shortcut("ask"), None, NOW), arrived_of(_shortcut("takeover"), None, NOW)
    assert asked is not None
    assert taken is not None
    assert (asked.kind, asked.text, asked.thread) == ("message", "What about @max?", TS)
    assert (taken.kind, taken.button, taken.thread) == ("button", "takeover:", TS)


@pytest.mark.parametrize("body", [{}, {"type": "event_callback"}, {"type": "view_closed"}, {"type": "block_actions"}])
def test_what_is_unknown_is_nothing(body: dict[str, Any]) -> None:
    assert arrived_of(body, None, NOW) is None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (f"{ME} hello", "hello"),
        (f"{ME}：你好", "你好"),
        (f"hello {ME}", "hello"),
        (f"ask {ME} about it", f"ask @{BOT} about it"),
        ("<https://acme.example|acme.example> &amp; <mailto:d@a.example|d@a.example>", "acme.example & d@a.example"),
        ("<#C1|deals> <!here> <!subteam^S1|@reps> <@U2|max>", "#deals @here @reps @max"),
        ("1 &lt; 2 &gt; 0 &amp;lt;", "1 < 2 > 0 &lt;"),
        ("<!date^1781668800^{date}|today>", "today"),
    ],
)
def test_marks_become_words(raw: str, shown: str) -> None:
    assert plain(raw, {BOT}) == shown


def test_named_accounts_are_told_once_each() -> None:
    assert mentions(f"{ME} <@U1|max> and <@U1>") == [BOT, "U1"]
