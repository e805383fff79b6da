"""How well attitudes are told: on our own held-out split, and on other people's texts beside VADER and SnowNLP."""

import json
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from core.said import Utterance
from core.settings import Settings
from core.wording import LANGS, Lang, say
from evals.measures.measured import Figure, Measured
from evals.measures.signals import exam, utterance
from tools.signals.detector import Detector
from tools.signals.examples import ATTITUDES, held_out

SHARED = Path(__file__).parents[3] / "shared" / "data" / "sentiment"
Pairs = list[tuple[str, str]]
"""What is right, and what was said."""


def run(settings: Settings) -> Measured:
    """Accuracy and macro F1 over negative, neutral and positive; nothing here is ever learnt from."""
    detector = Detector(settings.var / "signals")
    figures: list[Figure] = []
    notes: list[str] = []
    for name, examples in (("held out", held_out()), ("exam", exam())):
        customers = [one for one in examples if one.speaker != "rep" and one.sentiment]
        readings = detector.detect([utterance(one) for one in customers])
        for lang in LANGS:
            rows = zip(customers, readings, strict=True)
            figures += _figures(
                name, [(one.sentiment or "", got.sentiment.label) for one, got in rows if one.lang == lang], lang
            )
    for lang in LANGS:
        figures += _shared(detector, lang, notes, settings)
    detector.close()
    return Measured("sentiment", tuple(figures), (), tuple(notes))


def _shared(detector: Detector, lang: Lang, notes: list[str], settings: Settings) -> Iterator[Figure]:
    file = SHARED / f"sentiment_{lang}.jsonl"
    if not file.is_file():
        notes.append(say("evals.no_data", settings.lang, file=file.name))
        return
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    readings = detector.detect([Utterance(row["text"], "customer", lang=lang) for row in rows])
    told: dict[str, list[tuple[str, float]]] = {
        "Dealhand": [(got.sentiment.label, got.sentiment.score) for got in readings]
    }
    name, load = RIVALS[lang]
    try:
        rival = load()
    except ModuleNotFoundError:
        notes.append(say("evals.no_rival", settings.lang, name=name))
    else:
        told[name] = [rival(row["text"]) for row in rows]
    for who, answers in told.items():
        for domain in sorted({row["domain"] for row in rows}):
            mine = [at for at, row in enumerate(rows) if row["domain"] == domain]
            yield from _figures(f"{domain}, {who}", [(rows[at]["label"], answers[at][0]) for at in mine], lang)
            sides = [(rows[at]["label"], answers[at][1]) for at in mine if rows[at]["label"] != "neutral"]
            right = sum((score > 0) is (label == "positive") for label, score in sides)
            yield Figure(f"{domain}, {who}: right side", right / max(1, len(sides)), None, len(sides), lang)


def _figures(name: str, pairs: Pairs, lang: Lang) -> Iterator[Figure]:
    if not pairs:
        return
    yield Figure(f"{name}: accuracy", sum(right == said for right, said in pairs) / len(pairs), None, len(pairs), lang)
    present = [one for one in ATTITUDES if any(right == one for right, _ in pairs)]
    yield Figure(f"{name}: macro F1", sum(_f1(one, pairs) for one in present) / len(present), None, len(pairs), lang)


def _f1(label: str, pairs: Sequence[tuple[str, str]]) -> float:
    both = sum(right == said == label for right, said in pairs)
    return 2 * both / max(1, sum(right == label for right, _ in pairs) + sum(said == label for _, said in pairs))


def _vader() -> Callable[[str], tuple[str, float]]:
    analyser: Any = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()

    def tell(text: str) -> tuple[str, float]:
        score = float(analyser.polarity_scores(text)["compound"])
        return ("positive" if score >= 0.05 else "negative" if score <= -0.05 else "neutral"), score

    return tell


def _snownlp() -> Callable[[str], tuple[str, float]]:
    made: Any = import_module("snownlp").SnowNLP

    def tell(text: str) -> tuple[str, float]:
        score = float(made(text).sentiments) * 2 - 1
        return ("positive" if score >= 0.2 else "negative" if score <= -0.2 else "neutral"), score

    return tell


RIVALS: dict[Lang, tuple[str, Callable[[], Callable[[str], tuple[str, float]]]]] = {
    "en": ("VADER", _vader),
    "zh": ("SnowNLP", _snownlp),
}
