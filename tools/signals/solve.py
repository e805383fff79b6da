"""Ridge regression over a sum of kernels, for all the examples and without each fold of them at once.

The system is never written down: its product with a vector is two products with the features, so that conjugate
gradients take seconds where an inverse takes minutes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.signals.features import Floats

STEPS = 40
EXACT = 1e-3
"""Residual, as a part of what is sought, at which there is nothing to gain from another step."""


@dataclass(frozen=True)
class Solved:
    """Weights of the features, and what each example would be given by a model that never saw its fold."""

    grams: Floats
    dense: Floats
    prior: Floats
    raw: Floats


def solve(grams: Any, dense: Floats, truth: Floats, *, folds: Any, ridge: float) -> Solved:
    """Learn the columns of `truth` from sparse and dense features, a row an example; `folds` numbers their folds."""
    names = [int(fold) for fold in np.unique(folds)]
    kept = np.stack([np.ones(len(folds), bool), *(folds != fold for fold in names)], axis=1)
    priors = (kept.T @ truth) / np.maximum(kept.sum(0), 1)[:, None]
    outputs = truth.shape[1]
    mask = np.repeat(kept, outputs, axis=1).astype(np.float32)
    wanted = ((np.tile(truth, len(names) + 1) - priors.reshape(-1)) * mask).astype(np.float32)
    turned = grams.T.tocsr()
    found = _conjugate(grams, turned, dense, (wanted, mask, ridge))
    by_grams, by_dense = turned @ found, dense.T @ found
    told = grams @ by_grams + dense @ by_dense + priors.reshape(-1)
    raw = np.zeros_like(truth)
    for number, fold in enumerate(names, 1):
        mine = folds == fold
        raw[mine] = told[mine, number * outputs : (number + 1) * outputs]
    return Solved(by_grams[:, :outputs], by_dense[:, :outputs], priors[0].astype(np.float32), raw)


def _conjugate(grams: Any, turned: Any, dense: Floats, asked: tuple[Floats, Floats, float]) -> Floats:
    wanted, mask, ridge = asked
    found, left = np.zeros_like(wanted), wanted.copy()
    way, size = wanted.copy(), (wanted**2).sum(0)
    enough = EXACT**2 * size
    for _ in range(STEPS):
        if (size <= enough).all():
            break
        moved = (grams @ (turned @ way) + dense @ (dense.T @ way)) * mask + ridge * way
        step = size / np.maximum((way * moved).sum(0), 1e-12)
        found += step * way
        left -= step * moved
        size, before = (left**2).sum(0), size
        way = left + size / np.maximum(before, 1e-12) * way
    return found
