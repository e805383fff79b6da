"""How alike words are in meaning, within a language and across: each word's own vector, kept beside the dictionary."""

import fcntl
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core import embedding
from core.embedding import SIZE, Vectors, encoder
from core.language import fold
from tools.memory.vectors import pack
from tools.memory.words import PIECES, cache_folder, is_chinese, segmenter, sequence, words_of

LONGEST_WORD = 48
"""Bytes of a word that is kept; a longer one is like no other."""

AT_ONCE = 96
"""How many unknown words a question may wait for."""

RECORD = np.dtype([("word", f"S{LONGEST_WORD}"), ("vector", "i1", (SIZE,))])


class Likeness:
    """The vectors of words, learned while messages are indexed; a word that was never learned is like none.

    The file only grows, by whole records, so several processes may write to it.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._places: dict[str, int] = {}
        self._packed: NDArray[np.int8] = np.empty((0, SIZE), dtype=np.int8)
        self._scales: NDArray[np.float32] = np.empty(0, dtype=np.float32)
        self._lock = Lock()
        self._read()

    def learn(self, texts: Iterable[str]) -> None:
        """Learn the words of these texts."""
        spelt: dict[str, str] = {}
        for text in texts:
            spelt.update(_spelling(text))
        with self._lock:
            self._learn({word: said for word, said in spelt.items() if word not in self._places})

    def places(self, words: Sequence[str], most: int = AT_ONCE) -> list[int]:
        """Where each word's vector is, -1 for one without; up to `most` unknown ones are learned first."""
        with self._lock:
            unknown = [word for word in dict.fromkeys(words) if word not in self._places and meaningful(word)]
            self._learn({word: word for word in unknown[:most]})
            return [self._places.get(word, -1) for word in words]

    def forget(self) -> None:
        """Keep no word on disk that somebody may have said; what is still said is learned again as it is met."""
        with self._lock:
            if self._file is not None:
                self._file.unlink(missing_ok=True)

    def vectors(self, places: Sequence[int]) -> Vectors:
        """The vectors that are there."""
        chosen = list(places)
        found: Vectors = self._packed[chosen] * self._scales[chosen, None]
        return found

    def _learn(self, spelt: dict[str, str]) -> None:
        fitting = {word: said for word, said in spelt.items() if len(word.encode()) <= LONGEST_WORD}
        if not fitting:
            return
        packed = np.frombuffer(b"".join(pack(encoder().encode(list(fitting.values())))), np.int8).reshape(-1, SIZE)
        self._add(list(fitting), packed)
        if self._file is not None:
            records = np.zeros(len(fitting), dtype=RECORD)
            records["word"] = [word.encode() for word in fitting]
            records["vector"] = packed
            _append(self._file, records.tobytes())

    def _add(self, words: Sequence[str], packed: NDArray[np.int8]) -> None:
        first = len(self._packed)
        whole = packed.astype(np.float32)
        length = np.sqrt(np.einsum("ij,ij->i", whole, whole))
        # Scales first: who reads beside this finds one for every vector.
        self._scales = np.concatenate([self._scales, (1 / np.where(length == 0, 1, length)).astype(np.float32)])
        self._packed = np.concatenate([self._packed, packed])
        for place, word in enumerate(words, start=first):
            self._places.setdefault(word, place)

    def _read(self) -> None:
        if self._file is None or not self._file.exists():
            return
        kept = self._file.read_bytes()
        records = np.frombuffer(kept[: len(kept) - len(kept) % RECORD.itemsize], dtype=RECORD)
        self._add([word.decode() for word in records["word"]], records["vector"])


@lru_cache(maxsize=100_000)
def meaningful(word: str) -> bool:
    """Whether a word of `words_of` is one by itself: pairs of Chinese characters mostly span two words."""
    if is_chinese(word):
        return len(word) == 1 or segmenter().FREQ.get(word, 0) > 0
    return word.isalpha() and len(word) > 1


def _spelling(text: str) -> dict[str, str]:
    """The text's words, each with how it is spelt: the encoder knows no stems."""
    found = {word: word for word in words_of(text) if is_chinese(word) and meaningful(word)}
    for piece in PIECES.findall(fold(text)):
        stems = sequence(piece)
        if len(stems) == 1 and meaningful(stems[0]) and not is_chinese(stems[0]):
            found.setdefault(stems[0], piece)
    return found


def _append(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        # A record that a kill cut short would shift all that follow.
        opened.truncate(opened.seek(0, 2) // RECORD.itemsize * RECORD.itemsize)
        opened.write(data)


@cache
def likeness() -> Likeness:
    """The one of this process."""
    folder = cache_folder()
    return Likeness(folder / f"words-{embedding.VERSION}.bin" if folder else None)
