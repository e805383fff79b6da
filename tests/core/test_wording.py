"""Phrases are found in both languages, and a missing one is an error of ours."""

import pytest

from core.errors import NotFound, ProblemList, UnknownPerson
from core.wording import LANGS, MissingWording, explain, say


def test_parameters_are_filled_in_whatever_they_are_called() -> None:
    assert "Ann" in explain(UnknownPerson(name="Ann"), "en")
    assert "Ann" in explain(UnknownPerson(name="Ann"), "zh")
    error = MissingWording(key="a.b", lang="en", reason="none")
    assert explain(error, "en")


@pytest.mark.parametrize("lang", LANGS)
def test_a_missing_phrase_or_parameter_is_refused(lang: str) -> None:
    with pytest.raises(MissingWording):
        say("errors.never_written", lang)  # type: ignore[arg-type]
    with pytest.raises(MissingWording):
        say("errors.unknown_person", lang)  # type: ignore[arg-type]


def test_languages_differ() -> None:
    assert explain(NotFound(), "en") != explain(NotFound(), "zh")


def test_a_list_of_problems_shows_every_one() -> None:
    error = ProblemList("mapping.yaml", ["no column A", "no column B"])
    assert explain(error, "en").count("\n- ") == 2
    assert error.problems == ["no column A", "no column B"]
