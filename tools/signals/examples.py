"""Labelled examples: those that are packaged, and those that trainers labelled."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.errors import ProblemList
from core.language import detect
from core.said import KINDS, Speaker
from core.wording import Lang

FOLDER = Path(__file__).parent / "examples"
FOLDS = 5
TEST_EVERY = 4
ATTITUDES = ("negative", "neutral", "positive")


class ExampleProblems(ProblemList):
    """A file of examples has entries that can't be learnt from."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the kinds it carries and where; `quotes` are (kind, evidence) pairs."""

    text: str
    quotes: tuple[tuple[str, str], ...]
    sentiment: str | None
    lang: Lang
    speaker: Speaker = "customer"
    before: tuple[tuple[Speaker, str], ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds it carries."""
        return frozenset(kind for kind, _ in self.quotes)

    @property
    def held_out(self) -> bool:
        """Whether it belongs to the split that is never learnt from."""
        return _number(self.text) % TEST_EVERY == 0

    @property
    def fold(self) -> int:
        """Which part of the cross-validation it is in."""
        return _number(f"fold {self.text}") % FOLDS


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


@cache
def packaged() -> tuple[Example, ...]:
    """Every example of the repository; ExampleProblems names all that is wrong with them."""
    return tuple(one for file in sorted(FOLDER.glob("*.yaml")) for one in read_examples(file))


def read_examples(file: Path) -> list[Example]:
    """The examples of one file, whose name begins with its language; ExampleProblems for what can't be used."""
    rows: list[dict[str, Any]] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) or []
    problems = [f"{file.name} {number}: {problem}" for number, row in enumerate(rows, 1) for problem in _problems(row)]
    if problems:
        raise ExampleProblems(file.name, problems)
    return [_example(row, file.stem) for row in rows]


def _example(row: dict[str, Any], stem: str) -> Example:
    spoken: Lang | None = "zh" if "zh" in stem.replace("_", "-").split("-") else None
    return Example(
        text=row["text"],
        quotes=tuple((one["kind"], one["quote"]) for one in row.get("signals", ())),
        sentiment=row.get("sentiment"),
        lang=spoken or ("en" if "en" in stem.replace("_", "-").split("-") else detect(row["text"])),
        speaker=row.get("speaker", "customer"),
        before=tuple((speaker, text) for speaker, text in row.get("before") or ()),
    )


def _problems(row: dict[str, Any]) -> Iterator[str]:
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "text"
        return
    for one in row.get("signals", ()):
        if one.get("kind") not in KINDS:
            yield f"kind {one.get('kind')}"
        if not one.get("quote") or one["quote"] not in text:
            yield f"quote {one.get('quote')}"
    if row.get("sentiment") not in ATTITUDES:
        yield f"sentiment {row.get('sentiment')}"


def to_learn(labelled: Sequence[Example] = ()) -> list[Example]:
    """What a model may learn from: customers' lines outside the held-out split, the trainers' word last."""
    chosen = {one.text: one for one in (*packaged(), *labelled) if one.speaker != "rep"}
    return [one for one in chosen.values() if not one.held_out]


def held_out(labelled: Sequence[Example] = ()) -> list[Example]:
    """The split that is never learnt from, reps' lines included."""
    chosen = {one.text: one for one in (*packaged(), *labelled)}
    return [one for one in chosen.values() if one.held_out]
