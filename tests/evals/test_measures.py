"""Measures are named in one place, run apart, and what breaks in one is told as its failure."""

from pathlib import Path

from core.settings import Settings
from evals.measures.measured import Figure, Measured
from evals.measures.registry import run_measure


def test_a_name_may_end_in_a_language() -> None:
    figures = (Figure("F1", 0.9, None, 1, "en"), Figure("F1", 0.8, None, 1, "zh"), Figure("speed", 3, None, 1))
    kept = Measured("signals", figures).only("zh").figures
    assert [figure.value for figure in kept] == [0.8, 3]


def test_what_breaks_is_told(tmp_path: Path) -> None:
    found = run_measure("there_is_none", Settings(home=tmp_path))
    assert found.broken
    assert "there_is_none" in found.failures[0]
