"""A reply's chart as a picture, for channels that show no SVG; none where the machine's fonts lack its characters."""

import re
import unicodedata
from functools import cache, lru_cache
from html import escape, unescape

import vl_convert

from connectors.rendering.text import INVISIBLE
from core.charts import Look, draw, style
from core.ports import Labels
from core.reply import Reply

SCALE = 2.0
LEAST_ROWS = 2
UNKNOWN = "\U0010fffd"
"""A private character that no font has."""


def png_of(reply: Reply, labels: Labels) -> bytes | None:
    """The chart as PNG on white; None where there is none to draw, or a character of it would be an empty box.

    Takes tenths of a second: call it in a thread.
    """
    table = reply.table
    if reply.chart is None or table is None or len(table.rows) < LEAST_ROWS:
        return None
    svg = draw(table, reply.chart, Look(lang=reply.lang, solid=True), names=labels(reply.lang))
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
