"""Sound that comes in pieces, turned into samples as it comes: plain samples, or a file that is still growing."""

from collections import deque
from threading import Condition, Thread
from typing import Protocol

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from tools.calls.container import ALONE, UNREADABLE
from tools.calls.transcript import RATE

Block = NDArray[np.float32]


class Decoder(Protocol):
    """Turns bytes into sound; what it gives is [channel, sample] at `RATE`."""

    def pour(self, piece: bytes) -> list[Block]:
        """Take more bytes; the sound that is ready."""
        ...

    def end(self) -> list[Block]:
        """There are no more bytes; the sound that was left."""
        ...


class PcmDecoder:
    """Signed 16-bit little-endian samples, the channels in turn."""

    def __init__(self, rate: int, channels: int) -> None:
        self._frame = 2 * channels
        self._rate, self._channels = rate, channels
        self._left = b""
        self._resampler = av.AudioResampler(format="fltp", layout=_layout(channels), rate=RATE)

    def pour(self, piece: bytes) -> list[Block]:
        """Whole samples now; half of one waits for the rest."""
        held = self._left + piece
        whole = len(held) - len(held) % self._frame
        self._left = held[whole:]
        if not whole:
            return []
        samples = np.frombuffer(held[:whole], "<i2").reshape(1, -1)
        frame = AudioFrame.from_ndarray(samples, format="s16", layout=_layout(self._channels))
        frame.sample_rate = self._rate
        return _blocks(self._resampler, frame)

    def end(self) -> list[Block]:
        """What the resampler held back."""
        return _blocks(self._resampler, None)


class FileDecoder:
    """A file that is sent from its beginning on, in any format that can be read without seeking."""

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.failed = False
        self._file = _Growing()
        self._ready: deque[Block] = deque()
        self._thread = Thread(target=self._decode, name="live-decoder", daemon=True)
        self._thread.start()

    def pour(self, piece: bytes) -> list[Block]:
        """What was decoded since; the decoder reads on by itself."""
        self._file.write(piece)
        return self._taken()

    def end(self) -> list[Block]:
        """Wait for the decoder to come to the end."""
        self._file.finish()
        self._thread.join()
        return self._taken()

    def _taken(self) -> list[Block]:
        return [self._ready.popleft() for _ in range(len(self._ready))]

    def _decode(self) -> None:
        resampler = av.AudioResampler(format="fltp", layout=_layout(self.channels), rate=RATE)
        try:
            with av.open(self._file, mode="r", options=ALONE) as container:
                for frame in container.decode(audio=0):
                    frame.pts = None
                    self._ready.extend(_blocks(resampler, frame))
            self._ready.extend(_blocks(resampler, None))
        except (*UNREADABLE, IndexError):
            self.failed = True


class _Growing:
    """What a decoder reads: it waits where the bytes end, until there are more or no more come."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._over = False
        self._more = Condition()

    def read(self, size: int = -1) -> bytes:
        """Some bytes, at most `size`; none at the end."""
        with self._more:
            while not self._held and not self._over:
                self._more.wait()
            taken = bytes(self._held[: size if size > 0 else None])
            del self._held[: len(taken)]
            return taken

    def write(self, piece: bytes) -> None:
        """More bytes."""
        with self._more:
            self._held += piece
            self._more.notify()

    def finish(self) -> None:
        """There are no more."""
        with self._more:
            self._over = True
            self._more.notify()


def open_decoder(format_: str, rate: int, channels: int) -> Decoder:
    """The decoder for `pcm16` or `file`."""
    return PcmDecoder(rate, channels) if format_ == "pcm16" else FileDecoder(channels)


def _layout(channels: int) -> str:
    return "stereo" if channels == 2 else "mono"


def _blocks(resampler: av.AudioResampler, frame: AudioFrame | None) -> list[Block]:
    return [piece.to_ndarray().astype(np.float32, copy=False) for piece in resampler.resample(frame)]
