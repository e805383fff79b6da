"""From a signed event to a reply in the thread, once."""

import asyncio

import pytest

from connectors.slack import SlackChannel
from core.channels import BadSignature, ChannelRefused, Content, Outgoing
from core.logging import set_up_logging
from core.settings import Settings
from tests.connectors.slack.conftest import DANA, GENERAL, Desk, give, no_labels
from tests.fakes.slack_sender import Sent, event_body, event_request, message
from tests.fakes.slack_server import APP_TOKEN, SECRET, TOKEN, SlackServer, refuse
from tests.fakes.slack_world import BOT


async def test_a_mention_is_answered_once_in_its_thread(channel: SlackChannel, desk: Desk, server: SlackServer) -> None:
    said = message(f"<@{BOT}> win rate this quarter?", user=DANA, channel=GENERAL, ts="1781668800.000100")
    for retry in range(5):
        for number, kind in enumerate(("app_mention", "message")):
            event = {**said, "type": kind}
            answer = await give(channel, desk, event_request(event_body(event, f"Ev{number}"), retry=retry))
            assert (answer.status, answer.body) == (200, "")
    [arrived] = desk.all
    assert (arrived.text, arrived.account, arrived.addressed) == ("win rate this quarter?", DANA, True)
    out = Outgoing("reply:1", arrived.place, arrived.thread, Content(text="42%"), arrived.extra)
    ref = await channel.post(out)
    assert await channel.edit(ref, out) == ref
    [shown] = server.world.said(GENERAL)
    assert (shown.words, shown.thread) == ("42%", "1781668800.000100")
    assert server.world.refusals == []


async def test_a_signature_of_no_letters_is_refused(channel: SlackChannel, desk: Desk) -> None:
    sent = event_request(event_body(message("hi", user=DANA, channel=GENERAL, ts="1781668800.000100"), "Ev1"))
    for wrong in ("v0=\xe9", "", "v0="):
        with pytest.raises(BadSignature):
            await give(channel, desk, Sent(sent.path, sent.body, {**sent.headers, "x-slack-signature": wrong}))
    for wrong in ("", "-1", "1e9", "\xb2", "9" * 400):
        with pytest.raises(BadSignature):
            await give(channel, desk, Sent(sent.path, sent.body, {**sent.headers, "x-slack-request-timestamp": wrong}))
    assert desk.all == []


async def test_no_secret_gets_into_the_log(
    slack_settings: Settings, desk: Desk, server: SlackServer, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logging("DEBUG")
    channel = SlackChannel(slack_settings, no_labels)
    listening = asyncio.create_task(channel.run(desk.accept))
    said = event_body(message("hi", user=DANA, channel=GENERAL, ts="1781668800.000100"), "Ev1")
    assert await asyncio.to_thread(server.envelope, "e1", "events_api", said)
    url = f"{server.world.base}/respond/{GENERAL}/{DANA}"
    out = Outgoing("reply:1", GENERAL, None, Content(text="42%", only_for=DANA), {"command": True, "response_url": url})
    server.misbehave("chat.postMessage", refuse("invalid_auth"))
    with pytest.raises(ChannelRefused):
        await channel.post(Outgoing("reply:2", GENERAL, None, Content(text="42%")))
    await channel.post(out)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await channel.close()
    logged = "".join(capfd.readouterr())
    set_up_logging("WARNING")
    assert [secret for secret in (TOKEN, APP_TOKEN, SECRET, "ticket=t1") if secret in logged] == []
