"""From a recording to a transcript: speech found leg by leg, heard window by window, guarded, told apart by speaker."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.said import Speaker
from core.settings import Settings
from core.wording import Lang
from tools.calls.audio import Recording
from tools.calls.guards import LITTLE_SPEECH, LOW_COVERAGE, covered, cut_loops, is_made_up, is_phantom
from tools.calls.legs import Legs
from tools.calls.probe import probe
from tools.calls.roles import name_speakers
from tools.calls.speakers import Voices
from tools.calls.transcribers import open_transcriber
from tools.calls.transcript import Heard, Hints, Limits, Progress, Spoken, Transcriber, Transcript, Warn, Word
from tools.calls.turns import tidy, to_call_time, to_turns
from tools.calls.windows import Packer, Piece, Window

SLOWEST = 8.0
PATIENCE = 60.0
NEARLY = 0.99


def transcribe(
    path: Path,
    *,
    settings: Settings,
    hot_words: Sequence[str] = (),
    channel_speakers: Sequence[Speaker] | None = None,
    lang: Lang | None = None,
    progress: Progress | None = None,
) -> Transcript:
    """The call in words. A `progress` that raises stops it between windows; a UserError says why there are none."""
    found = probe(path, limits=Limits.of(settings))
    recording = Recording(path)
    hints = Hints(tuple(hot_words), lang)
    ear = Ear(open_transcriber(settings), hints, channel_speakers, progress)
    transcript = ear.listen(recording.blocks(), found.seconds)
    broken: tuple[Warn, ...] = ("truncated",) if recording.broken or found.warnings else ()
    return replace(transcript, warnings=(*broken, *transcript.warnings), seconds=round(found.seconds, 2))


@dataclass
class Ear:
    """Listens to one call."""

    transcriber: Transcriber
    hints: Hints = field(default_factory=Hints)
    channel_speakers: Sequence[Speaker] | None = None
    progress: Progress | None = None

    def listen(self, blocks: Iterable[NDArray[np.float32]], seconds: float) -> Transcript:
        """What is said in blocks of [channel, sample], which together last about `seconds`."""
        legs, packer, heard = Legs(), Packer(self.transcriber.window), Hearing(seconds)
        waiting: list[Window] = []
        try:
            for pieces in _all_pieces(legs, blocks):
                for piece in pieces:
                    waiting += packer.add(piece)
                    if legs.channels == 1:
                        heard.voices.add(piece.start, piece.samples)
                waiting = self._hear(waiting, heard, whole=False)
            self._hear([*waiting, *packer.rest()], heard, whole=True)
        finally:
            legs.close()
        self._tell(1.0)
        return _write(self, legs, heard, seconds)

    def _hear(self, waiting: list[Window], heard: "Hearing", *, whole: bool) -> list[Window]:
        """Hear what fills a batch, or all; gives back what waits on."""
        size = self.transcriber.batch
        self._tell(heard.done)
        while waiting and (whole or len(waiting) >= size):
            batch, waiting = waiting[:size], waiting[size:]
            if heard.is_late():
                heard.add(batch, [Heard((), "")] * len(batch))
                continue
            hints = replace(self.hints, likely=heard.likely)
            heard.add(batch, self.transcriber.hear([window.samples for window in batch], hints))
            self._tell(heard.done)
        return waiting

    def _tell(self, done: float) -> None:
        if self.progress:
            self.progress(done)


class Hearing:
    """What was heard of a call so far."""

    def __init__(self, seconds: float) -> None:
        self.words: dict[int, list[tuple[Word, str]]] = {}
        self.letters: Counter[str] = Counter()
        self.voices = Voices()
        self.speech = self.with_text = self.done = 0.0
        self.looped = self.late = False
        self._seconds = max(seconds, 1e-3)
        self._deadline = time.monotonic() + PATIENCE + SLOWEST * seconds

    @property
    def likely(self) -> str | None:
        """The language of most of it."""
        return self.letters.most_common(1)[0][0] if self.letters else None

    def is_late(self) -> bool:
        """Whether it took longer than a call of this length may."""
        self.late = self.late or time.monotonic() > self._deadline
        return self.late

    def add(self, windows: Sequence[Window], heard: Sequence[Heard]) -> None:
        """Keep the words that were said; loops and made-up lines are left out."""
        for window, found in zip(windows, heard, strict=True):
            self._add(window, found)
        self.done = max(self.done, min(max(window.end for window in windows) / self._seconds, NEARLY))

    def _add(self, window: Window, heard: Heard) -> None:
        kept = cut_loops(tidy(() if is_made_up(heard) else heard.words, heard.lang))
        self.looped = self.looped or kept.looped
        words = list(to_call_time(window, replace(heard, words=kept.words)))
        self.words.setdefault(window.channel, []).extend((word, heard.lang) for _, word in words)
        self.letters[heard.lang] += sum(len(word.word) for _, word in words)
        for number, piece in enumerate(window.pieces):
            own = [word for place, word in words if place == number]
            self.speech += piece.seconds
            self.with_text += covered(piece.start, piece.start + piece.seconds, own)

    def lines(self, channel: int | None) -> list[Spoken]:
        """One channel's words in lines, each in one language."""
        words = sorted(self.words.get(channel or 0, []), key=lambda each: each[0].start)
        voices = self.voices.label([word for word, _ in words]) if channel is None else [None] * len(words)
        marked = [(word, lang, voice) for (word, lang), voice in zip(words, voices, strict=True)]
        lines: list[Spoken] = []
        for (lang, voice), run in groupby(marked, key=lambda each: each[1:]):
            spoken = to_turns([word for word, _, _ in run], lang=lang, channel=channel, others=self._others(channel))
            lines += [replace(line, voice=voice) for line in spoken if not is_phantom(line.text)]
        return lines

    def _others(self, channel: int | None) -> list[float]:
        if channel is None:
            return []
        return sorted(word.start for other, words in self.words.items() if other != channel for word, _ in words)


def _all_pieces(legs: Legs, blocks: Iterable[NDArray[np.float32]]) -> Iterator[Iterable[Piece]]:
    for block in blocks:
        yield legs.take(block)
    yield legs.rest()


def _write(ear: Ear, legs: Legs, heard: Hearing, seconds: float) -> Transcript:
    channels = list(range(legs.channels)) if legs.channels > 1 else [None]
    lines = sorted((line for channel in channels for line in heard.lines(channel)), key=lambda line: line.start)
    coverage = min(heard.with_text / heard.speech, 1.0) if heard.speech else 1.0
    alarms: dict[Warn, bool] = {
        "no_speech": not heard.speech,
        "low_coverage": heard.speech > LITTLE_SPEECH and coverage < LOW_COVERAGE,
        "looped": heard.looped,
        "slow": heard.late,
        "echo": legs.echo,
    }
    return Transcript(
        tuple(name_speakers(lines, ear.channel_speakers)),
        heard.likely,
        round(seconds, 2),
        legs.channels,
        round(coverage, 3),
        ear.transcriber.name,
        tuple(alarm for alarm, rings in alarms.items() if rings),
    )
