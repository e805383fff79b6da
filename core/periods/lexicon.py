"""The tables of `core/lexicon/periods.yaml` as compiled patterns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.language import CJK, alternation, lexicon
from core.numbers import read_value

LANGUAGES = ("both", "en", "zh")
_SLOT = re.compile(r"\{([a-z]\w*)\}")
_KEYS = {"units": "unit", "wunits": "unit", "dunits": "unit", "aunits": "unit", "punits": "unit", "quarters": "unit"}
_GUARDS = {
    "both": r"(?<![a-z\d_])(?:{})(?![a-z\d_])",
    "en": r"(?<![a-z\d_])(?:{})(?![a-z\d_])",
    "zh": r"(?<![\d.])(?:{})",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way of naming a period: how it is written, and the form that gives its meaning."""

    form: str
    lang: str
    pattern: re.Pattern[str]

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Every place in the folded text where the phrase stands."""
        return self.pattern.finditer(text)


@cache
def tree() -> dict[str, Any]:
    """The lexicon as it is written."""
    return lexicon("periods")


@cache
def phrases() -> tuple[Phrase, ...]:
    """All phrases of both languages."""
    return tuple(
        Phrase(form, lang, re.compile(_GUARDS[lang].format(expand(said, lang))))
        for lang in LANGUAGES
        for form, texts in tree()[lang]["phrases"].items()
        for said in texts
    )


def usable(text: str) -> list[Phrase]:
    """The phrases that a folded text can hold at all, by its script."""
    scripts = {"both": True, "en": re.search("[a-z]", text), "zh": re.search(f"[{CJK}]", text)}
    return [phrase for phrase in phrases() if scripts[phrase.lang]]


def expand(said: str, lang: str) -> str:
    """A phrase as a regular expression: `{month} {year}` with a named group for each slot."""
    macros = tree()[lang].get("macros", {})
    while _has_macro(said, macros):
        said = re.sub(r"\{([A-Z]+)\}", lambda found: f"(?:{macros[found[1]]})", said)
    parts = _SLOT.split(said)
    return "".join(_group(part, lang) if index % 2 else _spaces(part) for index, part in enumerate(parts))


def _has_macro(said: str, macros: dict[str, str]) -> bool:
    return any(f"{{{name}}}" in said for name in macros)


def _spaces(said: str) -> str:
    return said.replace(" ", r"\s+").replace("_", r"\s*")


def _table(slot: str, lang: str) -> dict[str, Any] | None:
    words: dict[str, dict[str, Any]] = tree()[lang].get("words", {})
    return words.get(slot) or (None if slot in tree()["numbers"] else words.get(slot.split("_", maxsplit=1)[0]))


def _group(slot: str, lang: str) -> str:
    table = _table(slot, lang)
    if table is None:
        return f"(?P<{slot}>{tree()['numbers'][slot]})"
    return f"(?P<{slot}>{_spaces(alternation([*table]).replace(chr(92) + ' ', ' '))})"


@cache
def rules(path: str) -> tuple[re.Pattern[str], ...]:
    """A rule by its dotted path, in each language that has it."""
    found = ((lang, _node(path, lang)) for lang in ("en", "zh"))
    return tuple(re.compile(expand(said, lang)) for lang, said in found if said)


def _node(path: str, lang: str) -> str:
    node: Any = tree()[lang]
    for key in path.split("."):
        node = node.get(key, {})
    return node or ""


@cache
def _before_rules(path: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![a-z])(?:{rule.pattern})\s*$") for rule in rules(path))


@cache
def _after_rules(path: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?:{rule.pattern})(?![a-z])") for rule in rules(path))


def before(path: str, text: str, end: int) -> int | None:
    """Where the words of a rule begin that stand directly before `end`."""
    head = text[max(0, end - 30) : end]
    found = next((match for rule in _before_rules(path) if (match := rule.search(head))), None)
    return end - len(head) + found.start() if found else None


def after(path: str, text: str, start: int) -> int | None:
    """Where the words of a rule end that stand directly after `start`."""
    found = next((match for rule in _after_rules(path) if (match := rule.match(text, start))), None)
    return found.end() if found else None


def values(found: re.Match[str], lang: str) -> dict[str, Any]:
    """What the slots of a match mean: numbers as int, words by their table."""
    meant: dict[str, Any] = {}
    for slot, said in found.groupdict().items():
        if said is not None:
            key = _KEYS.get(slot) or slot.split("_")[0]
            meant[key] = _value(slot, said, lang)
            if slot == "wunits":
                meant["whole"] = True
    return meant


def _value(slot: str, said: str, lang: str) -> Any:
    table = _table(slot, lang)
    said = re.sub(r"\s+", " ", said) if lang == "en" else re.sub(r"\s", "", said)
    if table is not None:
        return table[said]
    if said in tree()["values"]:
        return tree()["values"][said]
    number = read_value(said)
    return said if number is None else int(number)
