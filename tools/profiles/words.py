"""Chinese text in words with their parts of speech; the dictionary is read at the first use."""

import logging
import warnings
from functools import cache
from typing import Any


def tagged(text: str) -> list[tuple[str, str]]:
    """The words of a text, each with its part of speech."""
    return [(word, flag) for word, flag in _tagger().lcut(text)]


def words(text: str) -> list[str]:
    """The words of a text."""
    found: list[str] = _jieba().lcut(text)
    return found


def is_known(word: str) -> bool:
    """Whether the dictionary has the word."""
    return bool(_jieba().dt.FREQ.get(word))


def tag_of(word: str) -> str | None:
    """The part of speech the dictionary gives a word."""
    return _tags().get(word)


@cache
def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba  # type: ignore[import-untyped] # noqa: PLC0415 (a dictionary of 350,000 words)

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    return jieba


@cache
def _tagger() -> Any:
    _jieba()
    import jieba.posseg  # type: ignore[import-untyped] # noqa: PLC0415

    return jieba.posseg


@cache
def _tags() -> dict[str, str]:
    tagger = _tagger()
    tagger.lcut("")
    found: dict[str, str] = tagger.dt.word_tag_tab
    return found
