"""Which language a message is in, and how each language writes numbers and days."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.wording import Lang, say

LEXICON = Path(__file__).parent / "lexicon"
CJK = r"\u3400-\u9fff\uf900-\ufaff"

_COMPACT = ((Decimal(10) ** 8, "yi"), (Decimal(10) ** 4, "wan"))


def lexicon(name: str) -> dict[str, Any]:
    """One file of recognised words, `core/lexicon/<name>.yaml`."""
    tree: dict[str, Any] = yaml.load((LEXICON / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tree


def alternation(words: list[str]) -> str:
    """A regular expression for any of these literal words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    cues = lexicon("language")["cues"]
    return {"en": re.compile(rf"\b(?:{alternation(cues['en'])})\b"), "zh": re.compile(alternation(cues["zh"]))}


@cache
def _folds() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {ord(said): meant for said, meant in lexicon("language")["variants"].items()}
    return table | {0x3000: " ", 0xA0: " "}


def fold(text: str) -> str:
    """The text as it is matched: half-width, lower case, exactly as long as the original."""
    narrow = text.translate(_folds())
    lower = narrow.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in narrow)


def detect(text: str) -> Lang:
    """The language of a message; in a mixed one, that of its grammar rather than of its names."""
    folded = fold(text)
    hanzi = len(re.findall(f"[{CJK}]", folded))
    words = len(re.findall(r"[a-z]+", folded))
    if not hanzi:
        return "en"
    if not words:
        return "zh"
    zh, en = (len(_cues()[lang].findall(folded)) for lang in ("zh", "en"))
    if zh != en:
        return "zh" if zh > en else "en"
    return "zh" if hanzi >= words else "en"


def format_number(value: Decimal | int | float, unit: str | None, lang: Lang, currency: str = "") -> str:
    """A figure as people read it. Ratios become per cent; Chinese shortens large figures to 万 and 亿.

    A shortened figure is rounded to two decimals; `format_exact` gives all of its digits.
    """
    number = Decimal(str(value))
    if unit in ("ratio", "percent"):
        return say("numbers.percent", lang, value=_grouped(number * (100 if unit == "ratio" else 1), 1))
    if unit == "days":
        return say("numbers.days", lang, value=_grouped(number, 1))
    figure = _compact(number, lang) if lang == "zh" else _digits(number, unit)
    return _with_currency(figure, lang, currency) if unit == "money" else figure


def format_exact(value: Decimal | int | float, unit: str | None, lang: Lang, currency: str = "") -> str:
    """A figure with every digit of it, never shortened."""
    number = Decimal(str(value))
    if unit in ("ratio", "percent", "days"):
        return format_number(number, unit, lang, currency)
    figure = _digits(number, unit)
    return _with_currency(figure, lang, currency) if unit == "money" else figure


def format_date(day: date, lang: Lang) -> str:
    """One day as people write it: 4 March 2025, 2025年3月4日."""
    return say("periods.day", lang, year=day.year, month=say(f"periods.months.{day.month}", lang), day=day.day)


def _grouped(number: Decimal, places: int) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,f}".rstrip("0").rstrip(".") if places else f"{rounded:,f}"


def _digits(number: Decimal, unit: str | None) -> str:
    if number == number.to_integral_value():
        return _grouped(number, 0)
    cents = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{cents:,f}" if unit == "money" else _grouped(number, 2)


def _compact(number: Decimal, lang: Lang) -> str:
    for size, word in _COMPACT:
        if abs(number) >= size:
            return say(f"numbers.{word}", lang, value=_grouped(number / size, 2))
    return _digits(number, None)


def _with_currency(figure: str, lang: Lang, currency: str) -> str:
    known = currency if currency in ("CNY", "USD", "EUR", "GBP", "JPY", "HKD") else "other"
    sign = "-" if figure.startswith("-") else ""
    return sign + say(f"numbers.money.{known}", lang, value=figure.removeprefix("-"), code=currency).strip()
