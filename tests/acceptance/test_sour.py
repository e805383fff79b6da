"""A conversation turns sour: the manager is asked in their channel, accepts with a button, and the rep sees it."""

from datetime import timedelta

import pytest

from tests.acceptance.conftest import House
from tests.fakes.slack_server import refuse
from tests.fakes.slack_world import BOT
from tests.fakes.telegram_server import BOT_NAME

SOUR = (
    ("customer", "Your price is too high for us this year.", timedelta(days=1, hours=2)),
    ("rep", "Let me see what I can do.", timedelta(days=1, hours=1)),
    ("customer", "We also have an offer from Salesforce on the table now.", timedelta(hours=1)),
)
OTHER = {"slack": "telegram", "telegram": "slack"}
ALOUD = {"slack": ("recorded",), "telegram": ("recorded", "in private")}
"""What a room is told when it becomes a customer's. In a Telegram group nothing can be shown to one person alone."""


@pytest.mark.parametrize("talk", ["chat", "call"])
@pytest.mark.parametrize("managers", ["slack", "telegram"])
async def test_the_manager_accepts_and_the_rep_sees_it(house: House, managers: str, talk: str) -> None:
    reps = OTHER[managers]
    house.link("Max", managers)
    house.link("Rita", reps)
    await house.hear(talk, *SOUR)
    asked = await house.read("Max", managers, "Acme")
    assert "Salesforce" in asked.words
    assert house.escalations() == [("price_and_competitor", "competitor", "scheduled", "Max")]
    before = len(house.seen("Rita", reps))
    await house.press("Max", managers, asked, "accept")
    await house.until(lambda: len(house.seen("Rita", reps)) > before)
    told = house.seen("Rita", reps)[-1]
    assert "Max" in told.words
    assert "Acme" in told.words
    assert house.escalations() == [("price_and_competitor", "competitor", "accepted", "Max")]
    assert len([one for one in house.seen("Max", managers) if "Salesforce" in one.words]) == 1
    assert house.slack.world.refusals == []


@pytest.mark.parametrize("room", ["slack", "telegram"])
async def test_what_is_said_in_a_shared_room_leads_to_the_manager(house: House, room: str) -> None:
    managers = OTHER[room]
    house.link("Max", managers, room)
    house.link("Rita", room)
    house.customer("Cara")
    naming = {"slack": f"<@{BOT}>", "telegram": f"@{BOT_NAME}"}[room]
    await house.say(room, "Cara", "We can't pay this, it is far too expensive.", timedelta(days=2))
    await house.say(room, "Max", f"{naming} settings customer Acme", times=5)
    await house.until(lambda: all(any(part in one for one in house.in_room(room)) for part in ALOUD[room]))
    told = house.in_room(room)
    for speaker, text, ago in SOUR:
        await house.say(room, {"customer": "Cara", "rep": "Rita"}[speaker], text, ago, times=5)
    asked = await house.read("Max", managers, "Salesforce")
    assert "Acme" in asked.words
    assert house.conversations() == [(room, speaker, text) for speaker, text, _ in SOUR]
    assert house.escalations() == [("price_and_competitor", "competitor", "scheduled", "Max")]
    await house.press("Max", managers, asked, "accept")
    await house.read("Rita", room, "Max")
    assert house.escalations() == [("price_and_competitor", "competitor", "accepted", "Max")]
    assert house.in_room(room) == told
    assert house.slack.world.refusals == []


async def test_by_telegram_where_slack_refuses_for_good(house: House) -> None:
    house.link("Max", "slack", "telegram")
    house.link("Rita", "telegram")
    house.slack.misbehave("conversations.open", *[refuse("account_inactive")] * 20)
    house.slack.misbehave("chat.postMessage", *[refuse("account_inactive")] * 20)
    await house.hear("chat", *SOUR)
    asked = await house.read("Max", "telegram", "Acme")
    assert house.seen("Max", "slack") == []
    await house.press("Max", "telegram", asked, "accept")
    await house.read("Rita", "telegram", "Max")


async def test_by_slack_where_telegram_is_blocked(house: House) -> None:
    house.link("Max", "telegram", "slack")
    house.link("Rita", "slack")
    house.telegram.blocked.add(12)
    await house.hear("chat", *SOUR)
    asked = await house.read("Max", "slack", "Acme")
    assert house.seen("Max", "telegram") == []
    await house.press("Max", "slack", asked, "accept")
    await house.read("Rita", "slack", "Max")
