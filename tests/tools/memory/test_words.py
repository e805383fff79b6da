"""Texts as words, and questions as what they look for."""

import pytest

from tools.memory.question import read
from tools.memory.words import words_of


def test_chinese_is_found_by_pairs_and_by_words_of_one_character() -> None:
    assert {"机房", "必须"} <= set(words_of("必须装在我们自己的机房"))
    assert "贵" in words_of("贵吗？")


def test_numbers_names_and_codes_are_words() -> None:
    assert {"15", "globex", "sku4471", "4471"} <= set(words_of("Globex：SKU-4471, 15 %"))


@pytest.mark.parametrize(("said", "meant"), [("pricing", "prices"), ("Companies", "company"), ("planned", "plan")])
def test_endings_make_no_difference(said: str, meant: str) -> None:
    assert words_of(said) == words_of(meant)


def test_a_question_loses_the_words_around_what_is_sought() -> None:
    assert read("Which customer asked about the volcano?").units == ("volcano",)
    assert read("以前有没有客户问过私有化部署？").units == ("私有化", "部署")


def test_a_question_asks_for_both_languages() -> None:
    ways = {way for concept in read("私有化部署").concepts for way in concept.ways}
    assert ("on", "premis") in ways or ("on", "premise") in ways
    assert any("私有" in way for way in ways)
    assert "on-premise" in read("私有化部署").translated


def test_the_words_of_a_phrase_are_all_needed() -> None:
    ways = {way for concept in read("谁说过不续约？").concepts for way in concept.ways}
    assert any(len(way) > 1 for way in ways)
