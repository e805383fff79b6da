"""How well a message answers a question: by meaning, and by how much of what is sought it says in either language."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.embedding import Vectors
from core.said import Hit
from db.recall import Candidate
from tools.memory.question import Concept, Question, Words
from tools.memory.vectors import unpack
from tools.memory.words import CHINESE, is_chinese

MOST_UNITS = 16
WORDS_WEIGHT = 2.0
CUSTOMER_BONUS = 0.03
BEFORE_WEIGHT = 0.4
SHORT = 6
SHORT_BEFORE_WEIGHT = 0.7
"""An answer in so few words, e.g. "yes, 15 %", is found by what it answers."""

FOREIGN_WEIGHT = 0.2
"""How much a word without a translation counts against a message in the other language."""

RELEVANT = 0.37
SURELY = 0.6
"""A meaning so near answers in whatever words."""

FEWEST = 200
"""Below so many messages it can't be said how rare a word is."""

FIELD = "|"


class Scored(NamedTuple):
    """A message, from 0 to 1."""

    message_id: int
    score: float


@dataclass(frozen=True)
class Unit:
    """One of the question's own words with every way of saying it, and how telling it is."""

    ways: tuple[Words, ...]
    wanted: frozenset[str]
    bilingual: bool
    chinese: bool
    weight: float = 1.0


def ways_of(question: Question) -> list[list[Words]]:
    """For each of the question's words every way of saying it, or what it is part of."""
    return [list(unit.ways) for unit in _units(question)]


def judge(
    question: Question, candidates: Sequence[Candidate], vector: Vectors, told: Sequence[int] | None, total: int
) -> list[Scored]:
    """The candidates that answer the question, best first. `told` is how many messages say each of its words."""
    if not candidates:
        return []
    meaning: NDArray[np.float32] = unpack([one.vector for one in candidates]) @ vector
    fields = [[frozenset(field.split()) for field in one.words.split(FIELD)] for one in candidates]
    units = _units(question)
    counts = told if told is not None else [_count(unit, fields) for unit in units]
    weighed = [_weighed(unit, count, total) for unit, count in zip(units, counts, strict=True)]
    found = []
    for one, near, said in zip(candidates, meaning, fields, strict=True):
        share, strict = _share(weighed, said, CHINESE.search(one.words.partition(FIELD)[0]) is not None)
        if near < SURELY and near / 2 + strict < RELEVANT:
            continue
        points = float(near) + WORDS_WEIGHT * share
        found.append(Scored(one.message_id, max(0.0, points / (1 + WORDS_WEIGHT))))
    return sorted(found, key=lambda scored: (-scored.score, -scored.message_id))


def settled(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The best `k`, a customer's own words somewhat before what was said to them; the newer of two equals first."""
    better = [replace(hit, score=hit.score + (CUSTOMER_BONUS if hit.speaker == "customer" else 0)) for hit in hits]
    better.sort(key=lambda hit: (-hit.score, -hit.message_id))
    return [replace(hit, score=round(min(1.0, hit.score), 4)) for hit in better[:k]]


def weight_of(count: int, total: int) -> float:
    """How telling a word is that `count` of `total` messages say."""
    most = max(total, count, FEWEST)
    return math.log(1 + (most - count + 0.5) / (count + 0.5))


def _units(question: Question) -> list[Unit]:
    made = []
    for word in question.units[:MOST_UNITS]:
        concepts = [concept for concept in question.concepts if word in concept.said]
        made.append(_unit(word, concepts))
    return made


def _unit(word: str, concepts: Sequence[Concept]) -> Unit:
    ways = tuple(dict.fromkeys(way for concept in concepts for way in concept.ways if way))
    wanted = frozenset(part for way in ways for part in way)
    return Unit(ways, wanted, any(concept.bilingual for concept in concepts), is_chinese(word))


def _weighed(unit: Unit, count: int, total: int) -> Unit:
    return Unit(unit.ways, unit.wanted, unit.bilingual, unit.chinese, weight_of(count, total))


def _count(unit: Unit, fields: Sequence[Sequence[frozenset[str]]]) -> int:
    return sum(any(_says(unit, field) for field in said) for said in fields)


def _says(unit: Unit, words: frozenset[str]) -> bool:
    there = words & unit.wanted
    return bool(there) and any(there.issuperset(way) for way in unit.ways)


def _share(units: Sequence[Unit], said: Sequence[frozenset[str]], chinese: bool) -> tuple[float, float]:
    """The weight of what is said out of what is sought; and with nothing taken off for the other language."""
    got = most = strict = 0.0
    for unit in units:
        strength = 1.0 if _says(unit, said[0]) or _says(unit, said[1]) else 0.0
        if not strength and _says(unit, said[2]):
            strength = BEFORE_WEIGHT if len(said[0]) > SHORT else SHORT_BEFORE_WEIGHT
        foreign = not unit.bilingual and unit.chinese != chinese and not strength
        got += unit.weight * strength
        most += unit.weight * (FOREIGN_WEIGHT if foreign else 1.0)
        strict += unit.weight
    return (got / most, got / strict) if most else (0.0, 0.0)
