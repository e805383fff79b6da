"""What only one person in a channel sees, and answers to commands, which Slack takes at an address of their own."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp

from connectors.rendering.slack import Rendered
from connectors.slack.refs import Ref
from connectors.slack.wire import Wire
from core.channels import Arrived, ChannelBusy, ChannelRefused, Outgoing

AWAY = {"user_not_in_channel", "not_in_channel", "channel_not_found", "restricted_action", "is_archived"}
"""Why an ephemeral can't be shown where it belongs; it then goes to the person's direct messages."""
MOST_PRESSED = 1000


def is_aside(message: Outgoing) -> bool:
    """Whether it is for one person among others, or answers a command where others are."""
    if message.place.startswith(("D", "@", "home:")):
        return False
    return message.content.only_for is not None or bool(message.extra.get("command"))


class Whisper:
    """Says things to one person: by an address that a command or a press came with, or as an ephemeral."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._pressed: dict[str, str] = {}

    def notice(self, arrived: Arrived) -> None:
        """Remember by which address an ephemeral that was pressed can be changed."""
        url = arrived.extra.get("response_url")
        if arrived.extra.get("ephemeral") and url and arrived.message:
            if len(self._pressed) >= MOST_PRESSED:
                self._pressed.clear()
            self._pressed[arrived.message] = str(url)

    async def respond(
        self, message: Outgoing, pages: Sequence[Rendered], held: Ref | None, *, always: bool = False
    ) -> bool:
        """Whether there was an address to use, and it took the pages.

        A command's is used, and that of a press on the ephemeral that is `held`; any other only if it is `always`,
        since what is said there stands outside of the thread.
        """
        pressed = self._pressed.get(str(held)) if held else None
        url = pressed or (message.extra.get("response_url") if always or message.extra.get("command") else None)
        open_to_all = message.content.only_for is None and not message.place.startswith("D")
        seen_by = "in_channel" if open_to_all else "ephemeral"
        for number, page in enumerate(pages):
            replaces = bool(pressed) and number == 0
            if not url or not await self._put(str(url), page, seen_by, replaces=replaces):
                return False
        return True

    async def _put(self, url: str, page: Rendered, seen_by: str, *, replaces: bool) -> bool:
        """Whether the address still took it: it does so five times, within half an hour."""
        body = {
            "response_type": seen_by,
            "text": page.text,
            "blocks": page.blocks,
            "replace_original": replaces,
        }
        try:
            async with self._wire.session.post(url, json=body, proxy=self._wire.proxy) as response:
                if response.status == 429 or response.status >= 500:
                    raise ChannelBusy(reason=f"http_{response.status}")
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChannelBusy(reason=type(error).__name__) from None

    async def show(
        self, message: Outgoing, pages: Sequence[Rendered], direct: Callable[[str], Awaitable[str]]
    ) -> list[str]:
        """Show the pages to `only_for` where the message belongs, else in direct messages; their ts."""
        account = str(message.content.only_for)
        return [await self._ephemeral(message, account, page, direct) for page in pages]

    async def _ephemeral(
        self, message: Outgoing, account: str, page: Rendered, direct: Callable[[str], Awaitable[str]]
    ) -> str:
        client = self._wire.client
        shown: dict[str, Any] = {"text": page.text, "blocks": page.blocks or None}
        try:
            asked = client.chat_postEphemeral(channel=message.place, user=account, thread_ts=message.thread, **shown)
            return str((await self._wire.call(asked))["message_ts"])
        except ChannelRefused as error:
            if error.params.get("reason") not in AWAY:
                raise
            posted = await self._wire.call(client.chat_postMessage(channel=await direct(account), **shown))
            return str(posted["ts"])
