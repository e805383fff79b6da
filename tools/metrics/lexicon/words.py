"""The words the reader knows in every company: cues, fillers, and what can't be answered. Data beside this file."""

from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tools.metrics.lexicon.tokens import words_of

FOLDER = Path(__file__).parent
Phrase = tuple[str, ...]


class Meaning(NamedTuple):
    """What a phrase may stand for: a `kind` of thing and its canonical name."""

    kind: str
    name: str


Sequence = tuple[Meaning, ...]
Phrases = dict[Phrase, list[Sequence]]


def _load(file: str) -> dict[str, Any]:
    # Every scalar stays a string: "on" and "no" are words here.
    tree: dict[str, Any] = yaml.load((FOLDER / file).read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
    return tree


def _both(words: dict[str, list[str]]) -> list[str]:
    return list(chain.from_iterable(words.values()))


def _meaning(text: str) -> Meaning:
    kind, _, name = text.rpartition(":")
    return Meaning(kind or "cue", name)


@cache
def cue_phrases() -> Phrases:
    """Every cue of both languages, and the phrases that stand for several things in turn."""
    tree = _load("cues.yaml")
    found: Phrases = {}
    for lang in tree["sequences"].values():
        for phrase, parts in lang.items():
            found.setdefault(words_of(phrase), []).append(tuple(map(_meaning, parts)))
    in_sequence = set(found)
    for cue, words in tree["cues"].items():
        for phrase in _both(words):
            key = words_of(phrase)
            if key and key not in in_sequence and (Meaning("cue", cue),) not in found.get(key, []):
                found.setdefault(key, []).append((Meaning("cue", cue),))
    return found


@cache
def deal_states() -> dict[str, Any]:
    """Which counts of deals are a state of deals, and which words tell the deals from their count."""
    tree: dict[str, Any] = _load("cues.yaml")["deal_states"]
    return tree


@cache
def known_phrases() -> Phrases:
    """Fillers and unsupported words."""
    found: Phrases = {}
    for phrase in _both(_load("fillers.yaml")):
        if words_of(phrase):
            found.setdefault(words_of(phrase), [(Meaning("filler", phrase),)])
    for part in ("operations", "metrics", "off_topic", "orders"):
        for phrase in _both(_load("unsupported.yaml")[part]):
            found[words_of(phrase)] = [(Meaning(part, phrase),)]
    return found


@cache
def common_values() -> dict[str, dict[Phrase, tuple[str, ...]]]:
    """By dimension, every way to say a value that many companies have, to all the others."""
    tree: dict[str, list[list[str]]] = _load("values.yaml")
    return {
        dimension: {words_of(way): tuple(ways) for ways in groups for way in ways} for dimension, groups in tree.items()
    }


@cache
def word_set(part: str) -> frozenset[str]:
    """Single words of one part of `unsupported.yaml`: `plain`, `people`, `firms`, `titles`, `times`."""
    return frozenset(chain.from_iterable(words_of(phrase) for phrase in _both(_load("unsupported.yaml")[part])))


@cache
def phrase_set(part: str) -> frozenset[Phrase]:
    """The phrases of one part of `unsupported.yaml`, in words."""
    return frozenset(map(words_of, _both(_load("unsupported.yaml")[part])))
