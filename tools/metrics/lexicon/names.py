"""Names an asker may use: people, regions, products, accounts. Found whole, in part, or nearly right."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tools.metrics.lexicon.tokens import wide, words_of
from tools.metrics.lexicon.words import phrase_set, word_set

Words = tuple[str, ...]
SHORT = 4
EXACT = frozenset({"region", "rep", "manager", "contact"})


@dataclass(frozen=True, slots=True)
class Name:
    """One way to write one value of a dimension."""

    dimension: str
    value: str
    words: Words

    @property
    def squashed(self) -> str:
        """The name without spaces and signs."""
        return "".join(self.words)

    @property
    def forgiving(self) -> bool:
        """Whether a slip may be forgiven: in a short Chinese name, another character is another person or region."""
        short = len(self.squashed) < SHORT and wide(self.squashed[0])
        return not short and not (wide(self.squashed[0]) and self.dimension in EXACT)


@dataclass(frozen=True, slots=True)
class Found:
    """Names that fit a run of words; `whole` when the run is all of each name."""

    names: tuple[Name, ...]
    whole: bool


def _key(words: Sequence[str], at: int) -> str:
    # A single Chinese character is in too many names to be an index key; two together are not.
    if wide(words[at][0]) and at + 1 < len(words):
        return words[at] + words[at + 1]
    return words[at]


def _has_run(words: Words, run: Words) -> bool:
    size = len(run)
    return any(words[at : at + size] == run for at in range(len(words) - size + 1))


class Names:
    """An index of names by each of their words; as fast for a hundred thousand as for ten."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.names = tuple(dict.fromkeys(name for name in names if name.words))
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._squashed: defaultdict[str, list[Name]] = defaultdict(list)
        for at, name in enumerate(self.names):
            for key in {_key(name.words, place) for place in range(len(name.words))}:
                self._by_key[key].append(at)
            self._squashed[name.squashed].append(name)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every Latin word of four letters or more in a name."""
        return frozenset(
            word for name in self.names for word in name.words if len(word) > 3 and word.isalpha() and not wide(word[0])
        )

    def starting_at(self, words: Sequence[str], at: int) -> dict[int, Found]:
        """Which names have the words from `at` on: by where the run ends, the longest last."""
        found: dict[int, Found] = {}
        fitting = self._first(words, at)
        end = at + (2 if wide(words[at][0]) and at + 1 < len(words) else 1)
        while fitting and end <= len(words):
            run = tuple(words[at:end])
            fitting = [name for name in fitting if _has_run(name.words, run)]
            whole = [name for name in fitting if name.words == run]
            if whole:
                found[end] = Found(tuple(whole), whole=True)
            elif fitting and is_telling(run):
                found[end] = Found(tuple(fitting), whole=False)
            end += 1
        return found

    def _first(self, words: Sequence[str], at: int) -> list[Name]:
        exact = [self.names[one] for one in self._by_key.get(words[at], ())]
        return exact + [
            self.names[one] for one in self._by_key.get(_key(words, at), ()) if self.names[one] not in exact
        ]

    def squashed(self, word: str) -> tuple[Name, ...]:
        """Names that are this without their spaces and signs, e.g. `gtxpro`."""
        return tuple(self._squashed.get(word, ()))

    def near(self, said: str, cutoff: float = 70, limit: int = 3) -> list[tuple[Name, float]]:
        """The names most like what was said, best first, with a score up to 100."""
        squashed = "".join(words_of(said))
        if not squashed:
            return []
        best = process.extract(
            squashed, list(self._squashed), scorer=OSA.normalized_similarity, score_cutoff=cutoff / 100, limit=limit
        )
        return [(self._squashed[word][0], score * 100) for word, score, _ in best]

    def values_like(self, said: str) -> list[Name]:
        """Names one or two slips of the keyboard from what was said; none where it is too short to tell."""
        squashed = "".join(words_of(said))
        slips = allowed_slips(squashed)
        if not slips:
            return []
        best = process.extract(squashed, list(self._squashed), scorer=OSA.distance, score_cutoff=slips, limit=6)
        nearest = min((distance for _, distance, _ in best), default=0)
        words = [word for word, distance, _ in best if distance == nearest]
        return [name for word in words for name in self._squashed[word] if name.forgiving]


def is_telling(run: Words) -> bool:
    """Whether part of a name says which one: not just the legal form, nor a single character."""
    firms = word_set("firms")
    if all(word in firms for word in run) or run in phrase_set("firms"):
        return False
    if wide(run[0][0]):
        return len(run) >= 2
    return len("".join(run)) >= 3


def allowed_slips(word: str) -> int:
    """How many letters may be wrong in a word of this length."""
    if wide(word[0]) if word else True:
        return 1 if len(word) >= 3 else 0
    if len(word) < 5:
        return 0
    return 1 if len(word) < 8 else 2
