"""The default transcriber: Whisper weights in int8 by CTranslate2, several windows at a time."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from ctranslate2 import StorageView  # type: ignore[import-untyped]
from faster_whisper import WhisperModel  # type: ignore[import-untyped]
from faster_whisper.tokenizer import Tokenizer  # type: ignore[import-untyped]
from numpy.typing import NDArray

from tools.calls.hints import before, choose_languages, home, squeeze, token_limit
from tools.calls.transcript import RATE, Heard, Hints, Samples, Word
from tools.calls.weights import NoWeights, Weights

NAME = "faster-whisper"
WINDOW = 29.0
TOGETHER = 4
MOST_WORKERS = 8
FRAMES = 3000
LEAST_FRAMES = 1500
ROOM = 500
"""Whisper expects 30 s; with less than half of that, or too little silence after the speech, it repeats itself."""
MOST_TOKENS = 448
MOST_BEFORE = 120
UNSURE = -0.8
LOOPING = 2.2
BEAM = {"beam_size": 5}
CAREFUL = {**BEAM, "no_repeat_ngram_size": 6}


@dataclass(frozen=True)
class _Batch:
    """Windows that were encoded together: their numbers, features, lengths, and what the encoder made of them."""

    places: list[int]
    features: NDArray[np.float32]
    frames: list[int]
    encoded: StorageView

    def part(self, places: list[int], model: Any) -> "_Batch":
        """Only these of the windows."""
        if places == self.places:
            return self
        rows = [self.places.index(place) for place in places]
        features = self.features[rows]
        return _Batch(places, features, [self.frames[row] for row in rows], model.encode(features))


class FasterWhisper:
    """Decodes batches side by side, one thread each; what it is unsure of is decoded once more with more care."""

    window = WINDOW

    def __init__(self, weights: Weights) -> None:
        self.workers = min(os.cpu_count() or 1, MOST_WORKERS)
        self.batch = self.workers * TOGETHER
        self.name = f"{NAME}:{weights.name}"
        self._model = _load(weights, self.workers)
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="hear")

    def hear(self, windows: Sequence[Samples], hints: Hints) -> list[Heard]:
        """The words of each window, in order."""
        order = sorted(range(len(windows)), key=lambda place: -windows[place].size)
        share = max(1, min(TOGETHER, -(-len(windows) // self.workers)))
        groups = [order[at : at + share] for at in range(0, len(order), share)]
        batches = list(self._pool.map(lambda group: self._encode(group, windows), groups))
        langs = self._languages(batches, windows, hints)
        parts = [part for batch in batches for part in self._by_language(batch, langs)]
        found: dict[int, Heard] = {}
        for heard in self._pool.map(lambda part: self._decode(part[0], part[1], hints), parts):
            found |= heard
        return [found[place] for place in range(len(windows))]

    def close(self) -> None:
        """Let go of the weights."""
        self._pool.shutdown(wait=True)

    def _encode(self, group: list[int], windows: Sequence[Samples]) -> _Batch:
        made = [self._model.feature_extractor(windows[place])[..., :-1] for place in group]
        frames = [min(each.shape[1], FRAMES) for each in made]
        features = np.zeros((len(made), made[0].shape[0], _context(max(frames))), np.float32)
        for row, each in enumerate(made):
            features[row, :, : frames[row]] = each[:, : frames[row]]
        return _Batch(group, features, frames, self._model.encode(features))

    def _languages(self, batches: list[_Batch], windows: Sequence[Samples], hints: Hints) -> list[str]:
        if not self._model.model.is_multilingual:
            return ["en"] * len(windows)
        if hints.lang:
            return [hints.lang] * len(windows)
        odds: dict[int, dict[str, float]] = {}
        for batch in batches:
            told = self._model.model.detect_language(batch.encoded)
            odds |= {
                place: home([(mark[2:-2], odd) for mark, odd in each])
                for place, each in zip(batch.places, told, strict=True)
            }
        places = range(len(windows))
        return choose_languages(
            [odds[place] for place in places], [windows[place].size / RATE for place in places], hints
        )

    def _by_language(self, batch: _Batch, langs: list[str]) -> Iterator[tuple[_Batch, str]]:
        for lang in sorted({langs[place] for place in batch.places}):
            yield batch.part([place for place in batch.places if langs[place] == lang], self._model), lang

    def _decode(self, batch: _Batch, lang: str, hints: Hints) -> dict[int, Heard]:
        tokenizer = Tokenizer(self._model.hf_tokenizer, self._model.model.is_multilingual, "transcribe", lang)
        told = tokenizer.encode(before(hints, lang))[:MOST_BEFORE]
        prompt = self._model.get_prompt(tokenizer, told, without_timestamps=True)
        results = self._generate(batch, prompt, BEAM)
        tokens = [result.sequences_ids[0] for result in results]
        aligned = self._model.find_alignment(tokenizer, tokens, batch.encoded, batch.frames)
        heard = {}
        for row, place in enumerate(batch.places):
            first = _heard(results[row], aligned[row], lang)
            heard[place] = first
            if _doubtful(first, tokenizer.decode(tokens[row])):
                heard[place] = self._again(batch.part([place], self._model), tokenizer, lang, first)
        return heard

    def _again(self, batch: _Batch, tokenizer: Any, lang: str, first: Heard) -> Heard:
        """One more attempt without anything told before, with a beam and no repeats; the better one."""
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True)
        results = self._generate(batch, prompt, CAREFUL)
        tokens = [results[0].sequences_ids[0]]
        aligned = self._model.find_alignment(tokenizer, tokens, batch.encoded, batch.frames)
        second = _heard(results[0], aligned[0], lang)
        looped = squeeze("".join(word.word for word in first.words)) > LOOPING
        return second if looped or second.logprob > first.logprob else first

    def _generate(self, batch: _Batch, prompt: list[int], care: dict[str, int]) -> list[Any]:
        limit = min(len(prompt) + token_limit(max(batch.frames) / 100), MOST_TOKENS)
        return list(
            self._model.model.generate(
                batch.encoded,
                [prompt] * len(batch.places),
                max_length=limit,
                return_scores=True,
                return_no_speech_prob=True,
                **care,
            )
        )


def _load(weights: Weights, workers: int) -> Any:
    target = str(weights.folder) if weights.folder else weights.name
    try:
        return WhisperModel(target, device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers)
    except (RuntimeError, ValueError, OSError) as error:
        raise NoWeights(model=weights.name) from error


def _context(frames: int) -> int:
    return min(max(frames + ROOM, LEAST_FRAMES), FRAMES)


def _heard(result: Any, aligned: list[dict[str, Any]], lang: str) -> Heard:
    words = tuple(
        Word(str(each["word"]), float(each["start"]), float(each["end"]), float(each["probability"]))
        for each in aligned
        if each["word"]
    )
    count = len(result.sequences_ids[0])
    logprob = result.scores[0] * count / (count + 1) if result.scores else 0.0
    return Heard(words, lang, no_speech=float(result.no_speech_prob), logprob=float(logprob))


def _doubtful(heard: Heard, text: str) -> bool:
    return bool(text) and (heard.logprob < UNSURE or squeeze(text) > LOOPING)
