"""What we say, in the way Slack has for where and to whom it is said: once, and as it should read now."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from connectors.rendering.slack import Rendered
from connectors.slack.alone import AWAY, Whisper, is_aside
from connectors.slack.assistant import Helper
from connectors.slack.forms import Forms
from connectors.slack.home import HomeTab
from connectors.slack.refs import HOME, STATUS, Ref, ref_of
from connectors.slack.streaming import Stream
from connectors.slack.talking import Spot, Talk
from connectors.slack.wire import Wire
from core.channels import ChannelBusy, ChannelRefused, Outgoing
from core.clock import Clock

log = structlog.get_logger("slack")
UNSHOWABLE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_arguments", "msg_too_long"}
SKEW, DAY = timedelta(minutes=1), timedelta(days=1)
MOST_TRIED = 10_000
REAL = Clock()
"""Slack's messages are dated in real time, whatever the company's clock says."""
Ask = Callable[[], Awaitable[str]]


class Speaker:
    """Posts, edits and finds messages. `me` asks for our own account, `direct` for the place of direct messages."""

    def __init__(self, wire: Wire, forms: Forms, *, me: Ask, direct: Callable[[str], Awaitable[str]]) -> None:
        self.whisper = Whisper(wire)
        self._forms = forms
        self._me = me
        self._direct = direct
        self._talk = Talk(wire)
        self._stream = Stream(wire)
        self._helper = Helper(wire)
        self._home = HomeTab(wire)
        self._tried: dict[str, datetime] = {}

    async def post(self, message: Outgoing) -> str:
        """Say it; what is tried again after an answer got lost is looked for first."""
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
        """Make what was said read so; a new ephemeral where the old one can't be changed."""
        held = ref_of(ref)
        if held == HOME:
            return str(await self._publish(message))
        if is_aside(message):
            for ts in held.parts if held.kind == "said" else ():
                await self._talk.delete(await self._spot(message), ts)
            return str(await self._aside(message, held))
        if held.kind == "said":
            return str(await self._say(message, held))
        if held == STATUS and message.content.busy and await self._helper.status(message):
            return ref
        found = await self.find(message, REAL.now() - DAY)
        return found or str(await self._say_or_respond(message))

    async def find(self, message: Outgoing, since: datetime) -> str | None:
        """What an earlier try posted, made whole and up to date; None for what leaves no trace."""
        if message.place.startswith("home:") or is_aside(message):
            return None
        spot = await self._spot(message)
        me = await self._me() if message.extra.get("assistant") else None
        try:
            pages = await self._talk.found(spot, (since - SKEW).timestamp(), me)
        except ChannelRefused as error:
            if error.params.get("reason") in AWAY:
                return None
            raise
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
        ref = await self._say_or_respond(message)
        if message.extra.get("greets"):
            await self._helper.suggest(message)
        return ref

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
            if await self.whisper.respond(message, pages, held):
                shown.extend(held.parts if held else ())
            elif message.content.only_for is None:
                shown.extend((await self._say(message)).parts)
            else:
                shown.extend(await self.whisper.show(message, pages, self._direct))

        await self._in_some_form(message, say)
        await self._helper.clear(message)
        return Ref("alone", tuple(shown))

    async def _say_or_respond(self, message: Outgoing) -> Ref:
        """Say it; what was asked in others' direct messages, where we are not, is answered to the asker alone."""
        try:
            return await self._say(message)
        except ChannelRefused as error:
            if error.params.get("reason") not in AWAY or not message.extra.get("response_url"):
                raise
            if message.content.busy:
                return Ref("alone")
            taken: list[bool] = []

            async def say(pages: Sequence[Rendered]) -> None:
                taken.append(await self.whisper.respond(message, pages, None, always=True))

            await self._in_some_form(message, say)
            if not taken[-1]:
                raise
        return Ref("alone")

    async def _spot(self, message: Outgoing) -> Spot:
        place = message.place
        if place.startswith("@"):
            place = await self._direct(place[1:])
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
        assert refused is not None, "there is always a form to try"
        raise refused

    async def _pages(self, spot: Spot, done: list[str], pages: Sequence[Rendered], files: Sequence[str]) -> None:
        """Make the messages `done` read as `pages`, with more or fewer of them where it takes more or fewer."""
        if done and len(pages) > len(done):
            earlier = await self._talk.found(spot, float(done[0]) - 1)
            done.extend(earlier[number] for number in range(len(done), len(pages)) if number in earlier)
        for number, page in enumerate(pages):
            if number < len(done) and await self._talk.update(spot, done[number], page, number):
                continue
            done[number : number + 1] = [await self._talk.post(spot, page, number)]
        for ts in done[len(pages) :]:
            await self._talk.delete(spot, ts)
        del done[len(pages) :]
        if files:
            await self._talk.attach(spot, done[-1], pages[-1], len(pages) - 1, files)
