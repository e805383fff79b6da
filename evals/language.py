"""Whether a reply speaks the language it should, whatever script its names are in."""

import re

from core.language import CJK
from core.reply import Reply
from core.wording import Lang

HANZI = re.compile(f"[{CJK}]")
WORD = re.compile(r"[a-z]{2,}")
MOST_NAMES = 0.5


def speaks(reply: Reply, lang: Lang) -> bool:
    """Chinese has Chinese in it; English has words, and more of them than Chinese characters of names."""
    hanzi = len(HANZI.findall(reply.text))
    if lang == "zh":
        return hanzi >= 2
    words = len(WORD.findall(reply.text.lower()))
    names = sum(
        len(HANZI.findall(cell))
        for row in (reply.table.rows if reply.table else ())
        for cell in row
        if isinstance(cell, str)
    )
    return words >= 1 and hanzi <= max(words * MOST_NAMES * 4, names)
