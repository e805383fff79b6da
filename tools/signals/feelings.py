"""Words of liking and disliking, counted with their negation: "not happy" is disliking."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from core.wording import LANGS, Lang
from tools.signals.patterns import compile_any
from tools.signals.prepare import Prepared

FILE = Path(__file__).parent / "grammar" / "feelings.yaml"


class Feelings(NamedTuple):
    """How many words speak for each side."""

    disliking: int
    liking: int


@dataclass(frozen=True)
class Words:
    """One language's words; a negation stands at most `reach` characters before what it turns."""

    liking: re.Pattern[str]
    disliking: re.Pattern[str]
    negation: re.Pattern[str]
    reach: int


def feelings(prepared: Prepared) -> Feelings:
    """The words of both languages in a text."""
    disliking = liking = 0
    for lang in LANGS:
        if prepared.chinese if lang == "zh" else prepared.latin:
            words = _words(lang)
            for pattern, likes in ((words.liking, True), (words.disliking, False)):
                for found in pattern.finditer(prepared.lower):
                    near = prepared.lower[max(0, found.start() - words.reach) : found.start()]
                    turned = words.negation.search(near) is not None
                    liking += likes is not turned
                    disliking += likes is turned
    return Feelings(disliking, liking)


@cache
def _words(lang: Lang) -> Words:
    entry = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)[lang]
    liking, disliking, negation = (compile_any(entry[name], {}, lang) for name in ("liking", "disliking", "negation"))
    assert liking is not None
    assert disliking is not None
    assert negation is not None
    return Words(liking, disliking, negation, entry["reach"])
