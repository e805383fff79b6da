"""Sounds that nobody speaks in, and recordings written in many formats."""

from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.float32]


@cache
def unspoken(seconds: int = 60) -> dict[str, Samples]:
    """A minute each of what lines and waiting loops sound like."""
    size = seconds * RATE
    t = np.arange(size) / RATE
    noise = np.random.default_rng(7)
    walk = np.cumsum(noise.standard_normal(size))
    spectrum = np.fft.rfft(noise.standard_normal(size)) / np.sqrt(np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1))
    pink = np.fft.irfft(spectrum, size)
    beep = np.sin(2 * np.pi * 425 * t)
    sounds = {
        "silence": np.zeros(size),
        "hum": 0.05 * np.sin(2 * np.pi * 50 * t),
        "ring": 0.3 * beep * (t % 5 < 1),
        "busy": 0.3 * beep * (t % 1 < 0.5),
        "keys": _keys(t),
        "white": 0.1 * noise.standard_normal(size),
        "pink": 0.3 * pink / np.abs(pink).max(),
        "brown": 0.3 * walk / np.abs(walk).max(),
        "melody": _music(t, drums=False),
        "band": _music(t, drums=True),
    }
    return {name: sound.astype(np.float32) for name, sound in sounds.items()}


def write(path: Path, samples: Samples, codec: str, rate: int = RATE, options: dict[str, str] | None = None) -> Path:
    """Samples of [channel, sample] as a file in the container that its name says."""
    layout = "stereo" if samples.shape[0] == 2 else "mono"
    with av.open(str(path), "w", options=options or {}) as file:
        stream: Any = file.add_stream(codec, rate=rate)
        stream.layout = layout
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path


def _keys(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Dialling: two tones at a time."""
    key = (t * 2).astype(int)
    low, high = np.array([697, 770, 852, 941])[key % 4], np.array([1209, 1336, 1477])[key % 3]
    both = np.sin(2 * np.pi * low * t) + np.sin(2 * np.pi * high * t)
    return np.asarray(0.2 * both * (t % 0.5 < 0.2))


def _music(t: NDArray[np.float64], *, drums: bool) -> NDArray[np.float64]:
    """A melody with harmonics over a chord, and a drum on every beat."""
    beat = (t * 2).astype(int)
    pitch = np.array([261.6, 329.6, 392.0, 440.0, 349.2, 293.7])[beat * 5 % 6]
    fade = np.exp(-3 * (t % 0.5))
    tune = sum(np.sin(2 * np.pi * pitch * h * t) / h for h in range(1, 7)) * fade
    chord = sum(np.sin(2 * np.pi * each * t) for each in (130.8, 164.8, 196.0)) * 0.3
    hits = np.random.default_rng(3).standard_normal(t.size) * np.exp(-40 * (t % 0.5)) if drums else 0.0
    mixed = tune + chord + hits
    return np.asarray(0.5 * mixed / np.abs(mixed).max())
