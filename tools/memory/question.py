"""A question as what it looks for: concepts in both languages, each with every way of saying it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from core.language import fold
from tools.memory.words import is_chinese, pairs, sequence, words_of

GLOSSARY = Path(__file__).parent / "glossary.yaml"
Words = tuple[str, ...]
MOST_WORDS = 5
"""The words of the longest English phrase that is looked for."""


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
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """One line of the glossary."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    sequences: tuple[Words, ...]
    ways: tuple[Words, ...]


@dataclass(frozen=True)
class Glossary:
    """The bilingual words of selling by how they are said, and the words that say nothing of what is sought."""

    english: dict[Words, list[Entry]]
    chinese: dict[str, list[Entry]]
    stop: frozenset[str]
    longest: int


@cache
def glossary() -> Glossary:
    """The one glossary."""
    tree = yaml.load(GLOSSARY.read_text(encoding="utf-8"), yaml.CSafeLoader)
    by_english: dict[Words, list[Entry]] = {}
    by_chinese: dict[str, list[Entry]] = {}
    for entry in (_entry(str(english), str(chinese)) for english, chinese in tree["terms"].items()):
        for words in dict.fromkeys(entry.sequences):
            by_english.setdefault(words, []).append(entry)
        for phrase in entry.chinese:
            by_chinese.setdefault(fold(phrase), []).append(entry)
    stop = {*tree["stop"]["zh"], *(word for said in tree["stop"]["en"] for word in sequence(said))}
    return Glossary(by_english, by_chinese, frozenset(stop), max(map(len, by_chinese)))


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
    found = _found(known, said, fold(text))
    units = tuple(dict.fromkeys(word for word in said if word not in known.stop))
    concepts = [Concept(entry.ways, cover, bilingual=True) for entry, cover in found]
    for unit in units:
        foreign = is_chinese(unit) != chinese
        concepts.append(Concept((way_of(unit),), frozenset([unit]), bilingual=foreign, chinese=is_chinese(unit)))
    plain = (" " if not chinese else "").join(units)
    return Question(
        text, units, tuple(concepts), plain or text, _translate(found, chinese), chinese, frozenset(words_of(text))
    )


def _found(known: Glossary, said: list[str], text: str) -> list[tuple[Entry, frozenset[str]]]:
    """The entries in the question, the longest phrases first, each with the question's words that it stands for."""
    covers: dict[int, tuple[Entry, set[str]]] = {}
    for size in range(MOST_WORDS, 0, -1):
        for start in range(len(said) - size + 1):
            words = tuple(said[start : start + size])
            for entry in known.english.get(words, ()):
                covers.setdefault(id(entry), (entry, set()))[1].update(words)
    for size in range(known.longest, 0, -1):
        for start in range(len(text) - size + 1):
            phrase = text[start : start + size]
            if size == 1 and phrase not in said:
                continue
            for entry in known.chinese.get(phrase, ()):
                covered = (word for word in said if word in phrase or phrase in word)
                covers.setdefault(id(entry), (entry, set()))[1].update(covered)
    kept = ((entry, frozenset(covered - known.stop)) for entry, covered in covers.values())
    return [(entry, covered) for entry, covered in kept if covered]


def _translate(found: list[tuple[Entry, frozenset[str]]], chinese: bool) -> str:
    phrases = [(entry.english if chinese else entry.chinese)[0] for entry, _ in found]
    return " ".join(phrases[:8])
