"""A question as what it looks for: concepts in both languages, each with every way of saying it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from core.language import fold
from tools.memory.words import is_chinese, pairs, sequence

GLOSSARY = Path(__file__).parent / "glossary.yaml"
Words = tuple[str, ...]


@dataclass(frozen=True)
class Concept:
    """Something that may be said in several ways; each way is the words that all have to be there."""

    ways: tuple[Words, ...]
    said: frozenset[str]
    bilingual: bool
    chinese: bool = False


@dataclass(frozen=True)
class Question:
    """What is looked for. `units` are the question's own words that mean something, `concepts` what covers them.

    `plain` is the question without the words around what is sought; `translated` the same in the other language.
    """

    text: str
    units: tuple[str, ...]
    concepts: tuple[Concept, ...]
    plain: str
    translated: str
    chinese: bool


@dataclass(frozen=True)
class Entry:
    """One line of the glossary."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    sequences: tuple[Words, ...]
    ways: tuple[Words, ...]


@dataclass(frozen=True)
class Glossary:
    """The bilingual words of selling, and those that say nothing of what is sought."""

    entries: tuple[Entry, ...]
    stop: frozenset[str]


@cache
def glossary() -> Glossary:
    """The one glossary."""
    tree = yaml.load(GLOSSARY.read_text(encoding="utf-8"), yaml.CSafeLoader)
    entries = tuple(_entry(str(english), str(chinese)) for english, chinese in tree["terms"].items())
    stop = {*tree["stop"]["zh"], *(word for said in tree["stop"]["en"] for word in sequence(said))}
    return Glossary(entries, frozenset(stop))


def _entry(english: str, chinese: str) -> Entry:
    left, right = (tuple(part.strip() for part in side.split(" / ")) for side in (english, chinese))
    sequences = tuple(tuple(sequence(phrase)) for phrase in left)
    ways = (*sequences, *(way_of(phrase) for phrase in right))
    return Entry(left, right, sequences, tuple(dict.fromkeys(ways)))


def way_of(phrase: str) -> Words:
    """The words by which a phrase is looked for in a text's words."""
    found = [pairs(word) if is_chinese(word) else [word] for word in _runs(phrase)]
    return tuple(word for words in found for word in words)


def _runs(phrase: str) -> list[str]:
    """The phrase's words, with neighbouring Chinese words joined."""
    joined: list[str] = []
    for word in sequence(phrase):
        if joined and is_chinese(word) and is_chinese(joined[-1]):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def read(text: str) -> Question:
    """What a question looks for."""
    known = glossary()
    said = sequence(text)
    chinese = sum(map(is_chinese, said)) * 2 > len(said)
    found = [(entry, cover) for entry in known.entries if (cover := _cover(entry, said, fold(text), known.stop))]
    units = tuple(dict.fromkeys(word for word in said if word not in known.stop))
    concepts = [Concept(entry.ways, cover, bilingual=True) for entry, cover in found]
    for unit in units:
        foreign = is_chinese(unit) != chinese
        concepts.append(Concept((way_of(unit),), frozenset([unit]), bilingual=foreign, chinese=is_chinese(unit)))
    plain = (" " if not chinese else "").join(units)
    return Question(text, units, tuple(concepts), plain or text, _translate(found, chinese), chinese)


def _cover(entry: Entry, said: list[str], text: str, stop: frozenset[str]) -> frozenset[str]:
    """The question's words that this entry stands for; empty if it is not in the question."""
    covered: set[str] = set()
    for words in entry.sequences:
        size = len(words)
        if size and any(tuple(said[start : start + size]) == words for start in range(len(said) - size + 1)):
            covered.update(words)
    for phrase in entry.chinese:
        if phrase in said or (len(phrase) > 1 and is_chinese(phrase) and phrase in text):
            covered.update(word for word in said if word in phrase or phrase in word)
    return frozenset(covered - stop)


def _translate(found: list[tuple[Entry, frozenset[str]]], chinese: bool) -> str:
    phrases = [(entry.english if chinese else entry.chinese)[0] for entry, _ in found]
    return " ".join(phrases[:8])
