"""How well signals are found: in cross-validation, on the split never learnt from, and on exams by other hands."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from core.said import KINDS, Reading, Utterance
from core.settings import Settings
from core.wording import LANGS, say
from evals.measures.measured import Figure, Measured
from tools.signals.detector import Detector
from tools.signals.examples import Example, held_out, read_examples
from tools.signals.judge import Score, macro, score

EXAMS = Path(__file__).parents[1] / "suites"
GOAL = 0.85
MOST_TOLD = 200


def run(settings: Settings) -> Measured:
    """Precision, recall and F1 for each kind and language. The exams are only ever read here."""
    detector = Detector(settings.var / "signals")
    crossed = [Score(**one) for one in detector.card["scores"]]
    figures = list(_figures("cross-validation", crossed, goal=None))
    failures: list[str] = []
    rounds = {"held out": held_out(), "exam": exam()}
    for name, examples in rounds.items():
        if not examples:
            continue
        readings = detector.detect([utterance(one) for one in examples])
        customers = [(one, reading) for one, reading in zip(examples, readings, strict=True) if one.speaker != "rep"]
        scores = score(
            [one.kinds for one, _ in customers],
            [{found.kind for found in reading.signals} for _, reading in customers],
            [one.lang for one, _ in customers],
        )
        figures += [*_figures(name, scores, goal=GOAL), *_evidence(name, examples, readings)]
        failures += _failures(name, examples, readings)
    detector.close()
    notes = [] if exam() else [say("evals.no_exam", settings.lang)]
    return Measured("signals", tuple(figures), tuple(failures[:MOST_TOLD]), tuple(notes))


def exam() -> list[Example]:
    """The examples another hand wrote to examine the detector with; nothing learns from them."""
    return [one for file in sorted(EXAMS.glob("signals_exam*.yaml")) for one in read_examples(file)]


def utterance(one: Example) -> Utterance:
    """An example as it would come in."""
    return Utterance(one.text, one.speaker, lang=one.lang, before=one.before)


def _figures(name: str, scores: Sequence[Score], *, goal: float | None) -> Iterator[Figure]:
    for lang in LANGS:
        mine = [one for one in scores if one.lang == lang]
        if mine:
            support = sum(one.support for one in mine)
            yield Figure(f"{name}: macro F1", macro(mine), goal, support, lang)
        for one in mine:
            for what, value in (("precision", one.precision), ("recall", one.recall), ("F1", one.f1)):
                yield Figure(f"{name}: {one.kind} {what}", value, None, one.support, lang)


def _evidence(name: str, examples: Sequence[Example], readings: Sequence[Reading]) -> Iterator[Figure]:
    """Whether every quote stands where it says, how well quotes meet those wanted, and what reps' lines gave."""
    for lang in LANGS:
        pairs = [(one, reading) for one, reading in zip(examples, readings, strict=True) if one.lang == lang]
        found = [(one, signal) for one, reading in pairs for signal in reading.signals]
        exact = sum(one.text[signal.start : signal.end] == signal.quote for one, signal in found)
        met = [_met(one, signal.kind, signal.start, signal.end) for one, signal in found if signal.kind in one.kinds]
        reps = [reading for one, reading in pairs if one.speaker == "rep"]
        if found:
            yield Figure(f"{name}: quotes that are substrings", exact / len(found), 1.0, len(found), lang)
            yield Figure(f"{name}: quotes that meet the wanted span", sum(met) / max(1, len(met)), None, len(met), lang)
        if reps:
            clean = sum(not reading.signals for reading in reps) / len(reps)
            yield Figure(f"{name}: reps' lines without a signal", clean, 1.0, len(reps), lang)


def _met(one: Example, kind: str, start: int, end: int) -> bool:
    spans = [(one.text.find(quote), one.text.find(quote) + len(quote)) for own, quote in one.quotes if own == kind]
    return any(start < last and first < end for first, last in spans)


def _failures(name: str, examples: Iterable[Example], readings: Iterable[Reading]) -> Iterator[str]:
    for one, reading in zip(examples, readings, strict=True):
        found = {signal.kind for signal in reading.signals}
        missed = [kind for kind in KINDS if kind in one.kinds - found]
        extra = [kind for kind in KINDS if kind in found - one.kinds]
        if missed or extra:
            yield f"{name} [{one.lang}] {one.text} | -{','.join(missed)} +{','.join(extra)}"
