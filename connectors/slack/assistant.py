"""The pane Slack has for assistants: what the assistant is doing, and what one could ask."""

import structlog

from connectors.rendering.text import cut
from connectors.slack.wire import Wire
from core.channels import ChannelBusy, ChannelRefused, Outgoing
from core.wording import phrases, say

log = structlog.get_logger("slack")
MOST_PROMPTS, MOST_TITLE, MOST_STATUS, MOST_BUSY = 4, 75, 100, 1000
LACKING = {"missing_scope", "unknown_method", "not_allowed_token_type"}


class Helper:
    """Status lines and suggested prompts of threads; where there can't be one, the caller is told so."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lacking = False
        self._busy: set[tuple[str, str]] = set()

    async def status(self, message: Outgoing) -> bool:
        """Show what is being done; False where that can't be shown. Slack takes it away with the next message."""
        if not message.thread:
            return False
        text = message.content.text or say("rendering.working", message.content.lang)
        shown = await self._set(message.place, message.thread, cut(text, MOST_STATUS))
        if shown and len(self._busy) < MOST_BUSY:
            self._busy.add((message.place, message.thread))
        return shown

    async def clear(self, message: Outgoing) -> None:
        """Take the status away where what was said does not."""
        if message.thread and (message.place, message.thread) in self._busy:
            self._busy.discard((message.place, message.thread))
            await self._set(message.place, message.thread, "")

    async def _set(self, place: str, thread: str, status: str) -> bool:
        if self._lacking:
            return False
        client = self._wire.client
        try:
            await self._wire.call(client.assistant_threads_setStatus(channel_id=place, thread_ts=thread, status=status))
        except (ChannelBusy, ChannelRefused) as error:
            # A thread that takes no status says so for itself alone, a workspace without the pane for all.
            self._lacking = error.params.get("reason") in LACKING
            return False
        return True

    async def suggest(self, message: Outgoing) -> None:
        """Offer what one could ask; only an offer, so a failure is no one's loss."""
        lang = message.content.lang
        asked = [
            button.value.removeprefix("ask:")
            for row in message.content.buttons
            for button in row
            if button.value.startswith("ask:")
        ]
        default = [text for key, text in phrases(lang).items() if key.startswith("slack.prompts.")]
        prompts = [{"title": cut(text, MOST_TITLE), "message": text} for text in (asked or default)[:MOST_PROMPTS]]
        try:
            await self._wire.call(
                self._wire.client.assistant_threads_setSuggestedPrompts(
                    channel_id=message.place,
                    thread_ts=message.thread,
                    title=say("slack.prompts_title", lang),
                    prompts=prompts,
                )
            )
        except (ChannelBusy, ChannelRefused) as error:
            log.info("slack.no_prompts", reason=error.params.get("reason"))
