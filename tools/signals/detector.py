"""Reads what customers say for signals and attitude: the grammar and the model together, a language model if set."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any, Protocol

import structlog
from sqlalchemy import Engine

from core.embedding import encoder
from core.language import detect as language_of
from core.said import KINDS, Attitude, Feeling, Found, Reading, Utterance
from core.settings import Settings
from core.trackers import Described, Spotted
from core.wording import LANGS, Lang
from db.labels import read_labels
from db.trackers import active_trackers
from tools.signals.evidence import by_model, tidy
from tools.signals.examples import Example
from tools.signals.features import Features, Floats, features
from tools.signals.feelings import Feelings, feelings
from tools.signals.model import OUTPUTS, Model
from tools.signals.opinion import open_opinion
from tools.signals.phrases import asked
from tools.signals.prepare import Prepared, prepare
from tools.signals.store import Shelf, key_of
from tools.signals.trackers import Trackers, spot

UNSURE_WHO = 0.8
"""What confidence is multiplied by where it is not known who speaks."""
BATCH = 64
LOOK_EVERY = 15.0
"""Seconds between two looks at whether trainers have labelled since."""
NEGATIVE, POSITIVE = OUTPUTS.index("negative"), OUTPUTS.index("positive")

log = structlog.get_logger("signals")


class Finder(Protocol):
    """Finds more in texts than the detector itself."""

    def find(self, texts: Sequence[Utterance], readings: Sequence[Reading]) -> list[Reading]:
        """The readings with what was found added."""
        ...


class Detector:
    """Loads its model on a thread of its own; `detect` waits for it. A rep's line never carries anything."""

    def __init__(
        self, folder: Path, *, labels: Callable[[], list[Example]] = list, finders: Sequence[Finder] = ()
    ) -> None:
        self._shelf = Shelf(folder)
        self._labels = labels
        self._finders = tuple(finders)
        self._lock = Lock()
        self._looked = monotonic()
        self._key = ""
        self._loaded: Future[tuple[Model, dict[str, Any]]] = Future()
        self._load()

    @property
    def version(self) -> str:
        """Names the model and all that made it."""
        return f"signals-{self._key[:12]}"

    @property
    def card(self) -> dict[str, Any]:
        """What the model was made of and how it did in cross-validation."""
        return dict(self._loaded.result()[1])

    def detect(self, utterances: Sequence[Utterance]) -> list[Reading]:
        """A reading for each utterance, in order."""
        self._refresh()
        model = self._loaded.result()[0]
        readings = [Reading()] * len(utterances)
        asked = [at for at, said in enumerate(utterances) if said.speaker != "rep" and said.text.strip()]
        for first in range(0, len(asked), BATCH):
            some = asked[first : first + BATCH]
            for at, reading in zip(some, read([utterances[at] for at in some], model), strict=True):
                readings[at] = reading
        for finder in self._finders:
            readings = finder.find(utterances, readings)
        return readings

    def retrain(self) -> dict[str, Any]:
        """Learn from the labels as they are now; the card says how it went, and whether the labels count."""
        self._load()
        return self.card

    def spot(self, described: Described, utterances: Sequence[Utterance]) -> list[Spotted | None]:
        """Where each utterance carries a signal that someone described, whether it is on or not."""
        return spot(described, utterances)

    def close(self) -> None:
        """Nothing is held open."""

    def _refresh(self) -> None:
        """Learn anew, beside the readings, when there are other labels than the model knows."""
        with self._lock:
            due = monotonic() - self._looked > LOOK_EVERY
            if due:
                self._looked = monotonic()
        if due and self._loaded.done() and key_of(self._labels()) != self._key:
            Thread(target=self._load, name="signals", daemon=True).start()

    def _load(self) -> None:
        labelled = self._labels()
        key = key_of(labelled)
        made: Future[tuple[Model, dict[str, Any]]] = Future()
        first = not self._key

        def make() -> None:
            try:
                encoder().load()
                made.set_result(self._shelf.best(labelled))
            except Exception as error:
                log.exception("signals.model")
                made.set_exception(error)

        if first:
            self._key, self._loaded = key, made
            Thread(target=make, name="signals", daemon=True).start()
        else:
            make()
            self._key, self._loaded = key, made


def open_detector(settings: Settings, engine: Engine) -> Detector:
    """The detector of one home: its cache under `var/signals`, its labels in the records."""

    def labels() -> list[Example]:
        return [
            Example(row.text, tuple((kind, row.text) for kind in row.kinds), row.sentiment, row.lang)
            for row in read_labels(engine)
        ]

    opinion = open_opinion(settings)
    finders: list[Finder] = [opinion] if opinion else []
    finders.append(Trackers(lambda: active_trackers(engine)))
    return Detector(settings.var / "signals", labels=labels, finders=finders)


def read(utterances: Sequence[Utterance], model: Model) -> list[Reading]:
    """What the grammar and the model find together."""
    texts = [prepare(said.text) for said in utterances]
    seen = features(texts, [asked(text, said.before) for text, said in zip(texts, utterances, strict=True)])
    likely = model.probabilities(seen)
    return [_reading(said, texts[at], at, seen, (model, likely[at])) for at, said in enumerate(utterances)]


def _reading(said: Utterance, text: Prepared, at: int, seen: Features, known: tuple[Model, Floats]) -> Reading:
    model, likely = known
    lang: Lang = said.lang or language_of(said.text)
    limits = model.thresholds[LANGS.index(lang)]
    trust = UNSURE_WHO if said.speaker == "unknown" else 1.0
    found, felt = [], feelings(text)
    for column, kind in enumerate(KINDS):
        if likely[column] < limits[column]:
            continue
        mark = seen.marks[at].best(kind)
        if kind == "complaint" and mark is None and felt.liking and not felt.disliking:
            continue
        span = (mark.start, mark.end) if mark else by_model(text, model, column)
        start, end = tidy(text, *span)
        if end > start:
            method = "rules" if mark and mark.sure else "model"
            confidence = round(float(likely[column]) * trust, 3)
            found.append(Found(kind, said.text[start:end], start, end, confidence, method))  # type: ignore[arg-type]
    sure = {one.kind for one in found if one.method == "rules"}
    return Reading(tuple(found), _feeling(likely, limits, trust, displeased="complaint" in sure, felt=felt))


def _feeling(likely: Floats, limits: Floats, trust: float, *, displeased: bool, felt: Feelings) -> Feeling:
    """The likelier side that reaches its threshold; a complaint found by a sure cue is displeasure by definition.

    Words of disliking alone are never warmth.
    """
    sad, glad = float(likely[NEGATIVE]), float(likely[POSITIVE])
    if felt.disliking and not felt.liking:
        glad = min(glad, float(limits[POSITIVE]) / 2)
    if displeased and glad < limits[POSITIVE]:
        sad = max(sad, float(limits[NEGATIVE]))
    label: Attitude = "neutral"
    if sad >= limits[NEGATIVE] or glad >= limits[POSITIVE]:
        over = sad - limits[NEGATIVE], glad - limits[POSITIVE]
        label = "negative" if over[0] >= over[1] else "positive"
    score = (glad - sad) * trust
    bound = {"negative": min(score, -0.05), "positive": max(score, 0.05), "neutral": max(min(score, 0.3), -0.3)}
    return Feeling(label, round(bound[label], 3))
