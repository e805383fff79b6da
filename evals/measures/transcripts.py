"""How well calls come out in words: errors per word in English and per character in Chinese, clip by clip."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from core.settings import Settings
from core.wording import Lang, say
from evals.measures.measured import Figure, Measured
from tools.calls.guards import cues
from tools.calls.transcribe import transcribe
from tools.calls.turns import simplify

CLIPS = Path(__file__).parents[3] / "shared" / "data" / "calls" / "calls.jsonl"
LOOSE = "not strict WER"
MISMATCHED = frozenset({"azure_katiesteve"})
"""Their text belongs to another recording."""
GOALS: dict[Lang, float] = {"en": 0.20, "zh": 0.11}


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording with what is said in it; without `reference` it only has to come out in words."""

    file: Path
    lang: Lang
    seconds: float
    reference: str | None


@dataclass(frozen=True, slots=True)
class Errors:
    """Units to put in, leave out or change, of how many units there are."""

    wrong: int
    units: int

    @property
    def rate(self) -> float:
        """Errors per unit."""
        return self.wrong / max(self.units, 1)


def run(settings: Settings) -> Measured:
    """Transcribe every clip that has text, offline; says skipped where the clips are not beside the checkout."""
    if not CLIPS.exists():
        return Measured("transcripts", notes=(say("evals.no_clips", settings.lang),))
    found: dict[Lang, list[tuple[Clip, Errors]]] = {"en": [], "zh": []}
    for clip in clips():
        if clip.reference is not None:
            heard = transcribe(clip.file, settings=settings)
            text = " ".join(line.text for line in heard.segments)
            found[clip.lang].append((clip, count_errors(text, clip.reference, clip.lang)))
    return Measured("transcripts", tuple(_figures(found)))


def clips() -> list[Clip]:
    """The clips beside the checkout; those whose text is only roughly what is said count as without text."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in CLIPS.read_text(encoding="utf-8").splitlines()]
    return [Clip(CLIPS.parent.parent / row["file"], row["language"], row["seconds"], _reference(row)) for row in rows]


def count_errors(heard: str, said: str, lang: Lang) -> Errors:
    """Errors in words of English, in characters of Chinese; case, marks and hesitations don't count."""
    ours, theirs = _units(heard, lang), _units(said, lang)
    return Errors(Levenshtein.distance(theirs, ours), len(theirs))


def total(found: list[Errors]) -> Errors:
    """All clips as one."""
    return Errors(sum(each.wrong for each in found), sum(each.units for each in found))


def _reference(row: dict[str, Any]) -> str | None:
    loose = LOOSE in (row.get("reference_quality") or "") or Path(row["file"]).stem in MISMATCHED
    return None if loose else row.get("reference")


def _figures(found: dict[Lang, list[tuple[Clip, Errors]]]) -> Iterator[Figure]:
    for lang, each in found.items():
        name = "cer" if lang == "zh" else "wer"
        for clip, errors in each:
            yield Figure(f"{name} {clip.file.stem}", errors.rate, None, errors.units, lang, lower=True)
        whole = total([errors for _, errors in each])
        yield Figure(name, whole.rate, GOALS[lang], whole.units, lang, lower=True)


def _units(text: str, lang: Lang) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("'", "")
    if lang == "zh":
        return [letter for letter in simplify(plain) if unicodedata.category(letter)[0] in "LN"]
    spaced = "".join(letter if unicodedata.category(letter)[0] in "LN" else " " for letter in plain)
    return [word for word in spaced.split() if word not in cues()["hesitations"]]
