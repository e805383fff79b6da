"""Turns of phrase: words with gaps between them, where any name is as good as another, and any number."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from core.said import Speaker
from tools.signals.prepare import Prepared, prepare

TOKEN = re.compile(r"[A-Za-z']+|\d[\d.,]*%?|[^\W\d_A-Za-z]|[?!]")
OPENS = frozenset('.!?:;\n"')
NUMBER, NAME, FIRST, LAST = "#", "@", "^", "$"
SHORT = 60
"""Letters, a Chinese one counting double, up to which a text may be an answer that says little by itself."""


def phrases(plain: str) -> Iterator[str]:
    """Two and three words in a row, and two with one or two left out between them."""
    words = [FIRST, *words_of(plain), LAST]
    yield from (" ".join(pair) for pair in pairwise(words))
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        yield f"{first} {second} {third}"
        yield f"{first} _ {third}"
    yield from (f"{first} _ _ {last}" for first, last in zip(words, words[3:], strict=False))


def asked_words(plain: str) -> Iterator[str]:
    """What a question is known by: its words, and two of them in a row."""
    words = [FIRST, *words_of(plain), LAST] if plain else []
    yield from words
    yield from (" ".join(pair) for pair in pairwise(words))


def words_of(plain: str) -> list[str]:
    """Words and Chinese letters in order; a capital inside a sentence makes a name."""
    return [_word(found.group(), opens=_opens(plain, found.start())) for found in TOKEN.finditer(plain)]


def asked(text: Prepared, before: Sequence[tuple[Speaker, str]]) -> str:
    """What the rep said last, if the text is short enough to be an answer to it; else nothing."""
    if not before or before[-1][0] != "rep" or len(text.plain) * (2 if text.chinese else 1) >= SHORT:
        return ""
    return prepare(before[-1][1]).plain


def _opens(plain: str, start: int) -> bool:
    """Whether a sentence, or the text, begins there."""
    while start and plain[start - 1].isspace():
        start -= 1
    return start == 0 or plain[start - 1] in OPENS


def _word(word: str, *, opens: bool) -> str:
    if word[0].isdigit():
        return NUMBER
    if not opens and word[0].isupper() and word != "I" and not word.startswith("I'"):
        return NAME
    return word.lower()
