"""What a run comes to: good only above the goal in each language, and never with a wrong number."""

import json
from datetime import UTC, datetime
from pathlib import Path

from core.wording import Lang
from evals.graders import Verdict
from evals.measures.measured import Figure, Measured
from evals.report import Report, Result, write

NOW = datetime(2026, 6, 17, 4, tzinfo=UTC)


def result(lang: Lang, verdict: Verdict, *, wrong: bool = False) -> Result:
    return Result("id", "suite", lang, "rep", ["revenue?"], verdict, "why", wrong, "answered", "answered", "…", 12)


def test_good_needs_the_goal_in_each_language() -> None:
    most = [result("en", "pass")] * 99 + [result("en", "fail")]
    assert Report("builtin", NOW, [*most, result("zh", "pass")]).good
    assert not Report("builtin", NOW, [*most, *[result("zh", "pass")] * 9, result("zh", "fail")]).good


def test_one_wrong_number_is_never_good() -> None:
    passed = [result("en", "pass")] * 999
    assert not Report("builtin", NOW, [*passed, result("en", "fail", wrong=True)]).good


def test_ungraded_is_neither() -> None:
    assert Report.rate([result("en", "pass"), result("en", "ungraded")]) == 1.0
    assert Report.rate([result("en", "ungraded")]) == 0.0


def test_no_results_are_not_good() -> None:
    assert not Report("builtin", NOW, []).good


def test_the_report_is_written_as_markdown_and_json(tmp_path: Path) -> None:
    file = write(Report("builtin", NOW, [result("en", "fail"), result("zh", "pass")]), tmp_path / "evals", "en")
    assert file.name == "20260617T040000Z.md"
    assert "`id` (rep) revenue?: why" in file.read_text()
    told = json.loads(file.with_suffix(".json").read_text())
    assert told["good"] is False
    assert told["results"][0]["verdict"] == "fail"


def test_a_figure_below_its_goal_is_not_good(tmp_path: Path) -> None:
    low = Measured("signals", (Figure("macro F1", 0.8, 0.85, 300, "en"),))
    report = Report("builtin", NOW, [result("en", "pass")], (low,))
    assert not report.good
    assert "| signals | en | macro F1 | 0.800 | ≥ 0.85 | 300 | ✗ |" in write(report, tmp_path, "en").read_text()


def test_measures_alone_are_a_report() -> None:
    wer = Measured("transcripts", (Figure("WER", 0.2, 0.25, 11, "en", lower=True),))
    assert Report("builtin", NOW, [], (wer,)).good
    assert not Report("builtin", NOW, [], (Measured("transcripts", failures=("raised",), broken=True),)).good
