"""Listening while a call runs: what was said for good is committed, what is still being said is told as partial."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.said import Speaker
from tools.calls.guards import cut_loops, is_made_up, is_phantom
from tools.calls.transcript import RATE, Heard, Hints, Samples, Spoken, Transcriber, Word
from tools.calls.turns import ends_sentence, tidy, to_call_time, to_turns
from tools.calls.voice import Stretch, find_speech
from tools.calls.windows import Packer, Piece, Window

PAUSE = 0.6
"""Seconds of silence after which a stretch is over."""
SETTLED = 0.8
"""Seconds that must have been heard after a sentence before it is believed."""
LONGEST = 14.0
"""Seconds of speech without a pause after which what is settled is committed in the middle of a sentence."""
KEPT = 1.0
SHORTEST = 0.4


@dataclass(frozen=True, slots=True)
class Update:
    """What one look at the sound gave: lines that stay, and lines that may still change."""

    lines: tuple[Spoken, ...] = ()
    partial: tuple[Spoken, ...] = ()


@dataclass
class _Leg:
    """The sound of one channel that is not committed yet; `start` is its first sample's place in the call."""

    start: int
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32))

    def drop(self, samples: int) -> None:
        """Forget the first of them."""
        self.samples = self.samples[samples:]
        self.start += samples


class Listener:
    """Hears a call as it comes in. `since` is how many of its seconds were committed before."""

    def __init__(
        self,
        transcriber: Transcriber,
        *,
        channels: int,
        speakers: Sequence[Speaker] | None = None,
        hints: Hints | None = None,
        since: float = 0.0,
    ) -> None:
        self._transcriber = transcriber
        self._speakers = speakers
        self._hints = hints or Hints()
        self._letters: Counter[str] = Counter()
        self._legs = [_Leg(int(since * RATE)) for _ in range(channels)]

    @property
    def settled(self) -> float:
        """Seconds of the call that will not be listened to again."""
        return min(leg.start for leg in self._legs) / RATE

    def feed(self, block: NDArray[np.float32]) -> None:
        """Take more sound: [channel, sample] at `RATE`."""
        for leg, samples in zip(self._legs, block, strict=True):
            leg.samples = np.concatenate([leg.samples, samples])

    def step(self, *, partial: bool = True, last: bool = False) -> Update:
        """Look at what came in; `partial` is whether there is time for what is still being said."""
        over: list[Window] = []
        going: list[Window] = []
        for channel, leg in enumerate(self._legs):
            done, still = self._cut(channel, leg, last=last)
            over += done
            if still is not None and (partial or still.seconds > LONGEST):
                going.append(still)
        heard = self._hear([*over, *going])
        lines, open_lines = [], []
        for window, words in zip(over, heard[: len(over)], strict=True):
            lines += self._lines(window.channel, words)
        for window, words in zip(going, heard[len(over) :], strict=True):
            kept, rest = self._split(window, words)
            lines += self._lines(window.channel, kept)
            open_lines += self._lines(window.channel, rest)
        return Update(tuple(sorted(lines, key=_start)), tuple(sorted(open_lines, key=_start)))

    def _cut(self, channel: int, leg: _Leg, *, last: bool) -> tuple[list[Window], Window | None]:
        """The stretches of a leg that are over, as windows, and the one that goes on; the silence before is dropped."""
        found = find_speech(leg.samples)
        going = None
        if found and not last and found[-1].end > leg.samples.size - PAUSE * RATE:
            going = found.pop()
        packer = Packer(self._transcriber.window)
        pieces = [_piece(channel, leg, stretch) for stretch in found]
        windows = [window for piece in pieces for window in packer.add(piece)]
        windows += packer.rest()
        still = None
        if going is not None:
            still = Window(channel, (_piece(channel, leg, going),)) if going.seconds > SHORTEST else None
            leg.drop(going.start)
        else:
            leg.drop(leg.samples.size if last else max(leg.samples.size - int(KEPT * RATE), _end(found)))
        return windows, still

    def _hear(self, windows: Sequence[Window]) -> list[list[tuple[Word, str]]]:
        if not windows:
            return []
        likely = self._letters.most_common(1)[0][0] if self._letters else None
        hints = replace(self._hints, likely=likely)
        found: list[Heard] = []
        for start in range(0, len(windows), self._transcriber.batch):
            batch = windows[start : start + self._transcriber.batch]
            found += self._transcriber.hear([window.samples for window in batch], hints)
        return [self._words(window, heard) for window, heard in zip(windows, found, strict=True)]

    def _words(self, window: Window, heard: Heard) -> list[tuple[Word, str]]:
        kept = cut_loops(tidy(() if is_made_up(heard) else heard.words, heard.lang))
        words = [word for _, word in to_call_time(window, replace(heard, words=kept.words))]
        self._letters[heard.lang] += sum(len(word.word) for word in words)
        return [(word, heard.lang) for word in words]

    def _split(
        self, window: Window, words: list[tuple[Word, str]]
    ) -> tuple[list[tuple[Word, str]], list[tuple[Word, str]]]:
        """The words that are settled, whose sound is dropped, and the rest."""
        sure = [place for place, (word, _) in enumerate(words) if word.end <= window.end - SETTLED]
        whole = [place for place in sure if ends_sentence(words[place][0])]
        if not whole and window.seconds > LONGEST:
            whole = sure
        if not whole:
            return [], words
        last = whole[-1]
        leg = self._legs[window.channel]
        leg.drop(max(int(words[last][0].end * RATE) - leg.start, 0))
        return words[: last + 1], words[last + 1 :]

    def _lines(self, channel: int, words: Sequence[tuple[Word, str]]) -> list[Spoken]:
        if not words:
            return []
        shown = channel if len(self._legs) > 1 else None
        lines = to_turns([word for word, _ in words], lang=words[0][1], channel=shown)
        told = self._speakers[channel] if self._speakers and channel < len(self._speakers) else "unknown"
        return [replace(line, speaker=told) for line in lines if not is_phantom(line.text)]


def _piece(channel: int, leg: _Leg, stretch: Stretch) -> Piece:
    return Piece(channel, (leg.start + stretch.start) / RATE, leg.samples[stretch.start : stretch.end])


def _end(found: Sequence[Stretch]) -> int:
    return found[-1].end if found else 0


def _start(line: Spoken) -> float:
    return line.start
