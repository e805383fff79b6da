"""Cues for each kind in both languages, and what takes them back: negation, withdrawal, other people and objects."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.said import KINDS
from core.wording import LANGS, Lang
from tools.signals.patterns import compile_any
from tools.signals.prepare import Prepared

FOLDER = Path(__file__).parent / "grammar"
Pattern = re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A cue that stands: `sure` ones carry their kind alone, the others only speak for it."""

    kind: str
    start: int
    end: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """What the grammar says of a text: the cues that stand, and the kinds of which a cue was taken back."""

    standing: tuple[Mark, ...] = ()
    taken_back: frozenset[str] = frozenset()

    def best(self, kind: str) -> Mark | None:
        """The cue to quote for a kind: a sure one before another, then the first."""
        found = [mark for mark in self.standing if mark.kind == kind]
        return min(found, key=lambda mark: (not mark.sure, mark.start)) if found else None


@dataclass(frozen=True)
class Cues:
    """The expressions of one kind in one language."""

    kind: str
    sure: Pattern
    maybe: Pattern
    never: Pattern
    negatable: bool
    others: bool

    def both(self) -> Iterator[tuple[re.Pattern[str], bool]]:
        """The cues there are, and whether they are sure."""
        yield from ((pattern, sure) for pattern, sure in ((self.sure, True), (self.maybe, False)) if pattern)


@dataclass(frozen=True)
class Grammar:
    """One language's cues and what takes them back."""

    lang: Lang
    cues: tuple[Cues, ...]
    shield: Pattern
    clause: re.Pattern[str]
    negation: Pattern
    no_negation: Pattern
    reach: int
    somebody: Pattern
    ourselves: Pattern
    you: Pattern
    withdrawn: tuple[tuple[frozenset[str], re.Pattern[str]], ...] = field(default_factory=tuple)

    def read(self, prepared: Prepared) -> Iterator[tuple[Mark, bool]]:
        """Every cue found, and whether it stands."""
        plain = _blank(prepared.plain, self.shield)
        withdrawn: dict[str, int] | None = None
        for cues in self.cues:
            found = [(one.span(), sure) for pattern, sure in cues.both() for one in pattern.finditer(plain)]
            if not found:
                continue
            withdrawn = self._withdrawn(plain) if withdrawn is None else withdrawn
            excepted = [one.span() for one in cues.never.finditer(plain)] if cues.never else []
            for (start, end), sure in found:
                back = (
                    start < withdrawn.get(cues.kind, -1)
                    or any(start < last and first < end for first, last in excepted)
                    or (cues.negatable and self._negated(plain, start))
                    or (cues.others and self._of_others(prepared, plain, start))
                )
                yield Mark(cues.kind, start, end, sure), not back

    def _withdrawn(self, plain: str) -> dict[str, int]:
        """How far into the text each kind is taken back."""
        ends: dict[str, int] = {}
        for kinds, pattern in self.withdrawn:
            for found in pattern.finditer(plain):
                ends |= {kind: max(ends.get(kind, -1), _sentence_end(plain, found.end())) for kind in kinds}
        return ends

    def _negated(self, plain: str, start: int) -> bool:
        if self.negation is None:
            return False
        before = _blank(_clause_before(plain, start, self.clause), self.no_negation)
        near = " ".join(before.split()[-self.reach :]) if self.lang == "en" else before[-self.reach :]
        return self.negation.search(near) is not None

    def _of_others(self, prepared: Prepared, plain: str, start: int) -> bool:
        first, last = next((span for span in prepared.sentences if span[0] <= start < span[1]), (0, len(plain)))
        if self.somebody is None or (self.you and self.you.search(plain, first, last)):
            return False
        theirs = [found.end() for found in self.somebody.finditer(plain, first, start)]
        if not theirs:
            return False
        ours = [found.end() for found in self.ourselves.finditer(plain, first, start)] if self.ourselves else []
        return max(theirs) >= max(ours, default=-1)


def read(prepared: Prepared) -> Marks:
    """What the grammars of the languages in the text say of it."""
    standing: list[Mark] = []
    taken_back: set[str] = set()
    for lang in LANGS:
        if prepared.chinese if lang == "zh" else prepared.latin:
            for mark, stands in grammar(lang).read(prepared):
                if stands:
                    standing.append(mark)
                else:
                    taken_back.add(mark.kind)
    return Marks(tuple(standing), frozenset(taken_back))


@cache
def grammar(lang: Lang) -> Grammar:
    """The grammar of one language, read once a process."""
    tree: dict[str, Any] = yaml.load((FOLDER / f"{lang}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    words: dict[str, list[str]] = {name: [str(word) for word in entry] for name, entry in tree["words"].items()}

    def any_of(name: str) -> Pattern:
        return compile_any(tree.get(name, []), words, lang)

    clause = any_of("clause")
    assert clause is not None
    return Grammar(
        lang=lang,
        cues=tuple(_cues(kind, tree["kinds"][kind], words, lang) for kind in KINDS),
        shield=any_of("shield"),
        clause=clause,
        negation=any_of("negation"),
        no_negation=any_of("no_negation"),
        reach=tree["reach"],
        somebody=any_of("somebody"),
        ourselves=any_of("ourselves"),
        you=any_of("you"),
        withdrawn=tuple(_withdrawal(entry, words, lang) for entry in tree["withdrawn"]),
    )


def _cues(kind: str, entry: dict[str, Any], words: dict[str, list[str]], lang: Lang) -> Cues:
    sure, maybe, never = (compile_any(entry.get(name, []), words, lang) for name in ("sure", "maybe", "never"))
    return Cues(kind, sure, maybe, never, entry.get("negatable", True), entry.get("others", True))


def _withdrawal(
    entry: dict[str, Any], words: dict[str, list[str]], lang: Lang
) -> tuple[frozenset[str], re.Pattern[str]]:
    pattern = compile_any(entry["cues"], words, lang)
    assert pattern is not None
    return frozenset(entry.get("kinds", KINDS)), pattern


def _blank(text: str, pattern: Pattern) -> str:
    return pattern.sub(lambda found: " " * len(found.group()), text) if pattern else text


def _clause_before(plain: str, start: int, clause: re.Pattern[str]) -> str:
    ends = [found.end() for found in clause.finditer(plain, max(0, start - 120), start)]
    return plain[ends[-1] if ends else max(0, start - 120) : start]


def _sentence_end(plain: str, position: int) -> int:
    """Where the sentence of the withdrawal ends: what is said after it counts again."""
    return next((at for at in range(position, len(plain)) if plain[at] in ".!?;\n"), len(plain))
