"""Words as vectors: alike in meaning across languages, learned once, kept in a file that a kill can't spoil."""

from pathlib import Path

import pytest

from tools.memory.likeness import RECORD, Likeness


def alike(known: Likeness, one: str, other: str) -> float:
    first, second = known.vectors(known.places([one, other]))
    return float(first @ second)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "words.bin"


def test_words_that_mean_the_same_are_alike(file: Path) -> None:
    known = Likeness(file)
    known.learn(["honey, price and car", "蜂蜜 价格 汽车"])
    assert alike(known, "honey", "蜂蜜") > alike(known, "honey", "汽车") + 0.2


def test_what_was_learned_is_kept_even_after_a_cut(file: Path) -> None:
    Likeness(file).learn(["honey"])
    with file.open("ab") as opened:
        opened.write(b"half a record")
    Likeness(file).learn(["prices"])
    assert file.stat().st_size == 2 * RECORD.itemsize
    assert min(Likeness(file).places(["honey", "pric"], most=0)) >= 0


def test_numbers_and_pairs_across_words_are_like_nothing(file: Path) -> None:
    assert Likeness(file).places(["4471", "们自", "x" * 80]) == [-1, -1, -1]


def test_forgetting_leaves_no_word_on_disk(file: Path) -> None:
    known = Likeness(file)
    known.learn(["Zimmerman wants honey"])
    assert b"zimmerman" in file.read_bytes()
    known.forget()
    known.learn(["price"])
    assert b"zimmerman" not in file.read_bytes()
    assert alike(known, "honey", "honey") > 0
