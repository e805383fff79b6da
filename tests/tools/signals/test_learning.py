"""What can't be learnt from is told, all of it at once."""

from pathlib import Path

import pytest

from tools.signals.examples import ExampleProblems, packaged, read_examples


def test_there_are_enough_in_both_languages() -> None:
    langs = [one.lang for one in packaged()]
    assert len(packaged()) >= 1200
    assert min(langs.count("en"), langs.count("zh")) >= 600


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "en-bad.yaml"
    file.write_text(
        "- {text: fine, signals: [], sentiment: neutral}\n"
        "- {text: too dear, signals: [{kind: price, quote: cheap}], sentiment: cross}\n",
        encoding="utf-8",
    )
    with pytest.raises(ExampleProblems) as caught:
        read_examples(file)
    assert len(caught.value.problems) == 3
