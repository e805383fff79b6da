"""From words with times to what each speaker said: Simplified, in sentences, with what was hard to hear marked."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import opencc

from tools.calls.guards import cues
from tools.calls.transcript import Heard, Spoken, Word
from tools.calls.windows import Window

PAUSE = 0.8
HESITATES = 4.0
"""Who stops so long within a sentence, while nobody else speaks, is still saying it."""

LONG = 10.0
LONGEST = 30.0
HARD_TO_HEAR = 0.35
CHINESE = "zh"
ASCII = "\x7f"
BROKEN = "\N{REPLACEMENT CHARACTER}"


def to_call_time(window: Window, heard: Heard) -> Iterator[tuple[int, Word]]:
    """Each word with the number of its piece, at the time of the call."""
    for word in heard.words:
        piece = window.place((word.start + word.end) / 2)
        start, end = window.moment(word.start, piece), window.moment(word.end, piece)
        yield piece, replace(word, start=start, end=max(start, end), confidence=round(word.confidence, 3))


def tidy(words: Sequence[Word], lang: str) -> list[Word]:
    """Simplified characters, and punctuation with the word before it."""
    joined: list[Word] = []
    whole = [replace(word, word=word.word.replace(BROKEN, "")) for word in words]
    for word in _chinese(whole) if lang == CHINESE else whole:
        if joined and _is_mark(word.word) and not _opens(word.word):
            before = joined[-1]
            joined[-1] = replace(before, word=before.word + word.word.rstrip(), end=max(before.end, word.end))
        elif word.word.strip():
            joined.append(word)
    return joined


def to_turns(
    words: Sequence[Word], *, lang: str, channel: int | None, others: Sequence[float] = ()
) -> Iterator[Spoken]:
    """One channel's words in lines: a new one after a pause, and after a sentence once it is long.

    `others` are the seconds, in order, at which words begin on the other channels: who answers ends a line.
    """
    line: list[Word] = []
    for word in words:
        if line and _breaks(line, word, others):
            yield _spoken(line, lang, channel)
            line = []
        line.append(word)
    if line:
        yield _spoken(line, lang, channel)


def _breaks(line: list[Word], word: Word, others: Sequence[float]) -> bool:
    lasts = line[-1].end - line[0].start
    if (lasts > LONG and ends_sentence(line[-1])) or lasts > LONGEST:
        return True
    pause = word.start - line[-1].end
    if pause <= PAUSE:
        return False
    answered = bisect_left(others, line[-1].end) < bisect_left(others, word.start)
    return ends_sentence(line[-1]) or pause > HESITATES or answered


def _spoken(line: list[Word], lang: str, channel: int | None) -> Spoken:
    text, low = "", list[tuple[int, int]]()
    words: list[Word] = []
    for word in line:
        piece = word.word if text else word.word.lstrip()
        begin = len(text) + len(piece) - len(piece.lstrip())
        text += piece
        if word.confidence < HARD_TO_HEAR:
            joins = low and not text[low[-1][1] : begin].strip()
            low[-1:] = [(low[-1][0], len(text))] if joins else [*low[-1:], (begin, len(text))]
        words.append(replace(word, word=word.word.strip()))
    letters = sum(len(word.word) for word in words) or 1
    confidence = sum(word.confidence * len(word.word) for word in words) / letters
    return Spoken(
        line[0].start, line[-1].end, text, "unknown", channel, round(confidence, 3), tuple(words), tuple(low), lang
    )


def _chinese(words: Sequence[Word]) -> Iterator[Word]:
    """Simplified, with Chinese marks after Chinese characters."""
    marks, before = cues()["marks"], ""
    for word in _simplify(words):
        after_ours = bool(before) and before[-1] > ASCII
        yield replace(word, word=marks.get(word.word.strip(), word.word)) if after_ours else word
        before = word.word.strip() or before


def _simplify(words: Sequence[Word]) -> list[Word]:
    """Converted as one text, because phrases decide; word by word only where that changes its length."""
    whole = "".join(word.word for word in words)
    simple = simplify(whole)
    if len(simple) != len(whole):
        return [replace(word, word=simplify(word.word)) for word in words]
    at, found = 0, list[Word]()
    for word in words:
        found.append(replace(word, word=simple[at : at + len(word.word)]))
        at += len(word.word)
    return found


def simplify(text: str) -> str:
    """Chinese in Simplified characters; the rest as it is."""
    simple: str = _converter().convert(text)
    return simple


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _is_mark(text: str) -> bool:
    return bool(text.strip()) and all(unicodedata.category(letter)[0] == "P" for letter in text.strip())


def _opens(text: str) -> bool:
    return unicodedata.category(text.strip()[0]) in ("Ps", "Pi")


def ends_sentence(word: Word) -> bool:
    """Whether the word ends a sentence, in either script: `go.`, and the full stop of Chinese."""
    last = unicodedata.normalize("NFKC", word.word.strip()[-1:])
    return last in (".", "?", "!") or unicodedata.name(last, "") == "IDEOGRAPHIC FULL STOP"
