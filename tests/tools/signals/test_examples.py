"""The labelled examples are well formed, distinct and enough of each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import tools.signals
from core.said import KINDS

EXAMPLES = Path(tools.signals.__file__).parent / "examples"
FILES = sorted(EXAMPLES.glob("*.yaml"))
FIELDS = {"text", "speaker", "before", "signals", "sentiment"}
SENTIMENTS = {"negative", "neutral", "positive"}
LANGUAGES = ("en", "zh")
FEWEST = 900
FEWEST_OF_A_KIND = 70
FEWEST_WITHOUT_A_SIGNAL = 0.4


def read(path: Path) -> list[dict[str, Any]]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, list), path.name
    return found


def of(lang: str) -> list[dict[str, Any]]:
    return [one for path in FILES if path.name.startswith(f"{lang}-") for one in read(path)]


def folded(text: str) -> str:
    return "".join(text.split()).casefold()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_example_is_well_formed(path: Path) -> None:
    for one in read(path):
        assert set(one) <= FIELDS, one
        assert isinstance(one["text"], str), one
        assert one["text"].strip(), one
        assert one["sentiment"] in SENTIMENTS, one
        assert one.get("speaker", "customer") in {"customer", "rep"}, one
        for speaker, said in one.get("before", []):
            assert speaker in {"customer", "rep"}, one
            assert said.strip(), one


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_signal_is_known_and_quoted_from_the_customer(path: Path) -> None:
    for one in read(path):
        if one.get("speaker") == "rep":
            assert one["signals"] == [], one
        for signal in one["signals"]:
            assert set(signal) == {"kind", "quote"}, one
            assert signal["kind"] in KINDS, one
            assert signal["quote"].strip(), one
            assert signal["quote"] in one["text"], one


def test_no_sentence_is_there_twice() -> None:
    said = Counter(
        (folded(one["text"]), one.get("speaker"), str(one.get("before"))) for path in FILES for one in read(path)
    )
    assert [text for text, times in said.items() if times > 1] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_are_enough(lang: str) -> None:
    examples = of(lang)
    kinds = Counter(kind for one in examples for kind in {s["kind"] for s in one["signals"]})
    plain = sum(not one["signals"] for one in examples)

    assert len(examples) >= FEWEST
    assert {kind: kinds[kind] for kind in KINDS if kinds[kind] < FEWEST_OF_A_KIND} == {}
    assert plain >= FEWEST_WITHOUT_A_SIGNAL * len(examples)
