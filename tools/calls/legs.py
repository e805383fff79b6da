"""A recording cut into pieces of speech, leg by leg, a block at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tools.calls.audio import LEGS, is_one_voice_twice, mix
from tools.calls.transcript import RATE
from tools.calls.voice import PAUSE, Stretch, drop_echo, find_speech
from tools.calls.windows import Piece


@dataclass
class Legs:
    """Finds speech in block after block; what is cut by the end of a block waits for the next one."""

    channels: int = 1
    echo: bool = False
    speech: float = 0.0
    at: float = 0.0
    _held: NDArray[np.float32] | None = None
    _decided: bool = False
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(LEGS))

    def take(self, block: NDArray[np.float32], *, last: bool = False) -> Iterator[Piece]:
        """The pieces that are complete, in order of their start."""
        block = self._as_legs(block)
        whole = block if self._held is None else np.concatenate([self._held, block], axis=1)
        found = list(self._pool.map(find_speech, whole))
        if len(found) == LEGS:
            found, echo = drop_echo(list(whole), found)
            self.echo = self.echo or echo
        cut = whole.shape[1] if last else _cut(found, whole.shape[1])
        pieces = [
            piece for leg, stretches in enumerate(found) for piece in self._pieces(whole[leg], leg, stretches, cut)
        ]
        self.speech += sum(piece.seconds for piece in pieces)
        self.at += cut / RATE
        self._held = None if last else whole[:, cut:]
        yield from sorted(pieces, key=lambda piece: piece.start)

    def rest(self) -> Iterator[Piece]:
        """What waited for a block that did not come."""
        held, self._held = self._held, None
        if held is not None and held.shape[1]:
            yield from self.take(held, last=True)

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=True)

    def _as_legs(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        if not self._decided and block.any():
            self._decided = True
            self.channels = LEGS if block.shape[0] == LEGS and not is_one_voice_twice(block) else 1
            if self._held is not None and self.channels == 1:
                self._held = self._held[:1]
        return block if self.channels == LEGS else mix(block)[np.newaxis]

    def _pieces(self, samples: NDArray[np.float32], leg: int, found: list[Stretch], cut: int) -> Iterator[Piece]:
        for stretch in found:
            if stretch.start < cut:
                yield Piece(leg, self.at + stretch.start / RATE, samples[stretch.start : min(stretch.end, cut)].copy())


def _cut(found: list[list[Stretch]], size: int) -> int:
    """Where nobody speaks, as late as may be; never before the middle."""
    cut = size - int(PAUSE * RATE)
    spoken = sorted((stretch for leg in found for stretch in leg), key=lambda stretch: -stretch.end)
    for stretch in spoken:
        if stretch.end > cut > stretch.start:
            cut = stretch.start
    return max(cut, size // 2)
