"""Slips of the keyboard put right before a question is read, and only where one word is clearly meant."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tools.metrics.lexicon.lexicon import Lexicon
from tools.metrics.lexicon.names import allowed_slips
from tools.metrics.lexicon.tokens import Token, tokenise, wide
from tools.metrics.lexicon.words import word_set
from tools.metrics.reader.items import Line
from tools.metrics.reader.scan import shouted

SHORTEST = 4


@lru_cache(maxsize=1)
def _protected() -> frozenset[str]:
    """Words that are no slip of any other."""
    return word_set("plain") | word_set("people") | word_set("firms") | word_set("titles") | word_set("times")


def correct(original: str, cleaned: str, lexicon: Lexicon) -> tuple[str, str]:
    """The question as written and as matched, with misspelt Latin words replaced in both."""
    for token in reversed(tokenise(cleaned)):
        if not token.latin or len(token.word) < SHORTEST or _known(token.word, lexicon):
            continue
        meant = _meant(token, original, lexicon)
        if meant is not None:
            original = original[: token.start] + meant + original[token.end :]
            cleaned = cleaned[: token.start] + meant + cleaned[token.end :]
    return original, cleaned


def _known(word: str, lexicon: Lexicon) -> bool:
    return (
        word in lexicon.vocabulary
        or word in _protected()
        or word in lexicon.joined
        or bool(lexicon.names.squashed(word))
        or word in lexicon.names.vocabulary
    )


def _meant(token: Token, original: str, lexicon: Lexicon) -> str | None:
    word = token.word
    slips = allowed_slips(word)
    named = original[token.start].isupper() and token.start > 0 and not shouted(original)
    words = lexicon.names.vocabulary if named else lexicon.names.vocabulary | lexicon.vocabulary | word_set("times")
    found = process.extract(word, words, scorer=OSA.distance, score_cutoff=max(slips, 1), limit=12)
    near = [(one, distance) for one, distance, _ in found if _plausible(word, one, slips)]
    if not near:
        return None
    least = min(distance for _, distance in near)
    best = [one for one, distance in near if distance == least]
    for keep in (lexicon.names.vocabulary, lexicon.content_words, word_set("times")):
        if len(best) > 1 and any(one in keep for one in best):
            best = [one for one in best if one in keep]
    if len(best) > 1:
        best = [one for one in best if one[0] == word[0]]
    return best[0] if len(best) == 1 else None


def _plausible(said: str, meant: str, slips: int) -> bool:
    """A slip keeps the first letter or only swaps letters; short words must have the same letters."""
    if len(meant) < SHORTEST or not meant.isascii() or wide(meant[0]):
        return False
    if sorted(said) == sorted(meant):
        return True
    if slips == 0:
        return False
    if meant in word_set("times") and len(meant) < 6 and said[0] != meant[0]:
        return False
    return said[0] == meant[0] or said[-1] == meant[-1]


def correct_chinese(text: str, line: Line, lexicon: Lexicon) -> str | None:
    """The text with one wrong Chinese character put right, where that makes a known word; None if there is none."""
    for item in line:
        if not (item.kind == "unknown" or item.cue("big")) or not wide(item.text[0]):
            continue
        for size in range(7, 2, -1):
            for start in range(max(0, item.start - size + 1), item.start + 1):
                window = text[start : start + size]
                meant = lexicon.chinese_like(window) if len(window) == size else None
                if meant is not None:
                    return text[:start] + meant + text[start + size :]
    return None
