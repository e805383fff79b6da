"""Who speaks: what was said beforehand about the channels, or what gives a speaker away in their own words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from core.said import Speaker
from tools.calls.guards import cues
from tools.calls.transcript import Spoken

OTHER: dict[Speaker, Speaker] = {"rep": "customer", "customer": "rep", "unknown": "unknown"}
LEAD = 2


def name_speakers(lines: Sequence[Spoken], told: Sequence[Speaker] | None) -> list[Spoken]:
    """The lines with their speakers: as told by channel, else by what two voices say, else unknown."""
    if told and all(line.channel is not None for line in lines):
        return [replace(line, speaker=_told(told, line.channel)) for line in lines]
    if told and len(set(told)) == 1:
        return [replace(line, speaker=told[0]) for line in lines]
    roles = _by_words(lines)
    return [replace(line, speaker=roles.get(_voice(line), "unknown")) for line in lines]


def _told(told: Sequence[Speaker], channel: int | None) -> Speaker:
    return told[channel] if channel is not None and channel < len(told) else "unknown"


def _voice(line: Spoken) -> int | None:
    return line.channel if line.channel is not None else line.voice


def _by_words(lines: Sequence[Spoken]) -> dict[int | None, Speaker]:
    voices = sorted({voice for line in lines if (voice := _voice(line)) is not None})
    if len(voices) != 2:
        return {}
    scores = [_leaning(line for line in lines if _voice(line) == voice) for voice in voices]
    lead = scores[0] - scores[1]
    if abs(lead) < LEAD:
        return {}
    first: Speaker = "rep" if lead > 0 else "customer"
    return {voices[0]: first, voices[1]: OTHER[first]}


def _leaning(lines: Iterable[Spoken]) -> int:
    """How much more the lines sound like the rep than like the customer."""
    texts = [(line.lang, line.text.lower()) for line in lines]
    return sum(
        weight * bool(pattern.search(text))
        for lang, text in texts
        for role, weight in (("rep", 1), ("customer", -1))
        for pattern in _patterns(role, lang)
    )


@cache
def _patterns(role: str, lang: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in cues()[role].get(lang, ()))
