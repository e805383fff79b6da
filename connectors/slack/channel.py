"""Slack as a channel: what arrives is kept before it is acknowledged, what we say is posted once and then edited."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from connectors.rendering.slack import Rendered
from connectors.slack.alone import Whisper, is_aside
from connectors.slack.assistant import Helper
from connectors.slack.files import Files
from connectors.slack.forms import Forms
from connectors.slack.home import HomeTab
from connectors.slack.members import Members
from connectors.slack.receiving import Receiver
from connectors.slack.refs import HOME, STATUS, Ref, ref_of
from connectors.slack.socket import listen
from connectors.slack.streaming import Stream
from connectors.slack.talking import Spot, Talk
from connectors.slack.wire import Wire
from core.channels import Answered, Attachment, Called, ChannelBusy, ChannelRefused, Outgoing
from core.clock import Clock
from core.ports import Accept, Labels
from core.settings import Settings

log = structlog.get_logger("slack")
UNSHOWABLE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_arguments", "msg_too_long"}
SKEW, DAY = timedelta(minutes=1), timedelta(days=1)
MOST_TRIED = 10_000
REAL = Clock()
"""Slack's messages are dated in real time, whatever the company's clock says."""


class SlackChannel:
    """Implements `core.ports.Channel`, `Webhook` and `Directory` for one workspace."""

    name = "slack"

    def __init__(self, settings: Settings, labels: Labels, *, currency: str = "") -> None:
        assert settings.slack_bot_token is not None, "Slack is only opened where it is set up"
        secret, app_token = settings.slack_signing_secret, settings.slack_app_token
        self._app_token = app_token.get_secret_value() if app_token else None
        self._wire = Wire(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        self._whisper = Whisper(self._wire)
        self._stream = Stream(self._wire)
        signing = secret.get_secret_value() if secret else None
        self._receiver = Receiver(self._wire.client, signing, settings.clock, self._whisper.notice)
        self._members = Members(self._wire)
        self._files = Files(self._wire)
        self._forms = Forms(labels, self._files, currency)
        self._talk = Talk(self._wire)
        self._helper = Helper(self._wire)
        self._home = HomeTab(self._wire)
        self._direct: dict[str, str] = {}
        self._tried: dict[str, datetime] = {}

    async def receive(self, called: Called, accept: Accept) -> Answered:
        """Take a request of Slack's; BadSignature if it is not."""
        return await self._receiver.receive(called, accept)

    async def run(self, accept: Accept) -> None:
        """Take in what comes over the socket, where there is an app-level token."""
        self._receiver.accept = accept
        await self._introduce()
        if self._app_token is not None:
            await listen(self._receiver.app, self._app_token)

    async def close(self) -> None:
        """Let go of connections."""
        await self._wire.close()

    async def stranger(self, account: str) -> bool:
        """Whether the account is not a full member's of our own workspace."""
        return not (await self._members.member(account)).ours

    async def email(self, account: str) -> str | None:
        """The address Slack verified for a full member of our own workspace."""
        return (await self._members.member(account)).email

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
        """Send it; what is tried again after an answer got lost is looked for first."""
        since = self._tried.get(message.key)
        if since is not None:
            found = await self.find(message, since)
            if found is not None:
                return found
        elif len(self._tried) >= MOST_TRIED:
            self._tried.clear()
        self._tried.setdefault(message.key, REAL.now())
        try:
            ref = await self._first(message)
        except ChannelRefused:
            self._tried.pop(message.key, None)
            raise
        self._tried.pop(message.key, None)
        return str(ref)

    async def edit(self, ref: str, message: Outgoing) -> str:
        """Make what was sent read so; a new ephemeral where the old one can't be changed."""
        held = ref_of(ref)
        if held == HOME:
            return str(await self._publish(message))
        if is_aside(message):
            for ts in held.parts if held.kind == "said" else ():
                await self._talk.delete(await self._spot(message), ts)
            return str(await self._aside(message, held))
        if held.kind == "said":
            return str(await self._say(message, held))
        if message.content.busy and await self._helper.status(message):
            return ref
        found = await self.find(message, REAL.now() - DAY)
        return found or str(await self._say(message))

    async def find(self, message: Outgoing, since: datetime) -> str | None:
        """What an earlier try posted, made whole and up to date; None for what leaves no trace."""
        if message.place.startswith("home:") or is_aside(message):
            return None
        spot = await self._spot(message)
        me = str((await self._members.me()).get("user_id")) if message.extra.get("assistant") else None
        pages = await self._talk.found(spot, (since - SKEW).timestamp(), me)
        if not pages:
            return None
        return str(await self._say(message, Ref("said", tuple(pages[number] for number in sorted(pages)))))

    async def _first(self, message: Outgoing) -> Ref:
        if message.place.startswith("home:"):
            return await self._publish(message)
        if is_aside(message):
            return await self._aside(message)
        if message.content.busy and message.extra.get("assistant") and await self._helper.status(message):
            return STATUS
        ref = await self._say(message)
        if message.extra.get("greets"):
            await self._helper.suggest(message)
        return ref

    async def _introduce(self) -> None:
        try:
            self._receiver.me = str((await self._members.me()).get("user_id"))
        except (ChannelBusy, ChannelRefused) as error:
            # Events name the assistant's account too, so this is no reason not to take them.
            log.error("slack.no_introduction", reason=error.params.get("reason"))

    async def _publish(self, message: Outgoing) -> Ref:
        if not message.content.busy:
            await self._home.publish(message.place.removeprefix("home:"), self._forms, message.content)
        return HOME

    async def _aside(self, message: Outgoing, held: Ref | None = None) -> Ref:
        if message.content.busy:
            await self._helper.status(message)
            return held if held and held.kind == "alone" else Ref("alone")
        shown: list[str] = []

        async def say(pages: Sequence[Rendered]) -> None:
            if await self._whisper.respond(message, pages, held):
                shown.extend(held.parts if held else ())
            elif message.content.only_for is None:
                shown.extend((await self._say(message)).parts)
            else:
                shown.extend(await self._whisper.show(message, pages, self.direct))

        await self._in_some_form(message, say)
        await self._helper.clear(message)
        return Ref("alone", tuple(shown))

    async def _spot(self, message: Outgoing) -> Spot:
        place = message.place
        if place.startswith("@"):
            place = await self.direct(place[1:])
        return Spot(place, message.thread, message.key)

    async def _say(self, message: Outgoing, held: Ref | None = None) -> Ref:
        spot = await self._spot(message)
        files = await self._forms.attached(message.content)
        done = list(held.parts) if held else await self._streamed(spot, message)
        try:
            await self._in_some_form(message, lambda pages: self._pages(spot, done, pages, files))
        except ChannelBusy as error:
            if done and held is None:
                # Some of it stands already, so it has to be looked for before it is tried again.
                raise ChannelBusy(reason=error.params.get("reason")) from error
            raise
        return Ref("said", tuple(done))

    async def _streamed(self, spot: Spot, message: Outgoing) -> list[str]:
        """An answer in an assistant's thread is written before one's eyes first, and then given its looks."""
        reply = message.content.reply
        if reply is None or message.content.busy or not message.extra.get("assistant"):
            return []
        ts = await self._stream.say(spot, reply.text)
        return [ts] if ts else []

    async def _in_some_form(self, message: Outgoing, say: Callable[[Sequence[Rendered]], Awaitable[None]]) -> None:
        refused: ChannelRefused | None = None
        async for pages in self._forms.each(message.content):
            try:
                return await say(pages)
            except ChannelRefused as error:
                if error.params.get("reason") not in UNSHOWABLE:
                    raise
                log.error("slack.form_refused", key=message.key, reason=error.params.get("reason"))
                refused = error
        assert refused is not None
        raise refused

    async def _pages(self, spot: Spot, done: list[str], pages: Sequence[Rendered], files: Sequence[str]) -> None:
        """Make the messages `done` read as `pages`, with more or fewer of them where it takes more or fewer."""
        if done and len(pages) > len(done):
            earlier = await self._talk.found(spot, float(done[0]) - 1)
            done.extend(earlier[number] for number in range(len(done), len(pages)) if number in earlier)
        for number, page in enumerate(pages):
            attached = files if number == len(pages) - 1 else ()
            if number < len(done) and await self._talk.update(spot, done[number], page, number, attached):
                continue
            done[number : number + 1] = [await self._talk.post(spot, page, number)]
            if attached:
                await self._talk.update(spot, done[number], page, number, attached)
        for ts in done[len(pages) :]:
            await self._talk.delete(spot, ts)
        del done[len(pages) :]
