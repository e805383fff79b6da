"""The cues of `asking.yaml`, and text with what is understood already taken out of it."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.language import fold

FILE = Path(__file__).parent / "asking.yaml"
PLAIN = ("titles", "nicknames", "fitting", "lengths")
GONE = ","


@cache
def cues() -> dict[str, Any]:
    """The lexicon, its cues compiled."""
    tree = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {name: rules if name in PLAIN else _compiled(rules) for name, rules in tree.items()}


def _compiled(rules: Any) -> Any:
    if isinstance(rules, dict):
        return {name: _compiled(one) for name, one in rules.items()}
    return [_compiled(one) for one in rules] if isinstance(rules, list) else re.compile(rules)


class Words:
    """A message as typed and as matched; both are of one length. What is taken is blanked in `left`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left = fold(text)

    def take(self, start: int, end: int) -> str:
        """Blank these words; what they were, as typed."""
        self.left = self.left[:start] + GONE * (end - start) + self.left[end:]
        return self.text[start:end]

    def search(self, patterns: Iterable[re.Pattern[str]]) -> re.Match[str] | None:
        """The first of these cues that is there."""
        return next((found for cue in patterns if (found := cue.search(self.left))), None)

    def has(self, name: str) -> bool:
        """Whether a cue of this name is there."""
        rules = cues()[name]
        return self.search(rules if isinstance(rules, list) else [rules]) is not None


def unquoted(text: str) -> str:
    """The message without what it quotes, exactly as long."""
    words = Words(text)
    for cue in cues()["quoted"]:
        for found in list(cue.finditer(words.left)):
            words.take(*found.span())
    return "".join(GONE if left == GONE else char for char, left in zip(text, words.left, strict=True))


def first_of(table: str, text: str) -> str | None:
    """The first entry of a table that has a cue in the text."""
    folded = fold(text)
    return next((name for name, rules in cues()[table].items() if any(cue.search(folded) for cue in rules)), None)
