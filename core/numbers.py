"""Numbers as people write them in English and Chinese."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from core.language import alternation, fold, lexicon

NumberUnit = Literal["percent", "money"]


@dataclass(frozen=True, slots=True)
class NumberMatch:
    """A number at `text[start:end]` with its unit's words. A percentage's value is per hundred: 10% is 10."""

    start: int
    end: int
    text: str
    value: Decimal
    unit: NumberUnit | None = None


@cache
def _words() -> dict[str, Any]:
    return lexicon("numbers")


@cache
def _hanzi() -> str:
    words = _words()
    return "".join([*words["digits"], *words["places"], *words["myriads"], words["point"]])


@cache
def _pattern() -> re.Pattern[str]:
    """One number with all that belongs to it: `us$ 1.5 million`, `两百三十万元`, `half a million`, `百分之十`."""
    words = _words()
    hanzi, word = f"[{_hanzi()}]", f"(?:{alternation([*words['words'], *words['scales']])})"
    plain = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
    place = f"[{''.join([*words['places'], *words['myriads']])}]"
    spaced = rf"\d+(?:,\d{{3}})*(?:\.\d+)?(?:\s*|[{words['about']}])(?={place})"
    mixed = rf"(?:{spaced}|{hanzi})*{hanzi}(?:{spaced}|\d+(?![\d.])|{hanzi})*{words['half']}?"
    said = rf"(?:(?:{alternation(words['halves'])}|{alternation(words['articles'])})\s+(?={_scales()}))?"
    joint = rf"(?:\s+{words['and']}\s+(?!{words['and_half'][4:]})|[\s-]+)"
    half = rf"(?:\s+{words['and_half']}(?:\s+{_scales()}\b)?)?"
    after = f"{alternation(words['percent_after'])}|{alternation(words['tenths_after'])}"
    return re.compile(
        rf"(?P<before>(?:{alternation(words['currency_before'])})\s*|(?:{alternation(words['percent_before'])}))?"
        rf"(?P<sign>(?<![\w)])-)?(?:"
        rf"(?P<hanzi>{mixed})|(?P<plain>{plain})(?:(?:\s*-?|-)(?P<scale>(?:{_scales()}|{alternation([*words['letters']])})(?![a-z])))?"
        rf"|(?P<said>\b{said}{word}(?:{joint}{word})*{half}\b))"
        rf"(?![\d])(?:[\s-]*(?P<after>{after}|{alternation(words['currency_after'])})(?![a-z]))?(?![a-z])"
    )


@cache
def _scales() -> str:
    return f"(?:{alternation([*_words()['scales']])})"


@cache
def _idioms() -> re.Pattern[str]:
    words = _words()
    ordinals = rf"(?:{alternation(words['ordinal_before'])})\s*(?:\d+|[{_hanzi()}]+)"
    return re.compile(rf"{ordinals}|{alternation(words['idioms'])}")


def find_numbers(text: str) -> list[NumberMatch]:
    """Every number in the text, left to right, in either language; ordinals are none."""
    folded = fold(text)
    masked = _idioms().sub(lambda found: "_" * len(found[0]), folded)
    return [number for found in _pattern().finditer(masked) if (number := _number(found, text)) is not None]


def _number(found: re.Match[str], text: str) -> NumberMatch | None:
    start, end = found.span()
    previous = found.string[start - 1 : start]
    if re.match(r"[\w.]", previous) and re.match(r"[a-z\d.]", found[0]) and previous.isascii():
        return None
    value = _value(found)
    if value is None:
        return None
    unit, factor = _unit(found)
    sign = -1 if found["sign"] else 1
    return NumberMatch(start, end, text[start:end], sign * value * factor, unit)


def _value(found: re.Match[str]) -> Decimal | None:
    if found["hanzi"]:
        return read_hanzi(found["hanzi"])
    if found["said"]:
        return _read_words(found["said"])
    words = _words()
    scale = words["scales"].get(found["scale"]) or words["letters"].get(found["scale"]) or 1
    return Decimal(found["plain"].replace(",", "")) * scale


def _unit(found: re.Match[str]) -> tuple[NumberUnit | None, int]:
    words = _words()
    before, after = (found["before"] or "").strip(), found["after"]
    if before in words["percent_before"] or after in words["percent_after"]:
        return "percent", 1
    if after in words["tenths_after"]:
        return "percent", 10
    return ("money" if before or after else None), 1


def read_hanzi(said: str) -> Decimal | None:
    """The value of a numeral with Chinese characters, digits mixed in or not; None if it is not one."""
    words = _words()
    said = re.sub(rf"[\s,{words['about']}]", "", said)
    half = said.endswith(words["half"])
    tokens = re.findall(r"\d+(?:\.\d+)?|.", said[:-1] if half else said)
    if words["point"] in tokens:
        return _read_point(said)
    known = {**words["digits"]}
    if len(tokens) > 1 and all(token in known for token in tokens):
        return Decimal("".join(str(known[token]) for token in tokens))
    return _read_places(tokens, half=half)


def _read_point(said: str) -> Decimal | None:
    words = _words()
    whole, _, rest = said.partition(words["point"])
    fraction = re.match(rf"(?:\d|[{''.join(words['digits'])}])+", rest)
    left = read_value(whole)
    if left is None or fraction is None:
        return None
    digits = "".join(str(words["digits"].get(char, char)) for char in fraction[0])
    scale = Decimal(1)
    for char in rest[fraction.end() :]:
        place = words["places"].get(char) or words["myriads"].get(char)
        if place is None:
            return None
        scale *= place
    return (left + Decimal(f"0.{digits}")) * scale


def _read_places(tokens: list[str], *, half: bool) -> Decimal | None:
    """两百三十万, 3千5, 1万2千: a last digit after a place counts in the place below."""
    words = _words()
    total, section, current = Decimal(0), Decimal(0), None
    below = Decimal(1)
    for token in tokens:
        if token in words["places"]:
            section += (Decimal(1) if current is None else current) * words["places"][token]
            below, current = Decimal(words["places"][token]) / 10, None
        elif token in words["myriads"]:
            if current is None and not section and not total:
                return None
            size = words["myriads"][token]
            above = total if total >= size else Decimal(0)
            total = above + (total - above + section + (current or 0)) * size
            below, section, current = Decimal(words["myriads"][token]) / 10, Decimal(0), None
        else:
            value = Decimal(words["digits"].get(token, token))
            below = Decimal(1) if value == 0 else below
            current = value if current is None else current * 10 + value
    total += section + (current or 0) * (below if current is not None and current < 10 else 1)
    return total + below * 5 if half else total


def read_value(said: str) -> Decimal | None:
    """The value of one folded number on its own, in any of the ways numbers are written."""
    if re.fullmatch(r"\d+(?:\.\d+)?", said):
        return Decimal(said)
    if re.fullmatch(rf"(?:\d|[{_hanzi()}])+", said):
        return read_hanzi(said)
    found = _pattern().fullmatch(said)
    return _value(found) if found is not None else None


def _read_words(said: str) -> Decimal:
    words = _words()
    half, total, current = Decimal("0.5"), Decimal(0), Decimal(0)
    for token in re.split(r"[\s-]+", said):
        if token in words["words"]:
            current += words["words"][token]
        elif token in words["scales"]:
            scale = Decimal(words["scales"][token])
            current = (current or 1) * scale
            if scale > 100:
                total, current = total + current, Decimal(0)
        elif token == words["halves"][1]:
            current += half
    return total + current
