"""Messages as plain text, for channels without mark-up."""

from dataclasses import dataclass

from connectors.rendering.reply import Shown, shown_of
from connectors.rendering.split import Part, fenced, pack, written
from connectors.rendering.tables import aligned, fits, grid_of, listed, rest_of
from connectors.rendering.text import Size
from core.channels import Button, Content
from core.ports import Labels
from core.wording import say

LIMIT = 4000
WIDEST, MOST_ROWS = 80, 30


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message; the buttons are below the last."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()


def text_of(
    content: Content, labels: Labels, currency: str = "", *, limit: int = LIMIT, size: Size = len
) -> list[Rendered]:
    """The message in as many as its length asks for, at least one."""
    shown = shown_of(content, labels, currency)
    texts = [written(page) for page in pack(_parts(shown), limit, size)]
    return [*(Rendered(text) for text in texts[:-1]), Rendered(texts[-1], shown.buttons)]


def _parts(shown: Shown) -> list[Part]:
    parts = [Part(shown.title)] if shown.title else []
    parts += [part for text in shown.texts for part in fenced(text)]
    parts += [
        Part(say("rendering.pair", shown.lang, name=name, value=value), gap="\n" if place else "\n\n")
        for place, (name, value) in enumerate(shown.fields)
    ]
    if shown.table:
        grid = grid_of(shown.table, shown.reader, most=MOST_ROWS)
        wide = not fits(grid, WIDEST)
        parts += [Part(listed(grid, shown.lang)) if wide else Part(aligned(grid), exact=True)]
        parts += [Part(rest_of(grid, shown.lang), gap="\n")]
    told = "\n".join((*shown.receipts, *shown.sources))
    return [part for part in (*parts, Part(told)) if part.text.strip()]
