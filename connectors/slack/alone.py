"""What only one person in a channel sees."""

from collections.abc import Awaitable, Callable, Sequence

import aiohttp

from connectors.rendering.slack import Rendered
from connectors.slack.wire import Wire
from core.channels import ChannelBusy, ChannelRefused, Outgoing

AWAY = {"user_not_in_channel", "not_in_channel", "channel_not_found", "restricted_action", "is_archived"}
"""Why an ephemeral can't be shown where it belongs; it then goes to the person's direct messages."""


class Whisper:
    """Ephemeral messages: by the address a command or a press came with, or where the person is."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def say(self, message: Outgoing, pages: Sequence[Rendered], direct: Callable[[str], Awaitable[str]]) -> None:
        """Show the pages to `only_for` alone. An ephemeral that was pressed is replaced, any other stays beside."""
        account = message.content.only_for
        url = message.extra.get("response_url")
        replaces = bool(message.extra.get("ephemeral"))
        for page in pages:
            if not (url and await self._respond(str(url), page, replaces=replaces)):
                await self._ephemeral(message, str(account), page, direct)
            replaces = False

    async def _respond(self, url: str, page: Rendered, *, replaces: bool) -> bool:
        """Whether the address still took it: it does so five times, within half an hour."""
        body = {
            "response_type": "ephemeral",
            "text": page.text,
            "blocks": page.blocks,
            "replace_original": replaces,
        }
        try:
            async with self._wire.session.post(url, json=body) as response:
                if response.status == 429 or response.status >= 500:
                    raise ChannelBusy(reason=f"http_{response.status}")
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChannelBusy(reason=type(error).__name__) from None

    async def _ephemeral(
        self, message: Outgoing, account: str, page: Rendered, direct: Callable[[str], Awaitable[str]]
    ) -> None:
        client = self._wire.client
        try:
            await self._wire.call(
                client.chat_postEphemeral(
                    channel=message.place,
                    user=account,
                    thread_ts=message.thread,
                    text=page.text,
                    blocks=page.blocks or None,
                )
            )
        except ChannelRefused as error:
            if error.params.get("reason") not in AWAY:
                raise
            place = await direct(account)
            await self._wire.call(client.chat_postMessage(channel=place, text=page.text, blocks=page.blocks or None))
