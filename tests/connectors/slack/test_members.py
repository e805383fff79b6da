"""Only full members of our own workspace are ours, and only addresses that Slack verified are theirs."""

import pytest

from connectors.slack import SlackChannel
from connectors.slack.members import member_of
from core.channels import ChannelBusy, ChannelRefused
from core.ports import Channel, Directory, Webhook
from tests.connectors.slack.conftest import DANA, GUEST, MINA, OUTSIDER, ROBOT
from tests.fakes.slack_server import SlackServer, refuse, status
from tests.fakes.slack_world import TEAM, person


@pytest.mark.parametrize(
    ("account", "stranger", "email"),
    [
        (DANA, False, "dana@firm.example"),
        (MINA, False, None),
        (GUEST, True, None),
        (ROBOT, True, None),
        (OUTSIDER, True, None),
        ("U0NOBODY", True, None),
        ("B0BOT", True, None),
    ],
)
async def test_who_is_who(channel: SlackChannel, account: str, stranger: bool, email: str | None) -> None:
    assert await channel.stranger(account) is stranger
    assert await channel.email(account) == email


async def test_slack_is_asked_once_in_a_while(channel: SlackChannel, server: SlackServer) -> None:
    for _ in range(5):
        await channel.stranger(DANA)
    assert [method for method, _ in server.world.asked].count("users.info") == 1


async def test_when_slack_does_not_say_nobody_is_let_in(channel: SlackChannel, server: SlackServer) -> None:
    server.misbehave("users.info", status(503), refuse("missing_scope"))
    with pytest.raises(ChannelBusy):
        await channel.stranger(DANA)
    with pytest.raises(ChannelRefused):
        await channel.stranger(DANA)
    assert not await channel.stranger(DANA)


@pytest.mark.parametrize("flag", ["deleted", "is_restricted", "is_ultra_restricted", "is_stranger", "is_bot"])
def test_every_kind_of_guest_is_a_stranger(flag: str) -> None:
    assert not member_of(person("U1", email="a@firm.example") | {flag: True}, TEAM).ours


def test_another_workspace_of_the_organisation_is_ours() -> None:
    user = person("U1") | {"team_id": "T0OTHER", "enterprise_user": {"teams": [TEAM, "T0OTHER"]}}
    assert member_of(user, TEAM).ours


async def test_it_is_all_that_a_channel_can_be(channel: SlackChannel) -> None:
    as_channel: Channel = channel
    as_webhook: Webhook = channel
    assert isinstance(as_channel, Directory)
    assert isinstance(as_webhook, SlackChannel)
