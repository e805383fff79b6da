"""Where somebody speaks: stretches of speech on one channel, and those that are only the other leg's echo."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from faster_whisper.vad import get_vad_model  # type: ignore[import-untyped]
from numpy.typing import NDArray

from tools.calls.transcript import RATE, Samples

FRAME = 512
ENTER, LEAVE = 0.5, 0.35
PAUSE = 0.5
PAD = 0.3
SHORTEST = 0.12
LONGEST = 28.0
QUIET = 1e-4
ECHO_LAG = 0.5
ECHO_ALIKE = 0.35
ECHO_LOUDER = 2.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech from `start` to `end`, in samples of the block; `sure` is how sure it is speech at its surest."""

    start: int
    end: int
    sure: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.end - self.start) / RATE


def speech_odds(samples: Samples) -> NDArray[np.float32]:
    """How likely each frame of `FRAME` samples is speech; digital silence is not even looked at."""
    frames = -(-samples.size // FRAME)
    if not frames or float(np.abs(samples).max()) < QUIET:
        return np.zeros(frames, np.float32)
    odds: NDArray[np.float32] = get_vad_model()(np.pad(samples, (0, frames * FRAME - samples.size)))
    return odds.reshape(-1)[:frames]


def find_speech(samples: Samples) -> list[Stretch]:
    """The stretches of speech in order, a little wider than the speech, none longer than `LONGEST` seconds."""
    odds = speech_odds(samples)
    shortest = SHORTEST * RATE / FRAME
    kept = [(first, last) for first, last in _runs(odds) if last - first >= shortest]
    merged: list[tuple[int, int]] = []
    for first, last in kept:
        if merged and (first - merged[-1][1]) * FRAME < PAUSE * RATE:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    pieces = [piece for run in merged for piece in _split(odds, *run)]
    return [_widen(odds, pieces, place, samples.size) for place in range(len(pieces))]


def drop_echo(legs: Sequence[Samples], found: Sequence[list[Stretch]]) -> tuple[list[list[Stretch]], bool]:
    """What each leg says itself, without what is only heard of the other one; and whether there was such."""
    kept = [
        [stretch for stretch in found[leg] if not _is_echo(legs[leg], legs[1 - leg], stretch)]
        for leg in range(len(legs))
    ]
    return kept, sum(map(len, kept)) < sum(map(len, found))


def _runs(odds: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """From where the odds pass `ENTER` to where they fall under `LEAVE`."""
    start = None
    for place, odd in enumerate(odds.tolist()):
        if start is None and odd >= ENTER:
            start = place
        elif start is not None and odd < LEAVE:
            yield start, place
            start = None
    if start is not None:
        yield start, len(odds)


def _split(odds: NDArray[np.float32], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The run in pieces of at most `LONGEST`, cut where it sounds least like speech."""
    most = int((LONGEST - 2 * PAD) * RATE / FRAME)
    while last - first > most:
        cut = first + most // 2 + int(odds[first + most // 2 : first + most].argmin())
        yield first, cut
        first = cut
    yield first, last


def _widen(odds: NDArray[np.float32], pieces: list[tuple[int, int]], place: int, size: int) -> Stretch:
    first, last = pieces[place]
    pad = int(PAD * RATE)
    before = pieces[place - 1][1] * FRAME if place else 0
    after = pieces[place + 1][0] * FRAME if place + 1 < len(pieces) else size
    start = max(first * FRAME - pad, (first * FRAME + before) // 2 if place else 0)
    end = min(last * FRAME + pad, (last * FRAME + after) // 2 if place + 1 < len(pieces) else size)
    return Stretch(start, end, float(odds[first:last].max()))


def _is_echo(own: Samples, other: Samples, stretch: Stretch) -> bool:
    """Quieter than the other leg, and the same sound a moment later."""
    ours, theirs = own[stretch.start : stretch.end], other[stretch.start : stretch.end]
    ours_power, theirs_power = float(np.sqrt((ours**2).mean())), float(np.sqrt((theirs**2).mean()))
    if theirs_power < ECHO_LOUDER * ours_power or ours_power == 0:
        return False
    size = 1 << (2 * ours.size - 1).bit_length()
    alike = np.fft.irfft(np.fft.rfft(ours, size) * np.conj(np.fft.rfft(theirs, size)), size)
    lag = min(int(ECHO_LAG * RATE), ours.size)
    peak = np.abs(alike[:lag]).max() / (ours_power * theirs_power * ours.size)
    return bool(peak > ECHO_ALIKE)
