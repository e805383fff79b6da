"""The pane Slack has for assistants: what the assistant is doing, and what one could ask."""

import structlog

from connectors.rendering.text import cut
from connectors.slack.wire import Wire
from core.channels import ChannelBusy, ChannelRefused, Outgoing
from core.wording import phrases, say

log = structlog.get_logger("slack")
MOST_PROMPTS, MOST_TITLE, MOST_STATUS = 4, 75, 100


class Helper:
    """Status and suggested prompts of assistant threads; where a thread is none, the caller is told so."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lacking = False

    async def status(self, message: Outgoing) -> bool:
        """Show what is being done; False where that can't be shown. Slack takes it away with the next message."""
        if self._lacking or not message.thread:
            return False
        text = message.content.text or say("rendering.working", message.content.lang)
        try:
            await self._wire.call(
                self._wire.client.assistant_threads_setStatus(
                    channel_id=message.place, thread_ts=message.thread, status=cut(text, MOST_STATUS)
                )
            )
        except ChannelRefused as error:
            # The workspace or the plan has no such pane; a thread that is none says so for itself alone.
            self._lacking = error.params.get("reason") in ("missing_scope", "unknown_method", "not_allowed_token_type")
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
