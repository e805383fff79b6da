"""What a model sees of texts: n-grams, turns of phrase, sentence embeddings, and the cues of the grammar."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import HashingVectorizer  # type: ignore[import-untyped]

from core.embedding import encoder
from core.language import fold
from core.said import KINDS
from tools.signals.feelings import feelings
from tools.signals.grammar import Marks, read
from tools.signals.phrases import asked_words, phrases
from tools.signals.prepare import Prepared

Floats = NDArray[np.float32]
BUCKETS = 2**16
CUES = 5 * len(KINDS) + 5
FELT = 4.9
"""How much more the words of liking weigh than the cues; by cross-validation."""
VERSION = "2"
"""Raise it when the features change: models of another version are not used."""


@dataclass(frozen=True)
class Features:
    """One row a text in each block."""

    vectors: Floats
    grams: Any
    """Sparse counts, as `counts` gives them."""
    cues: Floats
    marks: tuple[Marks, ...]
    """What the cues were made of; none where only the features are wanted."""

    def __len__(self) -> int:
        return len(self.vectors)


def _characters() -> HashingVectorizer:
    return HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), n_features=BUCKETS, alternate_sign=False, norm=None, lowercase=False
    )


def _words() -> HashingVectorizer:
    return HashingVectorizer(
        token_pattern=r"[a-z']+|[^\W\d_a-z]",  # noqa: S106 (what a word is)
        ngram_range=(1, 2),
        n_features=BUCKETS,
        alternate_sign=False,
        norm=None,
        lowercase=False,
    )


def _each(analyzer: Callable[[str], Iterator[str]]) -> HashingVectorizer:
    return HashingVectorizer(analyzer=analyzer, n_features=BUCKETS, alternate_sign=False, norm=None)


CHARACTERS, WORDS = _characters(), _words()
PHRASES, ASKED = _each(phrases), _each(asked_words)


def features(texts: Sequence[Prepared], questions: Sequence[str] | None = None) -> Features:
    """The features of texts, in order; `questions` is what each of them answers (`phrases.asked`)."""
    marks = tuple(read(text) for text in texts)
    return Features(
        vectors=embed(texts),
        grams=counts([text.plain for text in texts], questions),
        cues=cues_of(texts, marks),
        marks=marks,
    )


def cues_of(texts: Sequence[Prepared], marks: Sequence[Marks]) -> Floats:
    """How much the grammar speaks for each kind, and how many words of liking and disliking there are."""
    rows = [_cues(text, one) for text, one in zip(texts, marks, strict=True)]
    return np.array(rows, dtype=np.float32).reshape(len(texts), CUES)


def embed(texts: Sequence[Prepared]) -> Floats:
    """Sentence embeddings of the texts as they were written."""
    return encoder().encode([text.plain for text in texts])


def grams(texts: Sequence[str]) -> Any:
    """Counts of n-grams of characters and words in folded texts, damped: the second of a kind adds less."""
    return _stacked(texts, (CHARACTERS, WORDS))


def counts(plain: Sequence[str], questions: Sequence[str] | None = None) -> Any:
    """The n-grams, then turns of phrase, then the words of the questions; `BUCKETS` columns each."""
    folded = grams([fold(text) for text in plain])
    asked = questions if questions is not None else [""] * len(plain)
    blocks = [folded, _stacked(plain, (PHRASES,)), _stacked(asked, (ASKED,))]
    return sparse.hstack(blocks, format="csr", dtype=np.float32)


def _stacked(texts: Sequence[str], readers: Sequence[HashingVectorizer]) -> Any:
    if not texts:
        return sparse.csr_matrix((0, len(readers) * BUCKETS), dtype=np.float32)
    found = sparse.hstack([one.transform(texts) for one in readers], format="csr", dtype=np.float32)
    found.data = 1 + np.log(found.data)
    return found


def _cues(prepared: Prepared, marks: Marks) -> list[float]:
    row: list[float] = []
    for kind in KINDS:
        sure = sum(mark.sure for mark in marks.standing if mark.kind == kind)
        maybe = sum(not mark.sure for mark in marks.standing if mark.kind == kind)
        back = kind in marks.taken_back and not sure
        row += [min(sure, 1), min(sure, 3) / 3, min(maybe, 1), min(maybe, 3) / 3, float(back)]
    felt = feelings(prepared)
    sides = [min(felt.disliking, 1), min(felt.disliking, 3) / 3, min(felt.liking, 1), min(felt.liking, 3) / 3]
    return [*row, *(FELT * side for side in (*sides, max(-2, min(felt.liking - felt.disliking, 2)) / 2))]
