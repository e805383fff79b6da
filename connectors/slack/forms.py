"""In which forms a message can be said, the richest first."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import structlog

from connectors.rendering.charts import png_of
from connectors.rendering.plain import text_of
from connectors.rendering.slack import MOST_BLOCKS, Rendered, blocks_of, escape
from connectors.rendering.text import cut
from connectors.slack.files import Files
from core.channels import ChannelBusy, ChannelRefused, Content
from core.ports import Labels

log = structlog.get_logger("slack")
Form = Literal["tables", "blocks", "text"]
PROCESSING = 1.0
"""Seconds that Slack may take to know a picture that it was sent."""
LONGEST = 3000
"""Slack shows 4,000 characters whole; escaping takes some of them."""
MOST_ALT = 2000


@dataclass(frozen=True, slots=True)
class Forms:
    """Words contents for one workspace."""

    labels: Labels
    files: Files
    currency: str = ""

    def pages(self, content: Content, form: Form) -> list[Rendered]:
        """The content with Slack's own tables, with tables as text, or as text alone."""
        if form != "text":
            return blocks_of(content, self.labels, self.currency, tables=form == "tables")
        pages = text_of(content, self.labels, self.currency, limit=LONGEST)
        return [Rendered(escape(page.text), []) for page in pages]

    async def each(self, content: Content) -> AsyncIterator[list[Rendered]]:
        """The forms in which to try to say it, until Slack takes one: no answer is lost to its looks."""
        rich = self.pages(content, "tables")
        picture = await self._picture(content)
        if picture is not None:
            illustrated = [*rich[:-1], _with(rich[-1], picture)]
            yield illustrated
            await asyncio.sleep(PROCESSING)
            yield illustrated
        yield rich
        yield self.pages(content, "blocks")
        yield self.pages(content, "text")

    async def attached(self, content: Content) -> list[str]:
        """The files that go with it, uploaded; ChannelBusy to be tried again."""
        found = []
        for file in () if content.busy else content.files:
            try:
                found.append(await self.files.upload(file.name, await asyncio.to_thread(Path(file.path).read_bytes)))
            except (ChannelRefused, OSError) as error:
                log.error("slack.file_left_out", name=file.name, reason=str(error))
        return found

    async def _picture(self, content: Content) -> dict[str, Any] | None:
        if content.busy or content.reply is None or content.reply.chart is None:
            return None
        data = await png_of(content.reply, self.labels)
        if data is None:
            return None
        try:
            file = await self.files.upload("chart.png", data)
        except (ChannelBusy, ChannelRefused) as error:
            # The numbers are in the table; an answer does not wait for its picture.
            log.warning("slack.picture_left_out", reason=str(error))
            return None
        return {"type": "image", "slack_file": {"id": file}, "alt_text": cut(content.reply.text or "chart", MOST_ALT)}


def _with(page: Rendered, picture: dict[str, Any]) -> Rendered:
    """The page with the picture above its buttons."""
    if len(page.blocks) >= MOST_BLOCKS:
        return page
    end = len(page.blocks)
    while end and page.blocks[end - 1]["type"] == "actions":
        end -= 1
    return Rendered(page.text, [*page.blocks[:end], picture, *page.blocks[end:]])
