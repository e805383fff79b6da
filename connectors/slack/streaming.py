"""Answers that are written before one's eyes, where the workspace has that."""

import structlog

from connectors.rendering.slack import escape
from connectors.slack.talking import Spot, mark
from connectors.slack.wire import Wire
from core.channels import ChannelBusy, ChannelRefused

log = structlog.get_logger("slack")
LONGEST, PIECE, MOST_PIECES = 8000, 120, 4
LACKING = {"unknown_method", "missing_scope", "not_allowed_token_type", "feature_not_enabled", "method_deprecated"}


class Stream:
    """Streams texts into assistant threads; a workspace that lacks it is asked once."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lacking = False

    async def say(self, spot: Spot, text: str) -> str | None:
        """The ts of the message that the text was written into; None where it can't be streamed.

        ChannelBusy when it may have begun: the message then stands without its key until it is found.
        """
        shown = escape(text.strip())
        if self._lacking or not spot.thread or not 0 < len(shown) <= LONGEST:
            return None
        first, *others = _pieces(shown)
        ts = await self._start(spot, first)
        if ts is None:
            return None
        client = self._wire.client
        try:
            for piece in others:
                await self._wire.call(client.chat_appendStream(channel=spot.place, ts=ts, markdown_text=piece))
        except (ChannelBusy, ChannelRefused) as error:
            # What is missing comes when the message is made to read as it should.
            log.info("slack.stream_cut", reason=error.params.get("reason"))
        await self._wire.call(client.chat_stopStream(channel=spot.place, ts=ts, metadata=mark(spot.key, 0)))
        return ts

    async def _start(self, spot: Spot, text: str) -> str | None:
        client = self._wire.client
        try:
            asked = client.chat_startStream(channel=spot.place, thread_ts=str(spot.thread), markdown_text=text)
            return str((await self._wire.call(asked))["ts"])
        except ChannelRefused as error:
            self._lacking = error.params.get("reason") in LACKING
            return None
        except ChannelBusy as error:
            if error.seconds is None:
                raise
            return None


def _pieces(text: str) -> list[str]:
    size = max(PIECE, -(-len(text) // MOST_PIECES))
    return [text[start : start + size] for start in range(0, len(text), size)]
