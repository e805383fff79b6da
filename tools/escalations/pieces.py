"""The words of a sentence that tell a moment, each where it stands: days, times of day, parts of a day, limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from core.language import alternation, fold
from core.numbers import read_value

Kind = Literal["day", "clock", "part", "limit", "zone", "soon"]
HALF = 0.5
FILE = Path(__file__).parent / "moments.yaml"
_SLOT = re.compile(r"\{([a-z]+)\}")
_GUARDS = {
    "en": r"(?<![a-z\d_])(?:{})(?![a-z\d_])",
    "bare": r"(?<![a-z_])(?:{})(?![a-z\d_])",
    "both": r"(?<![\d:])(?:{})(?![\d:])",
    "zh": "(?:{})",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words at `text[start:end]`; `form` says how they are read."""

    kind: Kind
    form: str
    start: int
    end: int
    match: re.Match[str]
    lang: str

    def get(self, group: str) -> str | None:
        """What a group of the cue holds, if it has it."""
        return self.match.groupdict().get(group)

    def looked_up(self, slot: str) -> Any:
        """What the word in a slot stands for; None without one."""
        said = self.get(slot)
        return None if said is None else tables()["words"][slot][re.sub(r"\s+", " ", said)]

    @property
    def number(self) -> float | None:
        """The number said, in words or digits; "and a half" counts."""
        value = self._plain_number()
        return value + HALF if value is not None and self.get("half") else value

    def _plain_number(self) -> float | None:
        for slot in ("n", "z"):
            said = self.get(slot)
            if said is not None:
                known = {**tables()["words"]["n"], **tables()["few"]}
                return float(known[said]) if said in known else whole(said)
        return None


def whole(said: str) -> float | None:
    """The value of a numeral in either script."""
    value = read_value(said)
    return None if value is None else float(value)


@cache
def tables() -> dict[str, Any]:
    """The lexicon as it is written."""
    tree: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tree


def find_pieces(text: str) -> list[Piece]:
    """Every piece in the text, left to right; of those that overlap, the longest."""
    folded = fold(text)
    found = [
        Piece(kind, form, *match.span(), match, lang)
        for kind, form, lang, pattern in _cues()
        for match in pattern.finditer(folded)
        if match.end() > match.start()
    ]
    found.sort(key=lambda one: (one.start - one.end, one.start))
    kept: list[Piece] = []
    for one in found:
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


@cache
def _cues() -> tuple[tuple[Kind, str, str, re.Pattern[str]], ...]:
    return tuple(
        (kind, form, lang, re.compile(_GUARDS[lang].format(cue), re.UNICODE))
        for kind, form, lang, written in _written()
        for cue in (_expanded(written),)
    )


def _written() -> Iterator[tuple[Kind, str, str, str]]:
    tree = tables()
    kinds: tuple[tuple[Kind, str], ...] = (("day", "days"), ("clock", "clocks"), ("part", "parts"), ("limit", "limits"))
    for kind, name in kinds:
        for form, said in tree[name].items():
            for lang in _GUARDS:
                for cue in said.get(lang, ()):
                    yield kind, form, lang, cue
    for lang in ("en", "zh"):
        for cue in tree["soon"][lang]:
            yield "soon", "soon", lang, cue
    for lang, cue in tree["zone_cues"].items():
        places = f"(?P<place>{alternation([*tree['zones'][lang]])})"
        yield "zone", lang, lang, cue.replace("(?:{place})", places)


def _expanded(cue: str) -> str:
    def group(found: re.Match[str]) -> str:
        slot = found[1]
        words = tables()["words"].get(slot)
        said = [] if words is None else [alternation([*words]).replace(r"\ ", r"\s+")]
        said += [tables()["digits"][slot]] if slot in tables()["digits"] else []
        return f"(?P<{slot}>{'|'.join(said)})"

    known = {*tables()["words"], *tables()["digits"]}
    return _SLOT.sub(lambda found: group(found) if found[1] in known else found[0], cue)
