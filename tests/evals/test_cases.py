"""Suites as they are written: every case can be graded, in both languages, by SQL that finds something."""

from collections import Counter
from pathlib import Path

import pytest

from evals.cases import SuiteProblems, load_suite, load_suites
from evals.truth import open_records

CASE = "- {id: a, as: rep, lang: en, question: revenue, expect: {status: %s}}\n"


def write_suite(folder: Path, *cases: str) -> Path:
    file = folder / "made.yaml"
    file.write_text("cases:\n" + "".join(cases), encoding="utf-8")
    return file


def test_a_case_without_criteria_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SuiteProblems, match="a:"):
        load_suite(write_suite(tmp_path, CASE % "answered"))
    with pytest.raises(SuiteProblems, match="expect"):
        load_suite(write_suite(tmp_path, "- {id: a, as: rep, lang: en, question: revenue}\n"))


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(SuiteProblems) as raised:
        load_suite(write_suite(tmp_path, CASE % "answered", CASE % "wrong", CASE % "empty", CASE % "empty"))
    assert len(raised.value.problems) == 3


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(SuiteProblems, match="no_such"):
        load_suites(["no_such"])


def test_both_languages_have_about_as_many_cases() -> None:
    counts = Counter(case.lang for suite in load_suites() for case in suite.cases)
    assert counts.total() >= 160
    assert abs(counts["en"] - counts["zh"]) < 0.1 * counts.total()


def test_ids_are_unique_across_suites() -> None:
    ids = Counter(case.id for suite in load_suites() for case in suite.cases)
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_answer_has_a_truth_in_the_demo_company(demo_file: Path) -> None:
    with open_records(demo_file) as records:
        for case in (case for suite in load_suites() for case in suite.cases if case.expect.sql):
            truth = records.truth(case.expect.sql or "", records.fill(case.given))
            assert truth.rows, case.id
            assert all(wanted.value is not None for row in truth.rows for wanted in row), case.id
