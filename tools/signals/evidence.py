"""The shortest span that carries a signal: the cue itself, or the words the model found it by."""

import re

import numpy as np

from tools.signals.features import counts
from tools.signals.model import Model, weigh
from tools.signals.prepare import CJK, Prepared

CLAUSE = re.compile(r"[^,.!?;:\n]+")
TOKEN = re.compile(f"[A-Za-z0-9'%$.-]+|{CJK.pattern}|[^\\sA-Za-z0-9]")
MOST_WORDS = {True: 14, False: 9}
"""By whether it is Chinese: a Chinese word is one to two tokens."""


def clauses(prepared: Prepared) -> list[tuple[int, int]]:
    """The parts between marks, without the white space around them."""
    spans = [_trim(prepared.plain, *found.span()) for found in CLAUSE.finditer(prepared.plain)]
    return [(start, end) for start, end in spans if end > start] or [_trim(prepared.plain, 0, len(prepared.plain))]


def by_model(prepared: Prepared, model: Model, output: int) -> tuple[int, int]:
    """The best clause for an output by its n-grams, cut down to the words that speak for it most."""
    spans = clauses(prepared)
    if len(spans) > 1:
        seen = weigh(counts([prepared.plain[start:end] for start, end in spans]), model.idf)
        scores = np.asarray(seen @ model.grams[:, output]).ravel()
        spans = [spans[int(scores.argmax())]]
    return _cut(prepared, model, output, spans[0])


def _cut(prepared: Prepared, model: Model, output: int, span: tuple[int, int]) -> tuple[int, int]:
    tokens = [
        (span[0] + found.start(), span[0] + found.end()) for found in TOKEN.finditer(prepared.plain[slice(*span)])
    ]
    most = MOST_WORDS[prepared.chinese]
    if len(tokens) <= most:
        return span
    windows = [(tokens[first][0], tokens[first + most - 1][1]) for first in range(len(tokens) - most + 1)]
    seen = weigh(counts([prepared.plain[start:end] for start, end in windows]), model.idf)
    scores = np.asarray(seen @ model.grams[:, output]).ravel()
    return windows[int(scores.argmax())]


def tidy(prepared: Prepared, start: int, end: int) -> tuple[int, int]:
    """The span without white space or marks at its ends; a Latin word is never cut in two."""
    text = prepared.plain
    while start > 0 and text[start - 1 : start + 1].isascii() and text[start - 1 : start + 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1 : end + 1].isascii() and text[end - 1 : end + 1].isalnum():
        end += 1
    return _trim(text, start, end)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in ",.;:!)"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",.;:("):
        end -= 1
    return start, end
