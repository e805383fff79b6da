"""Messages in Telegram's HTML, which counts UTF-16 units of what is seen; and keyboards below them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from connectors.rendering.reply import ASK, Shown, shown_of
from connectors.rendering.split import Part, pack, passages, written
from connectors.rendering.tables import aligned, fits, grid_of, listed, rest_of
from connectors.rendering.text import cut, seen, utf16
from core.channels import Button, Content
from core.ports import Labels
from core.wording import say

LIMIT = 4096
MOST_DATA = 64
"""Bytes that a button carries."""
MOST_BUTTONS, MOST_IN_ROW = 100, 8
WIDEST, MOST_ROWS, MOST_ENTRIES = 40, 25, 10
"""Cells that fit beside each other on a telephone; rows of a table, and of one that had to become a list."""
LONGEST_NAME = 100

Key = Mapping[str, str]
"""A button of a keyboard, in the fields of the Bot API."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in HTML; the keyboard is below the last."""

    text: str
    keyboard: tuple[tuple[Key, ...], ...] = ()

    @property
    def plain(self) -> str:
        """What is seen of it, for where the mark-up is refused after all."""
        return unescape(re.sub(r"</?(?:b|i|pre|blockquote)(?: expandable)?>", "", self.text))


def html_of(content: Content, labels: Labels, currency: str = "") -> list[Rendered]:
    """The message in as many as its length asks for, at least one; every one is valid by itself."""
    shown = shown_of(content, labels, currency)
    texts = [written(page, escape) for page in pack(_parts(shown), LIMIT, utf16)]
    return [*(Rendered(text) for text in texts[:-1]), Rendered(texts[-1], keyboard_of(shown.buttons))]


def escape(text: str) -> str:
    """The text with nothing in it that Telegram takes for mark-up."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _parts(shown: Shown) -> list[Part]:
    parts = [Part(shown.title, "<b>", "</b>")] if shown.title else []
    for text in shown.texts:
        parts += [
            Part(one.text, "<pre>", "</pre>", exact=True) if one.exact else Part(one.text) for one in passages(text)
        ]
    parts += [_field(name, value, shown, first=not place) for place, (name, value) in enumerate(shown.fields)]
    parts += _table(shown)
    parts += [Part("\n".join(shown.receipts), "<i>", "</i>")]
    parts += [Part("\n".join(shown.sources), "<blockquote expandable>", "</blockquote>")]
    return [part for part in parts if part.text.strip()]


def _field(name: str, value: str, shown: Shown, *, first: bool) -> Part:
    before, after = say("rendering.pair", shown.lang, name="\0", value="").split("\0")
    named = cut(name, LONGEST_NAME, utf16)
    opening = f"{before}<b>{escape(named)}</b>{after}"
    return Part(value or "–", opening, frame=utf16(before + named + after), gap="\n\n" if first else "\n")


def _table(shown: Shown) -> list[Part]:
    if shown.table is None:
        return []
    grid = grid_of(shown.table, shown.reader, most=MOST_ROWS)
    if fits(grid, WIDEST):
        part = Part(aligned(grid), "<pre>", "</pre>", exact=True)
    else:
        grid = grid_of(shown.table, shown.reader, most=MOST_ENTRIES)
        part = Part(listed(grid, shown.lang))
    return [part, Part(rest_of(grid, shown.lang), "<i>", "</i>", gap="\n")]


def keyboard_of(rows: Sequence[Sequence[Button]]) -> tuple[tuple[Key, ...], ...]:
    """The buttons as a keyboard, suggestions below each other; one whose value Telegram can't carry is left out."""
    keys: list[tuple[Key, ...]] = []
    number = 0
    for row in rows:
        made: list[Key] = []
        for button in row:
            number += 1
            key = _key(button, number)
            if key and number <= MOST_BUTTONS:
                made.append(key)
        apart = 1 if row and row[0].value.startswith(f"{ASK}:") else MOST_IN_ROW
        keys += [tuple(made[start : start + apart]) for start in range(0, len(made), apart)]
    return tuple(keys)


def _key(button: Button, number: int) -> Key | None:
    label = button.label if seen(button.label) else "…"
    if button.url:
        return {"text": label, "url": button.url}
    if len(button.value.encode()) <= MOST_DATA:
        return {"text": label, "callback_data": button.value}
    verb, _, argument = button.value.partition(":")
    return {"text": button.label, "callback_data": f"{verb}={number}"} if argument == button.label else None


def pressed(data: str, keyboard: Sequence[Sequence[Mapping[str, object]]]) -> str | None:
    """What the pressed button stands for, as `verb:argument`, given the keyboard it is in.

    A value too long to be carried is written on the button; None where its keyboard is no more.
    """
    found = re.fullmatch(r"(\w+)=\d+", data)
    if found is None:
        return data
    label = next((key["text"] for row in keyboard for key in row if key.get("callback_data") == data), None)
    return f"{found[1]}:{label}" if label else None
