"""One regularised linear model over a sum of kernels, an output a kind and two for the attitude, made in seconds.

The sum: a Gaussian of the sentence embeddings (by how near they are to some of the examples', the landmarks), and dot
products of n-grams, turns of phrase, words of the question and the grammar's cues. The weights of the parts were chosen
by cross-validation. Probabilities are calibrated on the predictions of the folds.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfTransformer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from core.said import KINDS
from core.wording import LANGS
from tools.signals.examples import FOLDS, Example
from tools.signals.features import BUCKETS, Features, Floats
from tools.signals.solve import solve

OUTPUTS = (*KINDS, "negative", "positive")
GAMMA, CUES, RIDGE = 0.7, 0.004, 0.6
COUNTS = np.array([0.5, 0.5, 0.8, 0.7], dtype=np.float32)
"""Of characters, words, turns of phrase and questions."""
LANDMARKS = 2000
THRESHOLDS = np.arange(0.2, 0.66, 0.02)
USUAL = 0.4
"""The threshold that a kind's own is drawn towards where there are few examples of it."""


@dataclass(frozen=True)
class Model:
    """What was learnt. `thresholds` has a row a language and a column an output."""

    idf: Floats
    grams: Floats
    cues: Floats
    vectors: Floats
    weights: Floats
    prior: Floats
    scale: Floats
    offset: Floats
    thresholds: Floats

    def probabilities(self, seen: Features) -> Floats:
        """How likely each output is for each text."""
        raw = self.raw(seen)
        return np.asarray(1 / (1 + np.exp(-(raw * self.scale + self.offset))), dtype=np.float32)

    def raw(self, seen: Features) -> Floats:
        """The same before calibration."""
        found = (
            _near(seen.vectors, self.vectors) @ self.weights
            + weigh(seen.grams, self.idf) @ self.grams
            + seen.cues @ self.cues
        )
        return np.asarray(found + self.prior, dtype=np.float32)


@dataclass(frozen=True)
class Trained:
    """A model with the calibrated predictions of its cross-validation, a row an example."""

    model: Model
    predicted: Floats


def weigh(counts: Any, idf: Floats) -> Any:
    """Damped counts as unit vectors, each block of them apart, by its part in the sum."""
    rows, parts = counts.shape[0], len(COUNTS)
    data = counts.data * idf[counts.indices]
    blocks = parts * np.repeat(np.arange(rows), np.diff(counts.indptr)) + counts.indices // BUCKETS
    lengths = np.sqrt(np.bincount(blocks, data**2, minlength=parts * rows))
    data = (data * np.sqrt(COUNTS[counts.indices // BUCKETS]) / lengths[blocks]).astype(np.float32)
    return sparse.csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape)


def train(examples: Sequence[Example], seen: Features) -> Trained:
    """Learn from examples; a kind without any keeps a low probability."""
    truth = targets(examples)
    idf = np.asarray(TfidfTransformer().fit(seen.grams).idf_, dtype=np.float32)
    landmarks = _landmarks(examples, seen.vectors)
    spread = _spread(landmarks)
    dense = np.hstack([_near(seen.vectors, landmarks) @ spread, np.sqrt(CUES) * seen.cues]).astype(np.float32)
    folds = np.array([one.fold for one in examples])
    solved = solve(weigh(seen.grams, idf), dense, truth, folds=folds, ridge=RIDGE)
    raw, size = solved.raw, len(landmarks)
    scale, offset = _calibrate(raw, truth)
    predicted = np.asarray(1 / (1 + np.exp(-(raw * scale + offset))), dtype=np.float32)
    model = Model(
        idf=idf,
        grams=solved.grams,
        cues=np.asarray(np.sqrt(CUES) * solved.dense[size:], dtype=np.float32),
        vectors=landmarks,
        weights=np.asarray(spread @ solved.dense[:size], dtype=np.float32),
        prior=solved.prior,
        scale=scale,
        offset=offset,
        thresholds=_thresholds(predicted, truth, examples),
    )
    return Trained(model, predicted)


def targets(examples: Sequence[Example]) -> Floats:
    """What each example should come to, a column an output."""
    rows = [[name in one.kinds or name == one.sentiment for name in OUTPUTS] for one in examples]
    return np.array(rows, dtype=np.float32).reshape(len(examples), len(OUTPUTS))


def _landmarks(examples: Sequence[Example], vectors: Floats) -> Floats:
    """Some of the embeddings, by chance but always the same."""
    order = sorted(range(len(examples)), key=lambda at: hashlib.sha256(examples[at].text.encode()).digest())
    return vectors[order[:LANDMARKS]].astype(np.float32)


def _near(vectors: Floats, landmarks: Floats) -> Floats:
    return np.asarray(np.exp(-2 * GAMMA * (1 - np.clip(vectors @ landmarks.T, -1, 1))), dtype=np.float32)


def _spread(landmarks: Floats) -> Floats:
    """What makes of the nearness to landmarks features whose products are the nearness of texts to each other."""
    among = _near(landmarks, landmarks).astype(np.float64) + 1e-4 * np.eye(len(landmarks))
    return np.asarray(np.linalg.inv(np.linalg.cholesky(among)).T, dtype=np.float32)


def _calibrate(raw: Floats, truth: Floats) -> tuple[Floats, Floats]:
    scale, offset = np.full(len(OUTPUTS), 1.0, np.float32), np.full(len(OUTPUTS), -4.0, np.float32)
    for column in range(len(OUTPUTS)):
        wanted = truth[:, column] > 0
        if 0 < wanted.sum() < len(wanted):
            fitted = LogisticRegression(C=100.0).fit(raw[:, [column]], wanted)
            scale[column], offset[column] = fitted.coef_[0, 0], fitted.intercept_[0]
    return scale, offset


def _thresholds(predicted: Floats, truth: Floats, examples: Sequence[Example]) -> Floats:
    """Where F1 over the folds is best, drawn towards the usual one."""
    langs = np.array([one.lang for one in examples])
    chosen = np.full((len(LANGS), len(OUTPUTS)), USUAL, np.float32)
    for row, lang in enumerate(LANGS):
        for column in range(len(OUTPUTS)):
            mine = langs == lang
            wanted = truth[mine, column] > 0
            if wanted.sum() >= FOLDS:
                scores = [_f1(predicted[mine, column] >= limit, wanted) for limit in THRESHOLDS]
                good = THRESHOLDS[np.array(scores) >= max(scores) - 0.01]
                chosen[row, column] = (good.mean() * wanted.sum() + USUAL * 20) / (wanted.sum() + 20)
    return chosen


def _f1(said: Any, wanted: Any) -> float:
    both = float((said & wanted).sum())
    return 2 * both / max(1.0, float(said.sum() + wanted.sum()))
