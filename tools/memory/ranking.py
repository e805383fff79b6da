"""How well a message answers a question: by meaning, and by how much of what is sought it says in either language."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.embedding import Vectors
from core.said import Hit
from db.recall import Candidate
from tools.memory.likeness import likeness
from tools.memory.meaning import nearness
from tools.memory.question import Concept, Question, Words, glossary
from tools.memory.vectors import unpack

MOST_UNITS = 16
MEANING_WEIGHT = 1.7
LIKE_WEIGHT = 0.9
"""What a word that means about the same is worth beside the word itself."""

UNLIKE = 0.2
"""Any two words are so much alike."""

ALIKE = 0.6
"""Words so much alike count as said where it is asked how rare a word is."""

LIKELIEST = 100
"""So many candidates, the best by all else, are searched for words that mean about the same."""

CUSTOMER_BONUS = 0.03
BEFORE_WEIGHT = 0.28
SHORT = 6
SHORT_BEFORE_WEIGHT = 0.5
"""An answer in so few words, e.g. "yes, 15 %", is found by what it answers."""

RELEVANT = 0.8
"""Points below which a message is no answer."""

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

    word: str
    ways: tuple[Words, ...]
    wanted: frozenset[str]


def ways_of(question: Question) -> list[list[Words]]:
    """For each of the question's words every way of saying it, or what it is part of."""
    return [list(unit.ways) for unit in _units(question)]


def judge(
    question: Question,
    candidates: Sequence[Candidate],
    vector: Callable[[], Vectors],
    told: Sequence[int] | None,
    total: int,
) -> list[Scored]:
    """The candidates that answer the question, best first. `told` is how many messages say each of its words.

    `vector` gives the question's, and is asked for it when all else is known that does not need it.
    """
    units = _units(question)
    if not candidates or not units:
        return []
    fields = [_fields(one.words, question) for one in candidates]
    said = _said(units, fields)
    vectors = unpack([one.vector for one in candidates])
    meaning: NDArray[np.float32] = nearness(vectors, vector()[None])[:, 0]
    counts = np.array([float(count) for count in told]) if told is not None else (said[:, :, 0] > 0).sum(axis=1)
    covered = said.max(axis=2)
    likeliest = np.argsort(-_points(counts, total, covered, meaning), kind="stable")[:LIKELIEST]
    like = np.zeros(covered.shape, dtype=np.float32)
    like[:, likeliest] = _alike(units, [fields[place][0] for place in likeliest])
    alike = (like > ALIKE).sum(axis=1) * (total / len(candidates) if total > len(candidates) else 1.0)
    points = _points(np.maximum(counts, alike), total, np.maximum(covered, like * LIKE_WEIGHT), meaning)
    found = [
        Scored(candidates[place].message_id, float(points[place] / (1 + MEANING_WEIGHT)))
        for place in np.flatnonzero(points >= RELEVANT).tolist()
    ]
    return sorted(found, key=lambda scored: (-scored.score, -scored.message_id))


def _points(
    counts: NDArray[Any], total: int, covered: NDArray[Any], meaning: NDArray[np.float32]
) -> NDArray[np.float64]:
    """What each candidate is worth: how much of what is sought it covers, weighed by how telling that is, and means."""
    weights = np.array([weight_of(int(count), total) for count in counts])
    points: NDArray[np.float64] = weights @ covered / weights.sum() + MEANING_WEIGHT * meaning
    return points


def _fields(words: str, question: Question) -> list[frozenset[str]]:
    """A candidate's own words, those of its names where the question names it, and those of the lines before it."""
    own, names, before = (field.split() for field in words.split(FIELD))
    named = question.words.intersection(names[:1]) or len(question.words.intersection(names)) * 2 > len(names)
    return [frozenset(own), frozenset(names if named else ()), frozenset(before)]


def _said(units: Sequence[Unit], fields: Sequence[Sequence[frozenset[str]]]) -> NDArray[np.float64]:
    """How much each unit is said by each candidate: itself and its names, and in the lines before it."""
    found = np.zeros((len(units), len(fields), 2))
    for place, (own, names, before) in enumerate(fields):
        weight = BEFORE_WEIGHT if len(own) > SHORT else SHORT_BEFORE_WEIGHT
        for row, unit in enumerate(units):
            if _says(unit, own) or _says(unit, names):
                found[row, place, 0] = 1.0
            elif _says(unit, before):
                found[row, place, 1] = weight
    return found


def _alike(units: Sequence[Unit], texts: Sequence[frozenset[str]]) -> NDArray[np.float32]:
    """How like the most like of each candidate's words is to each unit, from 0 to 1."""
    known, stop = likeness(), glossary().stop
    words = [[word for word in text if word not in stop] for text in texts]
    distinct = list(dict.fromkeys(word for text in words for word in text))
    places = dict(zip(distinct, known.places(distinct), strict=True))
    rows = {word: row for row, word in enumerate((word for word in distinct if places[word] >= 0), start=1)}
    asked = known.places([unit.word for unit in units])
    near = np.zeros((len(units), len(rows) + 1), dtype=np.float32)
    sought = [row for row, place in enumerate(asked) if place >= 0]
    if rows and sought:
        vectors = known.vectors([places[word] for word in rows])
        near[sought, 1:] = nearness(known.vectors([asked[row] for row in sought]), vectors)
    near = np.clip((near - UNLIKE) / (1 - UNLIKE), 0, 1)
    # Every text begins with the row of no word, so that none is empty.
    spread = [[0, *(rows[word] for word in text if word in rows)] for text in words]
    starts = np.cumsum([0, *map(len, spread[:-1])])
    found: NDArray[np.float32] = np.maximum.reduceat(near[:, [row for one in spread for row in one]], starts, axis=1)
    return found


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
    return Unit(word, ways, wanted)


def _says(unit: Unit, words: frozenset[str]) -> bool:
    there = words & unit.wanted
    return bool(there) and any(there.issuperset(way) for way in unit.ways)
