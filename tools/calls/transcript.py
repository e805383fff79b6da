"""What a recording is and what was said in it, as values; and what a transcriber promises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.said import Speaker
from core.settings import Settings

RATE = 16_000
"""Samples a second of all audio between decoding and words."""

Samples = NDArray[np.float32]
"""One channel at `RATE`, in [-1, 1]."""

Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""

Stopped = Callable[[], bool]
"""Asked between windows whether to stop."""

Warn = Literal["truncated", "low_coverage", "looped", "slow", "no_speech", "echo"]
"""What was not as it should be; its words are under `calls.warning`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest recording that is taken."""

    bytes: int
    seconds: float

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """What the settings allow."""
        return cls(settings.audio_megabytes * 1_000_000, settings.audio_hours * 3600)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file holds, without decoding all of it. `seconds` is what can be heard, not what the header says."""

    format: str
    codec: str
    seconds: float
    channels: int
    sample_rate: int
    bytes: int
    warnings: tuple[Warn, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or a character of Chinese, with when it was said; seconds of the call."""

    word: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one speaker said without a long pause.

    `channel` is None where the recording has one; `voice` counts the voices told apart there, None where unsure.
    `low` are the spans of `text` that were hard to hear, as (start, end) in characters.
    """

    start: float
    end: float
    text: str
    speaker: Speaker
    channel: int | None
    confidence: float
    words: tuple[Word, ...] = ()
    low: tuple[tuple[int, int], ...] = ()
    lang: str = "en"
    voice: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A call in words, in order of time. `coverage` is speech seconds with text ÷ speech seconds, 1 without speech."""

    segments: tuple[Spoken, ...]
    lang: str | None
    seconds: float
    channels: int
    coverage: float
    transcriber: str
    warnings: tuple[Warn, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of one window; times are seconds of the window. Words carry their own leading spaces."""

    words: tuple[Word, ...]
    lang: str
    no_speech: float = 0.0
    logprob: float = 0.0


@dataclass(frozen=True, slots=True)
class Hints:
    """What helps a transcriber: names it may hear, the language if it is known, or what it was so far."""

    hot_words: tuple[str, ...] = ()
    lang: str | None = None
    likely: str | None = None


class Transcriber(Protocol):
    """Turns windows of speech, at most `window` seconds each, into words."""

    name: str
    window: float
    batch: int

    def hear(self, windows: Sequence[Samples], hints: Hints) -> list[Heard]:
        """The words of each window, in order; its time is bounded by the length of the windows."""
        ...

    def close(self) -> None:
        """Let go of the weights."""
        ...
