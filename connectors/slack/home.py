"""The home tab: a page of a person's own."""

from connectors.slack.forms import Form, Forms
from connectors.slack.wire import Wire
from core.channels import ChannelRefused, Content

MOST_BLOCKS = 100
FORMS: tuple[Form, ...] = ("blocks", "text")
"""A view has no tables of Slack's own."""


class HomeTab:
    """Publishes home tabs; each replaces the one before."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def publish(self, account: str, forms: Forms, content: Content) -> None:
        """Show the content to the account, without what doesn't fit."""
        for form in FORMS:
            pages = forms.pages(content, form)
            blocks = [block for page in pages for block in page.blocks or [_section(page.text)]]
            try:
                await self._wire.call(
                    self._wire.client.views_publish(
                        user_id=account, view={"type": "home", "blocks": blocks[:MOST_BLOCKS]}
                    )
                )
                return
            except ChannelRefused as error:
                if error.params.get("reason") not in ("invalid_arguments", "invalid_blocks") or form == FORMS[-1]:
                    raise


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}
