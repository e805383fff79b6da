"""When the words of a corrected text were said: kept where a word stayed, spread over the time of what it replaces."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from core.language import CJK, fold

# Accepts e.g. " price", "don't", "价" each as one word with the spaces before it
WORD = re.compile(rf"\s*(?:[{CJK}]|[^\s{CJK}]+)")
BARE = re.compile(r"[^\w]+")


def retimed(text: str, words: Sequence[Mapping[str, Any]], start: float, end: float) -> list[dict[str, Any]]:
    """The words of `text` with times between `start` and `end` that never run backwards."""
    if not words:
        return []
    new = WORD.findall(text)
    before, after = [_bare(str(word["word"])) for word in words], [_bare(word) for word in new]
    found: list[dict[str, Any]] = []
    for tag, one, other, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [{**word, "word": shown} for word, shown in zip(words[one:other], new[first:last], strict=True)]
            continue
        began = float(found[-1]["end"]) if found else start
        until = float(words[other]["start"]) if other < len(words) else end
        found += _spread(new[first:last], began, max(until, began))
    return found


def _bare(word: str) -> str:
    return BARE.sub("", fold(word)) or word.strip()


def _spread(words: Sequence[str], start: float, end: float) -> list[dict[str, Any]]:
    """Each word has time by its length; what a person wrote is certain."""
    total = sum(len(word) for word in words) or 1
    spread, at = [], start
    for word in words:
        until = at + (end - start) * len(word) / total
        spread.append({"word": word, "start": round(at, 3), "end": round(until, 3), "confidence": 1.0})
        at = until
    return spread
