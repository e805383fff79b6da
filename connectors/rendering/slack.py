"""Messages as Slack's blocks, within the documented limits; every one has words for where blocks aren't shown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.rendering.reply import Shown, shown_of
from connectors.rendering.split import FENCE, passages, split
from connectors.rendering.tables import Grid, aligned, fits, grid_of, listed, rest_of
from connectors.rendering.text import cut, seen, utf16
from core.channels import Button, Content
from core.ports import Labels

Block = dict[str, Any]
MOST_BLOCKS, MOST_TEXT, MOST_IN_ALL = 50, 3000, 12_000
MOST_FIELDS, MOST_FIELD, MOST_HEADER, MOST_CONTEXT = 10, 2000, 150, 2000
MOST_IN_ROW, MOST_LABEL, MOST_VALUE = 5, 75, 2000
MOST_FALLBACK = 3000
MOST_COLUMNS, MOST_CELLS = 20, 8000
"""Of a table block: columns, and characters in all of its cells."""
WIDEST, MOST_ROWS, MOST_ENTRIES = 76, 30, 12
STYLES = {"good": "primary", "bad": "danger"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message: `text` is what notifications and screen readers say. Buttons are in the last."""

    text: str
    blocks: list[Block]


def blocks_of(content: Content, labels: Labels, currency: str = "", *, tables: bool = True) -> list[Rendered]:
    """The message in as many as its length asks for, at least one.

    Without `tables`, a table is text in a code block: for the home tab, and for a second try where Slack takes none.
    """
    shown = shown_of(content, labels, currency)
    blocks = [
        *_texts(shown),
        *_fields(shown),
        *_table(shown, native=tables),
        *_notes(shown),
        *actions_of(shown.buttons),
    ]
    return [Rendered(_fallback(page), page) for page in _pages(blocks)]


def escape(text: str) -> str:
    """The text with nothing in it that Slack takes for a mention, a link or a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _size(text: str) -> int:
    return utf16(escape(text))


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _code(text: str) -> Iterator[Block]:
    harmless = text.replace(FENCE, "``\u200b`")
    for piece in split(harmless, MOST_TEXT - 2 * (len(FENCE) + 1), _size, exact=True):
        yield _section(f"{FENCE}\n{escape(piece)}\n{FENCE}")


def _prose(text: str) -> Iterator[Block]:
    for piece in split(text, MOST_TEXT, _size):
        yield _section(escape(piece))


def _texts(shown: Shown) -> Iterator[Block]:
    if shown.title:
        title = {"type": "plain_text", "text": cut(shown.title, MOST_HEADER, utf16), "emoji": True}
        yield {"type": "header", "text": title}
    for text in shown.texts:
        for one in passages(text):
            yield from _code(one.text) if one.exact else _prose(one.text)


def _fields(shown: Shown) -> Iterator[Block]:
    texts = [f"*{escape(cut(name, 200))}*\n{escape(cut(value or '–', 1500, _size))}" for name, value in shown.fields]
    for start in range(0, len(texts), MOST_FIELDS):
        fields = [{"type": "mrkdwn", "text": text} for text in texts[start : start + MOST_FIELDS]]
        yield {"type": "section", "fields": fields}


def _table(shown: Shown, *, native: bool) -> Iterator[Block]:
    if shown.table is None:
        return
    grid = grid_of(shown.table, shown.reader, most=MOST_ROWS)
    if native and _allowed(grid):
        yield _native(grid)
    elif fits(grid, WIDEST):
        yield from _code(aligned(grid))
    else:
        grid = grid_of(shown.table, shown.reader, most=MOST_ENTRIES)
        yield from _prose(listed(grid, shown.lang))
    if rest := rest_of(grid, shown.lang):
        yield _context(escape(rest))


def _allowed(grid: Grid) -> bool:
    cells = [cell for row in (grid.heads, *grid.rows) for cell in row]
    return len(grid.heads) <= MOST_COLUMNS and sum(utf16(cell) for cell in cells) <= MOST_CELLS


def _native(grid: Grid) -> Block:
    rows = [[{"type": "raw_text", "text": cell or "–"} for cell in row] for row in (grid.heads, *grid.rows)]
    settings = [{"align": "right" if right else "left", "is_wrapped": not right} for right in grid.right]
    return {"type": "table", "rows": rows, "column_settings": settings}


def _notes(shown: Shown) -> Iterator[Block]:
    for lines in (shown.receipts, shown.sources):
        for piece in split("\n".join(lines), MOST_CONTEXT, _size):
            yield _context(escape(piece))


def actions_of(rows: Sequence[Sequence[Button]]) -> Iterator[Block]:
    """The buttons as blocks of at most five; `value` is the button's own, and ids differ within a message."""
    number = 0
    for row in rows:
        for start in range(0, len(row), MOST_IN_ROW):
            elements = []
            for button in row[start : start + MOST_IN_ROW]:
                number += 1
                elements.append(_button(button, number))
            yield {"type": "actions", "elements": elements}


def _button(button: Button, number: int) -> Block:
    made: Block = {
        "type": "button",
        "action_id": f"button-{number}",
        "text": {
            "type": "plain_text",
            "text": cut(button.label, MOST_LABEL, utf16) if seen(button.label) else "…",
            "emoji": True,
        },
        "value": button.value[:MOST_VALUE],
    }
    if button.style in STYLES:
        made["style"] = STYLES[button.style]
    return made | ({"url": button.url} if button.url else {})


def _words(block: Block) -> list[str]:
    """The words in a block that are neither its table's nor its buttons', with no mention or link in them."""
    texts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
    found = [one for one in texts if one and one["type"] in ("mrkdwn", "plain_text")]
    return [escape(one["text"]) if one["type"] == "plain_text" else one["text"] for one in found]


def _length(block: Block) -> int:
    cells = sum(utf16(cell["text"]) for row in block.get("rows", ()) for cell in row)
    return cells + sum(utf16(text) for text in _words(block))


def _pages(blocks: list[Block]) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    used = 0
    for block in blocks:
        length = _length(block)
        if len(pages[-1]) == MOST_BLOCKS or (pages[-1] and used + length > MOST_IN_ALL):
            pages.append([])
            used = 0
        pages[-1].append(block)
        used += length
    return pages


def _fallback(page: list[Block]) -> str:
    text = "\n".join(words for block in page for words in _words(block))
    short = cut(text, MOST_FALLBACK, utf16)
    return re.sub(r"&\w*…$", "…", short) or "…"
