"""Messages in Slack: posted page by page under their key, found again by it, edited as a whole."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from connectors.rendering.slack import Rendered
from connectors.slack.wire import Wire
from core.channels import ChannelRefused

log = structlog.get_logger("slack")
EVENT = "dealhand_message"
GONE = {"message_not_found", "cant_update_message"}
STREAMING = "streaming_state_conflict"
PAGE, MOST_ATTACHED = 200, 1000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where messages of one key stand."""

    place: str
    thread: str | None
    key: str


class Talk:
    """Posts, edits and finds pages. Every message carries its key and the number of its page."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._attached: set[tuple[str, str]] = set()

    async def post(self, spot: Spot, page: Rendered, number: int) -> str:
        """Post one page; its ts."""
        answer = await self._wire.call(
            self._wire.client.chat_postMessage(
                channel=spot.place,
                thread_ts=spot.thread,
                text=page.text,
                blocks=page.blocks or None,
                metadata=mark(spot.key, number),
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return str(answer["ts"])

    async def update(self, spot: Spot, ts: str, page: Rendered, number: int) -> bool:
        """Make the message read so; False if it is gone. One that is still being streamed is ended."""
        try:
            return await self._update(spot, ts, page, number)
        except ChannelRefused as error:
            if error.params.get("reason") != STREAMING:
                raise
        await self._wire.call(self._wire.client.chat_stopStream(channel=spot.place, ts=ts))
        return await self._update(spot, ts, page, number)

    async def attach(self, spot: Spot, ts: str, page: Rendered, number: int, files: Sequence[str]) -> None:
        """Have uploaded files go with a message, each once; one that can't is left out."""
        new = [file for file in files if (ts, file) not in self._attached]
        if not new:
            return
        try:
            await self._update(spot, ts, page, number, new)
        except ChannelRefused as error:
            log.error("slack.file_left_out", reason=error.params.get("reason"))
        if len(self._attached) >= MOST_ATTACHED:
            self._attached.clear()
        self._attached.update((ts, file) for file in new)

    async def _update(self, spot: Spot, ts: str, page: Rendered, number: int, files: Sequence[str] = ()) -> bool:
        try:
            await self._wire.call(
                self._wire.client.chat_update(
                    channel=spot.place,
                    ts=ts,
                    text=page.text,
                    blocks=page.blocks,
                    metadata=mark(spot.key, number),
                    file_ids=list(files) or None,
                )
            )
        except ChannelRefused as error:
            if error.params.get("reason") in GONE:
                return False
            raise
        return True

    async def delete(self, spot: Spot, ts: str) -> None:
        """Take a message away; one that is gone already is no error."""
        try:
            await self._wire.call(self._wire.client.chat_delete(channel=spot.place, ts=ts))
        except ChannelRefused as error:
            log.info("slack.not_deleted", reason=error.params.get("reason"))

    async def found(self, spot: Spot, since: float, me: str | None = None) -> dict[int, str]:
        """The pages of this key that were posted since, by number.

        With `me`, also the one message of ours without any key: a stream that nobody ended.
        """
        pages: dict[int, str] = {}
        adrift: dict[int, str] = {}
        async for message in self._messages(spot, since):
            known = message.get("metadata") or {}
            payload = known.get("event_payload") or {}
            if known.get("event_type") == EVENT and payload.get("key") == spot.key:
                pages.setdefault(int(payload.get("page") or 0), str(message["ts"]))
            elif me is not None and message.get("user") == me and not known:
                adrift[0] = str(message["ts"])
        return pages or adrift

    async def _messages(self, spot: Spot, since: float) -> AsyncIterator[Mapping[str, Any]]:
        client, cursor = self._wire.client, None
        while True:
            wanted: dict[str, Any] = {
                "channel": spot.place,
                "oldest": f"{since:.6f}",
                "include_all_metadata": True,
                "limit": PAGE,
                "cursor": cursor,
            }
            asked = (
                client.conversations_replies(ts=spot.thread, **wanted)
                if spot.thread
                else client.conversations_history(**wanted)
            )
            answer = await self._wire.call(asked)
            for message in answer.get("messages") or []:
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return


def mark(key: str, number: int) -> dict[str, Any]:
    """What a message carries for us to know it again."""
    return {"event_type": EVENT, "event_payload": {"key": key, "page": number}}
