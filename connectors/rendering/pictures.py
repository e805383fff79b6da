"""A chart as a picture; none where the machine's fonts lack its characters. Loads what draws: see `core.drawing`."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape, unescape

import vl_convert

from connectors.rendering.text import INVISIBLE
from core.charts import draw, style
from core.drawing import Look
from core.reply import Chart, Table

SCALE = 2.0
UNKNOWN = "\U0010fffd"
"""A private character that no font has."""


def picture(table: Table, chart: Chart, look: Look, names: Mapping[str, str]) -> bytes | None:
    """The chart as PNG; None where a character of it would be an empty box."""
    svg = draw(table, chart, look, names=names)
    return vl_convert.svg_to_png(svg, scale=SCALE) if readable(_texts(svg)) else None


def _texts(svg: str) -> str:
    return unescape("".join(re.findall(r">([^<>]+)</text>", svg)))


def readable(text: str) -> bool:
    """Whether the machine's fonts have every character of it."""
    seen = {char for char in text if unicodedata.category(char) not in INVISIBLE}
    return all(_drawn(char) for char in sorted(seen))


@lru_cache(maxsize=20_000)
def _drawn(char: str) -> bool:
    return _picture(char) not in _nothing()


@cache
def _nothing() -> tuple[bytes, bytes]:
    return _picture(UNKNOWN), _picture(" ")


def _picture(char: str) -> bytes:
    """How the fonts of charts draw one character."""
    font = escape(str(style()["font"]))
    text = f'<text x="2" y="18" font-size="16" font-family="{font}">{escape(char)}</text>'
    return vl_convert.svg_to_png(f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">{text}</svg>')
