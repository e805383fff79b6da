"""The sentence in which something was said: a word alone tells nobody what happened."""

import re
from functools import cache

from core.language import lexicon

LONGEST = 200
CUT = "…"


def sentence_around(text: str, start: int, end: int, most: int = LONGEST) -> str:
    """The sentences of `text` that hold what stands from `start` to `end`, in one line.

    Where they are longer than `most` characters, what is around the place is left, and the cuts are marked.
    """
    ends = [0, *(found.end() for found in _ends().finditer(text)), len(text)]
    first, last = max(one for one in ends if one <= start), min(one for one in ends if one >= end)
    room = max(0, most - (end - start)) // 2
    begin, stop = max(first, start - room), min(last, end + room)
    if last - first <= most:
        begin, stop = first, last
    words = " ".join(text[begin:stop].split())
    return (CUT if begin > first else "") + words + (CUT if stop < last else "")


@cache
def _ends() -> re.Pattern[str]:
    _, line, sentence, *_ = lexicon("breaks")["places"]
    return re.compile(f"{line}|{sentence}")
