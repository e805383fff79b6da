"""Speech packed into windows without the silence between, and the way back to the time of the call."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from tools.calls.transcript import RATE, Samples


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of speech of one channel; `start` is in seconds of the call."""

    channel: int
    start: float
    samples: Samples

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.samples.size / RATE


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of one channel, one after the other."""

    channel: int
    pieces: tuple[Piece, ...]

    @property
    def samples(self) -> Samples:
        """What is listened to."""
        return np.concatenate([piece.samples for piece in self.pieces])

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return sum(piece.seconds for piece in self.pieces)

    @property
    def end(self) -> float:
        """Where its last piece ends, in seconds of the call."""
        return self.pieces[-1].start + self.pieces[-1].seconds

    def place(self, second: float) -> int:
        """The number of the piece that `second` of the window falls in."""
        return min(bisect_right(self._ends(), second), len(self.pieces) - 1)

    def moment(self, second: float, piece: int) -> float:
        """The second of the call, kept within the piece."""
        begin = self._ends()[piece - 1] if piece else 0.0
        inside = min(max(second - begin, 0.0), self.pieces[piece].seconds)
        return round(self.pieces[piece].start + inside, 2)

    def _ends(self) -> list[float]:
        return list(accumulate(piece.seconds for piece in self.pieces))


@dataclass
class Packer:
    """Fills windows of at most `most` seconds, a channel each, in the order of the call."""

    most: float
    waiting: dict[int, list[Piece]] = field(default_factory=dict)

    def add(self, piece: Piece) -> Iterator[Window]:
        """Take a piece; gives the window that is full, if one is."""
        held = self.waiting.setdefault(piece.channel, [])
        if held and sum(each.seconds for each in held) + piece.seconds > self.most:
            yield Window(piece.channel, tuple(held))
            held.clear()
        held.append(piece)

    def rest(self) -> Iterator[Window]:
        """What is left in windows that are not full."""
        for channel, held in self.waiting.items():
            if held:
                yield Window(channel, tuple(held))
        self.waiting.clear()
