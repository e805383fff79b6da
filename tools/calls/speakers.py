"""Whether one channel carries two voices that can be told apart by sound, and which is which; unsure stays unsure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tools.calls.transcript import RATE, Samples, Word
from tools.calls.turns import ends_sentence

HOP, SPAN, BANDS, SHAPES = 160, 512, 32, 16
CHUNK = 0.8
LOWEST, HIGHEST = 70.0, 330.0
PITCH = 4.0
BREATH = 0.4
ENOUGH = 20
AGREE = 0.91
APART = 2.8
SHARE = 0.08
MOST = 0.6
ROUNDS = 30

Matrix = NDArray[np.float64]


@dataclass
class Voices:
    """Keeps how short chunks of speech sound, and tells two voices apart once the call is over."""

    moments: list[float] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    sounds: list[Matrix] = field(default_factory=list)
    _count: int = 0

    def add(self, start: float, samples: Samples) -> None:
        """Take a stretch of speech that begins at `start` seconds of the call."""
        size = int(CHUNK * RATE)
        for at in range(0, samples.size - size // 2, size):
            sound = _sound(samples[at : at + size])
            if sound is not None:
                self.moments.append(start + at / RATE)
                self.pieces.append(self._count)
                self.sounds.append(sound)
        self._count += 1

    def label(self, words: Sequence[Word]) -> list[int | None]:
        """The voice of each word, 0 or 1, sentence by sentence; None for all where they can't be told apart."""
        sides = self._sides()
        if sides is None:
            return [None] * len(words)
        middles = np.array(self.moments) + CHUNK / 2
        found: list[int | None] = []
        for sentence in _sentences(words):
            inside = (middles > sentence[0].start - CHUNK / 4) & (middles < sentence[-1].end + CHUNK / 4)
            found += [_side(sides[inside])] * len(sentence)
        return found

    def _sides(self) -> NDArray[np.intp] | None:
        if len(self.sounds) < ENOUGH:
            return None
        pieces = np.array(self.pieces)
        points = _even(np.array(self.sounds), pieces)
        sides, centres = _two(points)
        share = sides.mean()
        apart = float(np.linalg.norm(centres[0] - centres[1]))
        if min(share, 1 - share) < SHARE or apart < APART or _agreement(sides, pieces) < AGREE:
            return None
        return sides


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    held: list[Word] = []
    for word in words:
        if held and (ends_sentence(held[-1]) or word.start - held[-1].end > BREATH):
            yield held
            held = []
        held.append(word)
    if held:
        yield held


def _side(sides: NDArray[np.intp]) -> int | None:
    """The side of most of the chunks; None where they are of two minds."""
    second = float(sides.mean()) if len(sides) else 0.5
    return 1 if second >= MOST else 0 if second <= 1 - MOST else None


def _sound(samples: Samples) -> Matrix | None:
    """The shape of the spectrum and the pitch of a chunk; None where it is hardly voiced."""
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), SPAN)[:: HOP * 2]
    frames = frames - frames.mean(axis=1, keepdims=True)
    power = (frames**2).mean(axis=1)
    loud = frames[power > max(power.max() * 0.05, 1e-8)]
    if len(loud) < 8:
        return None
    spectrum = np.abs(np.fft.rfft(loud * np.hanning(SPAN), 1024)) ** 2
    bands = np.log(spectrum @ _bank().T + 1e-10)
    shapes = (bands - bands.mean(axis=1, keepdims=True)) @ _cosines().T
    alike = np.fft.irfft(spectrum)[:, :SPAN]
    lags = slice(int(RATE / HIGHEST), int(RATE / LOWEST))
    peaks = alike[:, lags] / (alike[:, :1] + 1e-12)
    voiced = peaks.max(axis=1) > 0.4
    if voiced.sum() < 4:
        return None
    pitch = np.log2(RATE / (peaks[voiced].argmax(axis=1) + lags.start))
    return np.concatenate([shapes[voiced].mean(axis=0), [np.median(pitch) * PITCH]])


def _even(points: Matrix, pieces: NDArray[np.intp]) -> Matrix:
    """Scaled by how much one voice varies within a stretch, so that distances mean the same everywhere."""
    own = np.concatenate(
        [points[pieces == piece] - points[pieces == piece].mean(axis=0) for piece in np.unique(pieces)]
    )
    spread = own.T @ own / max(len(own) - len(np.unique(pieces)), 1)
    spread += np.eye(len(spread)) * 0.3 * np.trace(spread) / len(spread)
    values, axes = np.linalg.eigh(spread)
    return np.asarray((points - points.mean(axis=0)) @ axes / np.sqrt(values))


def _two(points: Matrix) -> tuple[NDArray[np.intp], Matrix]:
    """Two groups, begun at the ends of the widest direction."""
    widest = np.linalg.svd(points, full_matrices=False)[2][0]
    sides = (points @ widest > 0).astype(np.intp)
    centres = points[:2]
    for _ in range(ROUNDS):
        if sides.all() or not sides.any():
            return sides, np.array([points.mean(axis=0)] * 2)
        centres = np.array([points[sides == side].mean(axis=0) for side in (0, 1)])
        fresh = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
        if (fresh == sides).all():
            break
        sides = fresh
    return sides, centres


def _agreement(sides: NDArray[np.intp], pieces: NDArray[np.intp]) -> float:
    """How many chunks are on the side of most of their stretch, counted in stretches of several chunks."""
    right, count = 0.0, 0
    for piece in np.unique(pieces):
        own = sides[pieces == piece]
        if len(own) > 1:
            right += max(own.mean(), 1 - own.mean()) * len(own)
            count += len(own)
    return right / count if count else 0.0


@cache
def _bank() -> Matrix:
    top = 2595 * np.log10(1 + 3600 / 700)
    low = 2595 * np.log10(1 + 150 / 700)
    edges = 700 * (10 ** (np.linspace(low, top, BANDS + 2) / 2595) - 1)
    rate = np.fft.rfftfreq(1024, 1 / RATE)
    rises = (rate - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falls = (edges[2:, None] - rate) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.clip(np.minimum(rises, falls), 0, None))


@cache
def _cosines() -> Matrix:
    places = (np.arange(BANDS) + 0.5) / BANDS
    return np.asarray(np.cos(np.pi * np.arange(1, SHAPES + 1)[:, None] * places) * np.sqrt(2 / BANDS))
