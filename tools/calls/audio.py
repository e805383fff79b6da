"""Sound as samples: any file in blocks of one rate, so that a call of hours needs the memory of minutes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from tools.calls.container import UNREADABLE, open_container
from tools.calls.transcript import RATE, Samples

BLOCK = 120.0
LEGS = 2


@dataclass
class Recording:
    """A file's sound. `blocks` gives arrays of [channel, sample] in order; `broken` is set if it ended in an error."""

    path: Path
    broken: bool = field(default=False, init=False)

    def blocks(self, seconds: float = BLOCK) -> Iterator[NDArray[np.float32]]:
        """The sound in blocks of about `seconds`; more than two channels are mixed into one."""
        most, held, have = int(seconds * RATE), list[NDArray[np.float32]](), 0
        with open_container(self.path) as (container, stream):
            for piece in self._pieces(container, stream):
                held.append(piece)
                have += piece.shape[1]
                if have >= most:
                    yield np.concatenate(held, axis=1)
                    held, have = [], 0
        if held:
            yield np.concatenate(held, axis=1)

    def _pieces(self, container: InputContainer, stream: AudioStream) -> Iterator[NDArray[np.float32]]:
        layout = "stereo" if stream.channels == LEGS else "mono"
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
        for frame in chain(self._frames(container, stream), [None]):
            for piece in resampler.resample(frame):
                yield piece.to_ndarray().astype(np.float32, copy=False)

    def _frames(self, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
        """Frames in order; a packet that can't be decoded is left out, a file that breaks off ends there."""
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except UNREADABLE:
                self.broken = True
                return
            try:
                for frame in packet.decode():
                    if isinstance(frame, AudioFrame):
                        frame.pts = None
                        yield frame
            except UNREADABLE:
                self.broken = True


def read_samples(path: Path) -> NDArray[np.float32]:
    """All of a short recording at once, as [channel, sample]."""
    blocks = list(Recording(path).blocks())
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((1, 0), np.float32)


def is_one_voice_twice(pair: NDArray[np.float32]) -> bool:
    """Whether two channels hold the same sound (a mono recording saved as stereo), rather than a leg each."""
    step = RATE // 2
    left, right = (leg[: leg.size // step * step].reshape(-1, step) for leg in pair)
    power = np.stack([np.sqrt((side**2).mean(axis=1)) for side in (left, right)])
    loud = power.max(axis=0) > max(0.1 * float(power.max(initial=0)), 1e-3)
    if not loud.any():
        return False
    left, right, power = left[loud], right[loud], power[:, loud] + 1e-6
    level = 20 * np.log10(power[0] / power[1])
    together = np.abs((left * right).mean(axis=1)) / (power[0] * power[1])
    same = (together > 0.7) & (np.abs(level - np.median(level)) < 6)
    return bool(same.mean() > 0.7)


def mix(block: NDArray[np.float32]) -> Samples:
    """All channels as one."""
    mixed: Samples = block.mean(axis=0)
    return mixed
