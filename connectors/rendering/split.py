"""A long text in pieces that fit: cut where the sense allows, never inside a character, code fences whole in each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from connectors.rendering.text import Size, glyphs
from core.language import CJK, lexicon

FENCE = "```"
FENCE_LINE = re.compile(rf"\s*{FENCE}[\w.+#-]*\s*")
EARLIEST = 0.4
"""A better place to cut is taken only where this share of the room is filled."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: `text` is cut if it has to be, between `opening` and `closing` that every piece gets.

    `frame` is how much of the channel's limit these two take, and `exact` says that line breaks and blanks count.
    """

    text: str
    opening: str = ""
    closing: str = ""
    frame: int = 0
    exact: bool = False
    gap: str = "\n\n"
    """What stands before it, unless it is the first."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Prose, or the inside of a code fence."""

    text: str
    exact: bool = False


def passages(text: str) -> list[Passage]:
    """The text as prose and code; a fence that is never closed holds the rest."""
    found: list[Passage] = []
    lines: list[str] = []
    exact = False
    for line in text.split("\n"):
        if not FENCE_LINE.fullmatch(line):
            lines.append(line)
            continue
        _keep(found, lines, exact=exact)
        lines, exact = [], not exact
    _keep(found, lines, exact=exact)
    return found


def _keep(found: list[Passage], lines: list[str], *, exact: bool) -> None:
    text = "\n".join(lines) if exact else "\n".join(lines).strip()
    if text.strip():
        found.append(Passage(text, exact))


def split(text: str, limit: int, size: Size = len, *, exact: bool = False) -> list[str]:
    """Pieces of at most `limit` by the channel's own count; nothing but the blanks at the cuts is lost."""
    return list(_pieces(text, limit, size, exact=exact))


def _pieces(text: str, limit: int, size: Size, *, exact: bool) -> Iterator[str]:
    rest = text if exact else text.strip()
    while rest:
        head, rest = take(rest, limit, size, exact=exact)
        if head.strip():
            yield head


def take(text: str, room: int, size: Size, *, exact: bool = False) -> tuple[str, str]:
    """What fits into `room`, at least one character, and the rest."""
    if size(text) <= room:
        return text, ""
    ends = _ends(text, room, size)
    at = _cut(text, ends, exact=exact)
    if exact:
        return text[:at], text[at:].removeprefix("\n")
    return text[:at].rstrip(), text[at:].lstrip()


def _ends(text: str, room: int, size: Size) -> list[int]:
    """Where the characters that fit end."""
    found: list[int] = []
    end = used = 0
    for glyph, _ in glyphs(text[: max(room, 1) + 1]):
        used += size(glyph)
        if used > room:
            break
        end += len(glyph)
        found.append(end)
    return found or [_some(text, room, size)]


def _some(text: str, room: int, size: Size) -> int:
    """Of a character that is itself too long, as many code points as fit."""
    end = 1
    while end < len(text) and size(text[: end + 1]) <= room:
        end += 1
    return end


@cache
def _places() -> list[re.Pattern[str]]:
    return [re.compile(place) for place in lexicon("breaks")["places"]]


@cache
def _never_first() -> frozenset[str]:
    return frozenset(lexicon("breaks")["never_first"])


def _cut(text: str, ends: list[int], *, exact: bool) -> int:
    allowed, last = set(ends), ends[-1]
    for place in _places()[1:2] if exact else _places():
        found = [match.end() for match in place.finditer(text, 0, last + 1)]
        good = [end for end in found if last * EARLIEST <= end and (end in allowed)]
        if good:
            return good[-1]
    return last if exact else _between(text, ends)


def _between(text: str, ends: list[int]) -> int:
    """Between two characters: where Chinese is, before any that may begin a line."""
    for end in reversed(ends):
        if end < ends[-1] * EARLIEST:
            break
        after = text[end : end + 1]
        if after not in _never_first() and re.match(f"[{CJK}]", after or text[end - 1]):
            return end
    return ends[-1]


def pack(parts: list[Part], limit: int, size: Size) -> list[list[Part]]:
    """The parts on as few pages as their sense allows, each within the limit; a part too long goes over pages."""
    pages: list[list[Part]] = [[]]
    used = 0
    for part in parts:
        rest = part.text
        while rest.strip():
            room = limit - used - part.frame - (size(part.gap) if pages[-1] else 0)
            whole = size(rest) <= limit - part.frame
            if pages[-1] and size(rest) > room and (room < limit / 3 or (part.exact and whole)):
                pages.append([])
                used = 0
                continue
            head, rest = take(rest, room, size, exact=part.exact)
            if head.strip():
                used += part.frame + size(head) + (size(part.gap) if pages[-1] else 0)
                pages[-1].append(replace(part, text=head))
    return [page for page in pages if page]


def fenced(text: str, *, gap: str = "\n\n") -> list[Part]:
    """The text as parts whose code keeps its fences in every piece, for channels that show a text as it is."""
    frame = 2 * (len(FENCE) + 1)
    return [
        Part(one.text, f"{FENCE}\n", f"\n{FENCE}", frame, exact=True, gap=gap) if one.exact else Part(one.text, gap=gap)
        for one in passages(text)
    ]


def written(page: list[Part], mark: Callable[[str], str] = str) -> str:
    """A page as text: each part in its frame, behind its gap, with the channel's marks made harmless by `mark`."""
    texts = [f"{part.opening}{mark(part.text)}{part.closing}" for part in page]
    gaps = ["", *(part.gap for part in page[1:])]
    return "".join(gap + text for gap, text in zip(gaps, texts, strict=True))
