"""Words of a question: Latin words without their plural, numbers, and single Chinese characters."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from core.language import fold

# "Anna's" -> "anna", "'s"; "GTK500" -> "gtk", "500"; "1,200.50" stays whole; ">=" and "%" are words
_WORD = re.compile(r"'s\b|[^\W\d_]+|\d+(?:[.,]\d+)*|[<>]=?|[%&]", re.UNICODE)
POSSESSIVE = "'s"


class Token(NamedTuple):
    """One word at its place in the text; `word` is what is compared."""

    start: int
    end: int
    word: str

    @property
    def latin(self) -> bool:
        """Whether this is a word of letters, not a number or a Chinese character."""
        return self.word[0].isalpha() and not wide(self.word[0])


@lru_cache(maxsize=8192)
def wide(char: str) -> bool:
    """Whether a character is written without spaces to its neighbours, as Chinese is."""
    return unicodedata.category(char) == "Lo"


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """An English noun without its plural ending, alike for the words known and the words asked."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def _plain(char: str) -> str:
    return unicodedata.normalize("NFD", char)[0]


def clean(text: str) -> str:
    """The text as it is matched, each character at its old place: folded, and without accents."""
    return "".join(map(_plain, fold(text).replace("\u2019", "'").replace("\u2018", "'")))


def tokenise(text: str) -> list[Token]:
    """The tokens of a text that went through `clean`."""
    return [token for match in _WORD.finditer(text) for token in _pieces(match.start(), match[0])]


def _pieces(start: int, word: str) -> list[Token]:
    found: list[Token] = []
    run = 0
    for place, char in enumerate(word):
        if wide(char):
            if run < place:
                found.append(Token(start + run, start + place, stem(word[run:place])))
            found.append(Token(start + place, start + place + 1, char))
            run = place + 1
    if run < len(word):
        found.append(Token(start + run, start + len(word), stem(word[run:])))
    return found


@lru_cache(maxsize=65536)
def words_of(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as they are compared with the words of a question."""
    return tuple(token.word for token in tokenise(clean(phrase)))
