"""A text as the words that are looked for: Chinese cut into words and pairs, English down to its stems."""

import logging
import re
import warnings
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from core.language import CJK, fold

VERSION = "words-1"
PIECES = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[.\-_'’][^\W_{CJK}]+)*")
CHINESE = re.compile(f"[{CJK}]")
ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
PARTS = re.compile(r"[.\-_'’]")

_loading = Lock()
_cache_folder: list[Path] = []


def words_of(text: str) -> list[str]:
    """Every word by which this text may be found, each once: Chinese in pairs, and characters that are words alone."""
    found: dict[str, None] = {}
    for piece in PIECES.findall(fold(text)):
        if CHINESE.match(piece):
            found.update(dict.fromkeys(pairs(piece)))
            found.update(dict.fromkeys(word for word in cut(piece) if len(word) == 1))
        else:
            found.update(dict.fromkeys(_latin(piece)))
    return list(found)


def sequence(text: str) -> list[str]:
    """The words of a question in order: Chinese as the dictionary cuts it, English down to its stems."""
    found: list[str] = []
    for piece in PIECES.findall(fold(text)):
        found += cut(piece) if CHINESE.match(piece) else _stems(piece)
    return found


def pairs(word: str) -> list[str]:
    """What of a Chinese word is looked for: its neighbouring characters, or the one it has."""
    return [word[start : start + 2] for start in range(len(word) - 1)] or [word]


def cut(piece: str) -> list[str]:
    """Chinese in words."""
    return [str(word) for word in segmenter().cut(piece, HMM=False)]


def is_chinese(word: str) -> bool:
    """Whether the word is written in Chinese characters."""
    return CHINESE.match(word) is not None


def stem(word: str) -> str:
    """The word without its ending, e.g. pricing, prices → pric."""
    for ending, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _latin(piece: str) -> list[str]:
    stems = _stems(piece)
    return stems if len(stems) == 1 else [*stems, "".join(PARTS.split(piece))]


def _stems(piece: str) -> list[str]:
    parts = (part for part in PARTS.split(piece) if part)
    return [stem(part) if part.isascii() and part.isalpha() else part for part in parts]


@cache
def _segmenter() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba  # type: ignore[import-untyped] # noqa: PLC0415 (a dictionary of 350,000 words)
    jieba.setLogLevel(logging.WARNING)
    made = jieba.Tokenizer()
    if _cache_folder:
        _cache_folder[0].mkdir(parents=True, exist_ok=True)
        made.tmp_dir = str(_cache_folder[0])
    made.initialize()
    return made


def keep_dictionary(folder: Path) -> None:
    """Keep the dictionary's cache in `folder`, which others can't write to."""
    if not _cache_folder:
        _cache_folder.append(folder)


def cache_folder() -> Path | None:
    """Where this process keeps what it would else have to work out again."""
    return _cache_folder[0] if _cache_folder else None


def segmenter() -> Any:
    """The one segmenter of this process, which takes a second to load."""
    with _loading:
        return _segmenter()
