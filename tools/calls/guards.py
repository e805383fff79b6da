"""What keeps out words that nobody said: made-up lines, loops, and windows without speech."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tools.calls.transcript import Heard, Word

CUES = Path(__file__).parent / "cues.yaml"
NO_SPEECH = 0.6
DOUBTFUL = -1.0
LONGEST_LOOP = 24
MOST_ALIKE = 4
MOST_ONE = 7
BREATH = 0.5
LITTLE_SPEECH = 5.0
LOW_COVERAGE = 0.6


class Kept(NamedTuple):
    """Words without their repetitions, and whether there were any."""

    words: tuple[Word, ...]
    looped: bool


@cache
def cues() -> dict[str, Any]:
    """The content of `cues.yaml`."""
    found: dict[str, Any] = yaml.load(CUES.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return found


def is_made_up(heard: Heard) -> bool:
    """Whether the transcriber itself says there was nothing to hear, or wrote what is only ever made up."""
    if not heard.words:
        return False
    if heard.no_speech > NO_SPEECH and heard.logprob < DOUBTFUL:
        return True
    return is_phantom("".join(word.word for word in heard.words))


def is_phantom(text: str) -> bool:
    """Whether the whole line is one that transcribers write over silence."""
    plain = "".join(letter for letter in text.lower() if unicodedata.category(letter)[0] not in "PS").strip()
    return not plain or any(pattern.fullmatch(plain) for pattern in _phantoms())


def cut_loops(words: Sequence[Word]) -> Kept:
    """Phrases repeated without end are kept once; people repeat themselves, but not that often."""
    plain = [word.word.strip().lower().strip(".,!?;:") for word in words]
    kept: list[Word] = []
    at, looped = 0, False
    while at < len(words):
        size, times = _loop(plain, at)
        if times:
            kept += words[at : at + size]
            at += size * times
            looped = True
        else:
            kept.append(words[at])
            at += 1
    return Kept(tuple(kept), looped)


def covered(start: float, end: float, words: Sequence[Word]) -> float:
    """How many of the seconds from `start` to `end` have words, with a breath around each."""
    total, reached = 0.0, start
    for word in sorted(words, key=lambda word: word.start):
        first, last = max(word.start - BREATH, reached), min(word.end + BREATH, end)
        if last > first:
            total += last - first
            reached = last
    return total


def _loop(plain: list[str], at: int) -> tuple[int, int]:
    """The size of the phrase that is repeated too often from `at`, and how many times it stands there."""
    for size in range(1, LONGEST_LOOP + 1):
        phrase = plain[at : at + size]
        times = 1
        while plain[at + size * times : at + size * (times + 1)] == phrase:
            times += 1
        if times >= (MOST_ONE if size == 1 else MOST_ALIKE) and any(phrase):
            return size, times
    return 1, 0


@cache
def _phantoms() -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in cues()["phantoms"]]
