"""What a transcriber is told beforehand, which language it takes each window for, and how much it may write."""

import zlib
from collections.abc import Mapping, Sequence

from prompts import data
from tools.calls.transcript import Hints

OURS = ("en", "zh")
DIALECTS = {"yue": "zh"}
MOST_NAMES = 40
MOST_LETTERS = 300
SURE = 0.85
SHORT = 2.0
FOREIGN = 0.75
MEMORY = 15.0
TOKENS_A_SECOND = 12.0
TOKENS_MORE = 16


def before(hints: Hints, lang: str) -> str:
    """The text said to come before: as many of the names as there is room for, or nothing."""
    names = list[str]()
    for name in hints.hot_words[:MOST_NAMES]:
        if sum(map(len, names)) + len(name) <= MOST_LETTERS:
            names.append(name)
    if not names:
        return ""
    told, known = data("speech/names"), lang if lang in OURS else OURS[0]
    return str(told["names"][known].format(names=told["between"][known].join(names)))


def choose_languages(odds: Sequence[Mapping[str, float]], seconds: Sequence[float], hints: Hints) -> list[str]:
    """The language of each window: the call's, unless a window is long enough and surely in the other of ours."""
    if hints.lang:
        return [hints.lang] * len(odds)
    total = {hints.likely: MEMORY} if hints.likely else {}
    for window, length in zip(odds, seconds, strict=True):
        for lang, odd in window.items():
            total[lang] = total.get(lang, 0.0) + odd * length
    best = max(total, key=lambda lang: total[lang])
    if best not in OURS and total[best] < FOREIGN * sum(total.values()):
        best = max(OURS, key=lambda lang: total.get(lang, 0.0))
    return [_own(window, length, best) for window, length in zip(odds, seconds, strict=True)]


def home(odds: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Odds by language, with dialects counted as what they are written as."""
    found: dict[str, float] = {}
    for spoken, odd in odds:
        lang = DIALECTS.get(spoken, spoken)
        found[lang] = found.get(lang, 0.0) + odd
    return found


def token_limit(seconds: float) -> int:
    """More tokens than anybody says in that time."""
    return TOKENS_MORE + int(TOKENS_A_SECOND * seconds)


def squeeze(text: str) -> float:
    """How many times shorter the text gets when packed: over 2.2 or so it repeats itself."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def _own(odds: Mapping[str, float], seconds: float, call: str) -> str:
    if call not in OURS or seconds < SHORT:
        return call
    both = sum(odds.get(lang, 0.0) for lang in OURS)
    other = next(lang for lang in OURS if lang != call)
    return other if odds.get(other, 0.0) > SURE * max(both, 0.5) else call
