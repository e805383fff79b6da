"""What they need, and how they like to be dealt with."""

import re
from collections.abc import Iterator
from functools import cache

from core.language import CJK
from tools.profiles.hearing import Claim, Context, Part, Said, short, tidy
from tools.profiles.rules import cue, says, written
from tools.profiles.words import words

NEEDS = ("demand", "technical_need")
LEAST = 6
ANAPHORA = 24
LEAST_WORD = {True: 2, False: 4}
HANZI = re.compile(f"[{CJK}]")


def needs(part: Part, said: Said, context: Context) -> Iterator[Claim]:
    """The need that a sentence states, shortened to the need itself, and those it takes back."""
    text = part.text
    gone = _taken_back(text, context) if says("needs.withdrawn", text) else []
    for value in gone:
        yield Claim("needs", value, part.quote, 0.6, withdrawn=True)
    if gone or says("needs.withdrawn", text):
        return
    kinds = [kind for kind in NEEDS if kind in part.kinds]
    stated = says("needs.cues", text) and not part.question
    answered = "needs" in context.asked and len(text) >= LEAST and not part.question
    if not (kinds or stated or answered) or says("needs.other", text):
        return
    sure = max((one.confidence for one in said.signals if one.kind in kinds), default=0.6)
    for value in _each(_itself(part)):
        if len(value) >= LEAST // 2:
            yield Claim("needs", value, part.quote, sure, {"kind": kinds[0] if kinds else "demand"})


def _each(text: str) -> Iterator[str]:
    """One need after the other."""
    start = 0
    for found in cue("needs.next").finditer(text):
        yield tidy(text[start : found.start()])
        start = found.start()
    yield tidy(text[start:])


def _itself(part: Part) -> str:
    """The need without what leads to it or explains it; "we need that" is what was said just before."""
    text = part.text
    if part.before and len(text) <= ANAPHORA * (1 if _hanzi(text) else 3) and says("needs.anaphora", text):
        text = part.before
    text = _without_lead(text)
    behind = cue("needs.behind").search(text)
    if behind is not None and behind.start() >= LEAST and not says("needs.cues", text[behind.start() + 1 :]):
        text = text[: behind.start()]
    return tidy(short(text))


def _taken_back(text: str, context: Context) -> list[str]:
    """The needs held so far that the sentence speaks of."""
    spoken = _words(text)
    scored = [(len(spoken & _words(one)), one) for one in context.of("needs")]
    best = max((score for score, _ in scored), default=0)
    return [one for score, one in scored if score == best] if best else []


def _words(text: str) -> frozenset[str]:
    """The words that say what a need is about."""
    common = _common()
    found = (word for word in words(text.casefold()) if len(word) >= LEAST_WORD[_hanzi(word)])
    return frozenset(_stem(word) for word in found if word not in common)


def _stem(word: str) -> str:
    return word.removesuffix("s") if not _hanzi(word) else word


@cache
def _common() -> frozenset[str]:
    return frozenset(written("needs.common"))


def _hanzi(text: str) -> bool:
    return HANZI.search(text) is not None


def preferences(part: Part, context: Context) -> Iterator[Claim]:
    """The wish or habit that a sentence states, and those on the same thing that it takes back."""
    text = part.text
    topics = _topics(text)
    if says("preferences.done", text):
        for value in _held_on(topics, context):
            yield Claim("preferences", value, part.quote, 0.6, withdrawn=True)
        return
    if not _is_wish(part, topics, asked="preferences" in context.asked):
        return
    again = bool(part.before) and says("needs.anaphora", text) and bool(topics & _topics(part.before))
    value = tidy(short(_without_lead(part.before if again else text)))
    if says("preferences.changed", text):
        for old in _held_on(topics, context):
            if old != value:
                yield Claim("preferences", old, part.quote, 0.6, withdrawn=True)
    if len(value) >= LEAST // 2:
        yield Claim("preferences", value, part.quote, 0.65)


def _is_wish(part: Part, topics: frozenset[str], *, asked: bool) -> bool:
    text = part.text
    if says("preferences.once", text) and not says("preferences.plain", text):
        return False
    if asked and len(text) >= LEAST and not part.question:
        return True
    if part.question and not says("preferences.request", text):
        return False
    plain = says("preferences.plain", text)
    if not topics or (not plain and says("needs.cues", text) and not says("preferences.polite", text)):
        return False
    return plain or says("preferences.request", text)


def _topics(text: str) -> frozenset[str]:
    return frozenset(name for name in written("preferences.topics") if says(f"preferences.topics.{name}", text))


def _held_on(topics: frozenset[str], context: Context) -> list[str]:
    return [one for one in context.of("preferences") if _topics(one) & topics]


def _without_lead(text: str) -> str:
    cut = cue("needs.before").sub("", text)
    return cut if len(cut) >= LEAST else text
