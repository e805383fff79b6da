"""What they can spend."""

import re
from collections.abc import Iterator
from decimal import Decimal

from core.language import detect
from core.numbers import NumberMatch, find_numbers
from tools.profiles.hearing import Claim, Context, Part
from tools.profiles.rules import cue, cues, says

LEAST = 500
MOST = Decimal(10) ** 12
YEAR = re.compile(r"\d{4}")
DIGITS = re.compile(r"\d{7,}")
SCALES = {"en": Decimal(1000), "zh": Decimal(10000)}
NEAR = 40


def budgets(part: Part, context: Context) -> Iterator[Claim]:
    """The budget that a sentence names, or takes back."""
    text = part.text
    cued = _cued(text)
    asked = "budget" in context.asked
    known = bool(context.of("budget"))
    moved = known and (says("budget.moved", text) or (context.last == "budget" and says("talk.correction", text)))
    amounts = _amounts(text, context, bare=asked or (moved and context.last == "budget"))
    if not amounts and cued and says("budget.that", text) and context.amount is not None and not part.question:
        yield _claim(context.amount, "", part, 0.75)
    elif not amounts and known and says("budget.gone", text):
        yield Claim("budget", context.of("budget")[-1], part.quote, 0.7, withdrawn=True)
    if not amounts:
        return
    chosen = _chosen(text, amounts)
    context.amount = chosen[1]
    if part.question or says("budget.none", text) or says("budget.foreign", text):
        return
    if says("budget.other", text) and not says("budget.surely", text) and not asked:
        return
    if cued or asked or moved:
        yield _claim(chosen[1], chosen[0].text.strip(), part, 0.85 if cued else 0.75)


def _claim(value: Decimal, written: str, part: Part, confidence: float) -> Claim:
    return Claim("budget", _plain(value), part.quote, confidence, {"written": written} if written else {})


def _cued(text: str) -> bool:
    return says("budget.cues", text)


Amount = tuple[NumberMatch, Decimal]


def _amounts(text: str, context: Context, *, bare: bool) -> list[Amount]:
    """The amounts of money in a sentence: not those that are counts, dates, prices of a piece, or taken back."""
    numbers = find_numbers(text)
    found: list[Amount] = []
    for place, number in enumerate(numbers):
        later = numbers[place + 1] if place + 1 < len(numbers) else None
        if later is not None and cue("budget.range").fullmatch(text[number.end : later.start]):
            continue
        value = _value(number, text, context, bare=bare)
        if value is not None:
            found.append((number, value))
    kept = [one for one in found if not says("budget.replaced", text[max(0, one[0].start - NEAR) : one[0].start])]
    sure = [one for one in kept if one[0].unit == "money"]
    return sure or kept


def _value(number: NumberMatch, text: str, context: Context, *, bare: bool) -> Decimal | None:
    """How much it is, if it is money."""
    said = number.text.strip()
    value = number.value
    if number.unit == "percent" or value > MOST or value <= 0:
        return None
    if _each(text, number.end):
        return None
    if number.unit == "money":
        return value if value >= LEAST / 5 else (_scaled(value, text, context) if bare and value >= 5 else None)
    if cue("budget.digits").fullmatch(said):
        return None
    if DIGITS.fullmatch(said) or _is_year(said, text[: number.start]):
        return None
    if value >= LEAST:
        return value
    return _scaled(value, text, context) if bare and not says("budget.dated", text[number.end :]) else None


def _is_year(said: str, before: str) -> bool:
    return bool(YEAR.fullmatch(said)) and 1990 <= int(said) <= 2100 and not says("budget.no_year", before[-NEAR:])


def _each(text: str, end: int) -> bool:
    after = text[end : end + NEAR].lstrip()
    return any(one.match(after) for one in cues("budget.each"))


def _scaled(value: Decimal, text: str, context: Context) -> Decimal:
    """ "Eighty-five", asked for a budget, is thousands, or whatever the budget before was counted in."""
    before = context.of("budget")
    if before and Decimal(before[-1]) >= Decimal(10) ** 6 > value * SCALES[detect(text)] * 10:
        return value * Decimal(10) ** 6
    return value * SCALES[detect(text)]


def _chosen(text: str, amounts: list[Amount]) -> Amount:
    """The first after the cue, or the last before it; of a correction the last."""
    if says("budget.moved", text) or says("talk.correction", text):
        return amounts[-1]
    found = cue("budget.cues").search(text)
    if found is None:
        return amounts[0]
    after = [one for one in amounts if one[0].start >= found.start()]
    return after[0] if after else amounts[-1]


def _plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
