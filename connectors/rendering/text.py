"""Characters as people see them: which belong together, how wide they are, how channels count them."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from rich.cells import split_graphemes

UNICODE = "latest"
ELLIPSIS = "…"
INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})
"""Categories of characters that show nothing by themselves."""
Size = Callable[[str], int]
"""How long a channel says a text is; of two texts together, the sum of both."""


def glyphs(text: str) -> list[tuple[str, int]]:
    """What is seen as one character, with its width in cells: an emoji with all its parts, a letter with its marks."""
    first, *others = text.split("\n")
    found = _of_line(first)
    for line in others:
        found += [("\n", 0), *_of_line(line)]
    return found


def _of_line(line: str) -> list[tuple[str, int]]:
    spans, _ = split_graphemes(line, UNICODE)
    found: list[tuple[str, int]] = []
    for start, end, cells in spans:
        if found and _is_region(line[start]) and len(found[-1][0]) == 1 and _is_region(found[-1][0]):
            found[-1] = (found[-1][0] + line[start:end], 2)
        else:
            found.append((line[start:end], cells))
    return found


def _is_region(char: str) -> bool:
    """Half of a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def width(text: str) -> int:
    """How many cells of a fixed-width font it takes; wide characters and emoji take two."""
    return sum(cells for _, cells in glyphs(text))


def utf16(text: str) -> int:
    """How many UTF-16 units it has."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, limit: int, size: Size = len) -> str:
    """The text, or as much of it as fits with an ellipsis; characters stay whole."""
    if size(text) <= limit:
        return text
    kept, used = [], size(ELLIPSIS)
    for glyph, _ in glyphs(text):
        used += size(glyph)
        if used > limit:
            break
        kept.append(glyph)
    return "".join(kept).rstrip() + ELLIPSIS


@cache
def _controls() -> re.Pattern[str]:
    return re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """Without what no channel takes or what turns the text around it: controls, overrides of direction, lone halves."""
    return _controls().sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(clean(text).split())


def seen(text: str) -> bool:
    """Whether there is anything in it to see."""
    return any(unicodedata.category(char) not in INVISIBLE for char in text)
