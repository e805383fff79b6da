"""Finds the signals that people described: by their words, or by being near their examples and not the others."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from time import monotonic

import numpy as np
from sklearn.preprocessing import normalize  # type: ignore[import-untyped]

from core.said import Found, Reading, Utterance
from core.trackers import Described, Spotted
from tools.signals.evidence import tidy
from tools.signals.features import Floats, embed, grams
from tools.signals.prepare import Prepared, prepare

MEANING = 0.75
"""The part that embeddings have in being near; n-grams have the rest."""
NEAR, NEAREST = 0.42, 0.62
"""Between these lies how near a text must be; the examples say where."""
AHEAD = 0.05
"""How much nearer it must be to an example than to a counterexample."""
LOOK_EVERY = 10.0


class Net:
    """One described signal, ready to find."""

    def __init__(self, described: Described) -> None:
        self.name = described.name
        self._phrases = tuple(prepare(phrase).lower for phrase in described.phrases)
        self._examples = _place([prepare(text) for text in described.examples])
        self._others = _place([prepare(text) for text in described.counterexamples])
        self._least = self._how_near()

    def spot(self, text: Prepared, spans: Sequence[tuple[int, int]], placed: Floats) -> Spotted | None:
        """Where the text carries it, if it does; `placed` has a row a span."""
        for phrase in self._phrases:
            at = text.lower.find(phrase)
            if phrase and at >= 0:
                return _spotted(text, tidy(text, at, at + len(phrase)), 0.95)
        if not len(self._examples):
            return None
        near = (placed @ self._examples.T).max(axis=1)
        other = (placed @ self._others.T).max(axis=1) if len(self._others) else np.zeros(len(placed))
        good = np.where((near >= self._least) & (near > other + AHEAD), near, 0)
        best = int(good.argmax())
        if good[best] <= 0:
            return None
        sure = 0.5 + 0.5 * float((good[best] - self._least) / (1.001 - self._least))
        return _spotted(text, tidy(text, *spans[best]), round(min(sure, 0.99), 3))

    def _how_near(self) -> float:
        """As near as the examples are to each other, within bounds, and nearer than the counterexamples are."""
        mutual = self._examples @ self._examples.T
        np.fill_diagonal(mutual, 0)
        usual = float(np.median(mutual.max(axis=1))) if len(mutual) > 1 else NEAREST
        return float(np.clip(usual * 0.9, NEAR, NEAREST))


class Trackers:
    """The trackers that are on, looked up now and then."""

    def __init__(self, active: Callable[[], list[Described]]) -> None:
        self._active = active
        self._looked = -LOOK_EVERY
        self._described: list[Described] = []

    def find(self, texts: Sequence[Utterance], readings: Sequence[Reading]) -> list[Reading]:
        """The readings with what the trackers find added; nothing in a rep's line."""
        if monotonic() - self._looked >= LOOK_EVERY:
            self._described, self._looked = self._active(), monotonic()
        found = list(readings)
        for described in self._described:
            for at, spotted in enumerate(spot(described, texts)):
                if spotted:
                    one = Found(
                        described.name, spotted.quote, spotted.start, spotted.end, spotted.confidence, "tracker"
                    )
                    found[at] = Reading((*found[at].signals, one), found[at].sentiment)
        return found

    def forget(self) -> None:
        """Look the trackers up again before the next reading."""
        self._looked = -LOOK_EVERY


def spot(described: Described, texts: Sequence[Utterance]) -> list[Spotted | None]:
    """What a tracker finds in each text, whether it is on or not."""
    net = _net(described)
    asked = [at for at, said in enumerate(texts) if said.speaker != "rep" and said.text.strip()]
    prepared = {at: prepare(texts[at].text) for at in asked}
    pieces = [(at, span) for at in asked for span in prepared[at].sentences]
    placed = _place([prepare(prepared[at].text[slice(*span)]) for at, span in pieces])
    found: list[Spotted | None] = [None] * len(texts)
    for at in asked:
        rows = [row for row, (whose, _) in enumerate(pieces) if whose == at]
        found[at] = net.spot(prepared[at], prepared[at].sentences, placed[rows])
    return found


@lru_cache(maxsize=64)
def _net(described: Described) -> Net:
    return Net(described)


def _place(texts: Sequence[Prepared]) -> Floats:
    """Unit vectors whose products say how near texts are."""
    if not texts:
        return np.zeros((0, 1), dtype=np.float32)
    meaning = embed(texts) * np.float32(np.sqrt(MEANING))
    letters = normalize(grams([text.lower for text in texts])) * np.float32(np.sqrt(1 - MEANING))
    folded = letters.toarray().reshape(len(texts), -1, 4096).sum(axis=1)
    length = np.maximum(np.linalg.norm(folded, axis=1, keepdims=True), 1e-6)
    return np.hstack([meaning, folded / length * np.float32(np.sqrt(1 - MEANING))]).astype(np.float32)


def _spotted(text: Prepared, span: tuple[int, int], sure: float) -> Spotted:
    start, end = span
    return Spotted(text.text[start:end], start, end, sure)
