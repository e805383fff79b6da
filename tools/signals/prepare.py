"""A text as the detector reads it: same length as the original, so that what is found can be quoted from it."""

import re
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

from core.language import fold

HANZI = range(0x4E00, 0xA000)
CJK = re.compile(f"[{chr(HANZI.start)}-{chr(HANZI.stop - 1)}]")
LATIN = re.compile(r"[A-Za-z]{2}")
SENTENCE = re.compile(r"(?<=[.!?;\n])\s+|(?<=[.!?;])(?=[^\s\d.!?;)\"'])|\n+")
QUOTED_REPLY = re.compile(r"^[ \t]*>.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prepared:
    """`plain` and `lower` are as long as `text`: half-width, Simplified, quoted replies blanked out."""

    text: str
    plain: str
    lower: str
    sentences: tuple[tuple[int, int], ...]

    @property
    def chinese(self) -> bool:
        """Whether any of it is Chinese."""
        return bool(CJK.search(self.plain))

    @property
    def latin(self) -> bool:
        """Whether any of it is in Latin letters."""
        return bool(LATIN.search(self.plain))


@cache
def _simplified() -> dict[int, str]:
    """Character for character: converting whole texts may change their length."""
    chars = "".join(chr(code) for code in HANZI)
    converted = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    return {
        ord(char): simple for char, simple in zip(chars, converted, strict=True) if simple != char and len(simple) == 1
    }


@cache
def _narrow() -> dict[int, str]:
    """Full-width letters, digits and marks as their half-width twins, and the Chinese full stop and comma with them."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {0x3002: ".", 0x3001: ",", 0x3000: " ", 0xA0: " ", 0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'}
    return table | {0x2014: ";", 0x2013: "-", 0x2026: ";", 0x02BC: "'", 0x0060: "'"}


def prepare(text: str) -> Prepared:
    """The text made ready to be matched."""
    plain = text.translate(_simplified()).translate(_narrow())
    plain = QUOTED_REPLY.sub(lambda quoted: " " * len(quoted.group()), plain)
    return Prepared(text, plain, fold(plain), _sentences(plain))


def _sentences(plain: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    start = 0
    for gap in SENTENCE.finditer(plain):
        if plain[start : gap.start()].strip():
            spans.append((start, gap.start()))
            start = gap.end()
    if plain[start:].strip():
        spans.append((start, len(plain)))
    return tuple(spans) or ((0, len(plain)),)
