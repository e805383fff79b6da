"""Slack as a channel: what arrives is kept before it is acknowledged, what we say is posted once and then edited."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from connectors.slack.files import Files
from connectors.slack.forms import Forms
from connectors.slack.members import Members
from connectors.slack.receiving import Receiver
from connectors.slack.socket import listen
from connectors.slack.speaking import Speaker
from connectors.slack.wire import PATIENCE, Wire
from core.channels import Answered, Arrived, Attachment, Called, ChannelBusy, ChannelRefused, Outgoing
from core.ports import Accept, Labels
from core.settings import Settings

log = structlog.get_logger("slack")


class SlackChannel:
    """Implements `core.ports.Channel`, `Webhook` and `Directory` for one workspace.

    Nothing is called before something is sent or `run`.
    """

    name = "slack"

    def __init__(self, settings: Settings, labels: Labels, *, currency: str = "", patience: float = PATIENCE) -> None:
        assert settings.slack_bot_token is not None, "Slack is only opened where it is set up"
        secret, app_token = settings.slack_signing_secret, settings.slack_app_token
        self._app_token = app_token.get_secret_value() if app_token else None
        self._wire = Wire(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, patience)
        self._members = Members(self._wire)
        self._files = Files(self._wire)
        self._speaker = Speaker(
            self._wire, Forms(labels, self._files, currency), me=self._members.me, direct=self.direct
        )
        signing = secret.get_secret_value() if secret else None
        self._receiver = Receiver(self._wire.client, signing, settings.clock, self._speaker.whisper.notice)
        self._direct: dict[str, str] = {}

    async def receive(self, called: Called, accept: Accept) -> Answered:
        """Take a request of Slack's; BadSignature if it is not."""
        return await self._receiver.receive(called, accept)

    def choose(self, wants: Callable[[Arrived], bool]) -> None:
        """Acknowledge at once what is not wanted."""
        self._receiver.wants = wants

    async def run(self, accept: Accept) -> None:
        """Take in what comes over the socket, where there is an app-level token."""
        self._receiver.accept = accept
        try:
            self._receiver.me = await self._members.me()
        except (ChannelBusy, ChannelRefused) as error:
            # Events name the assistant's account too, so this is no reason not to take them.
            log.error("slack.no_introduction", reason=error.params.get("reason"))
        if self._app_token is not None:
            await listen(self._receiver.app, self._app_token)

    async def close(self) -> None:
        """Let go of connections."""
        self._receiver.close()
        await self._wire.close()

    async def stranger(self, account: str) -> bool:
        """Whether the account is not a full member's of our own workspace."""
        return not (await self._members.member(account)).ours

    async def email(self, account: str) -> str | None:
        """The address Slack verified for a full member of our own workspace."""
        return (await self._members.member(account)).email

    async def called(self, account: str) -> str | None:
        """The name that the account goes by in Slack."""
        return (await self._members.member(account)).name

    async def direct(self, account: str) -> str:
        """The place of direct messages to an account."""
        if account not in self._direct:
            opened = await self._wire.call(self._wire.client.conversations_open(users=account))
            self._direct[account] = str(opened["channel"]["id"])
        return self._direct[account]

    async def fetch(self, attachment: Attachment, into: Path, most: int) -> None:
        """Write the file's bytes to `into`; FileTooLarge or NotTheFile."""
        await self._files.fetch(attachment, into, most)

    async def post(self, message: Outgoing) -> str:
        """Send it; what Slack calls it, see `connectors.slack.refs`."""
        return await self._speaker.post(message)

    async def edit(self, ref: str, message: Outgoing) -> str:
        """Make what was sent read so."""
        return await self._speaker.edit(ref, message)

    async def find(self, message: Outgoing, since: datetime) -> str | None:
        """What an earlier try sent after all, made whole and up to date."""
        return await self._speaker.find(message, since)
