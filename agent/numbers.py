"""The check of figures: what prose says in numbers must stand in the turn's tables, as it would be displayed."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from agent.dates import mentions, named
from core.language import fold
from core.numbers import NumberMatch, find_numbers
from core.periods import Period
from core.reply import Status, Table, Unit
from prompts import data
from tools.metrics.codec import answer_from_json
from tools.metrics.query import Answer

MANTISSA = re.compile(r"\d[\d,]*(?:\.(?P<decimals>\d+))?|\.\d+")
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
MASK = "\u0000"


@dataclass(frozen=True)
class Figure:
    """A cell that holds a number."""

    value: Decimal
    unit: Unit | None


@dataclass
class Grounds:
    """What figures in prose may rest on."""

    figures: list[Figure] = field(default_factory=list)
    exact: set[Decimal] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    periods: list[Period] = field(default_factory=list)
    places: int = 0


def unsupported(text: str, grounds: Grounds) -> list[str]:
    """The figures in `text`, as written, that nothing in `grounds` supports."""
    wrong: list[str] = []
    left = _mask_names(fold(text), grounds.names)
    labelled = [span for label in grounds.labels for span in _spans(label, left)]
    for mention in mentions(left):
        inside = any(start <= mention.start and mention.end <= end for start, end in labelled)
        if not inside and not mention.fits(grounds.periods):
            wrong.append(text[mention.start : mention.end])
        left = _blank(left, mention.start, mention.end)
    left = _mask_places(left, grounds.places)
    for number in find_numbers(left):
        if not _supported(number, left, grounds):
            wrong.append(text[number.start : number.end])
        left = _blank(left, number.start, number.end)
    return wrong + [found[0] for found in DIGITS.finditer(left)]


def _mask_names(text: str, names: set[str]) -> str:
    lettered = (name for name in names if name in text and any(char.isalpha() for char in name))
    for name in sorted(lettered, key=len, reverse=True):
        # A name that is part of a longer number or word is not that name.
        bounded = re.compile(
            rf"(?<![a-z0-9_.]){re.escape(name)}(?![a-z0-9_]|\.\d)" if name.isascii() else re.escape(name)
        )
        text = bounded.sub(lambda found: MASK * len(found[0]), text)
    return text


def _spans(label: str, text: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(re.escape(label), text)] if label else []


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + MASK * (end - start) + text[end:]


def _mask_places(text: str, places: int) -> str:
    for pattern in _rules()["places"]:
        text = re.sub(pattern, lambda found: MASK * len(found[0]) if int(found["n"]) <= places else found[0], text)
    for word in _rules()["harmless"]:
        text = re.sub(rf"\b{word}\b" if word.isascii() else word, lambda found: MASK * len(found[0]), text)
    return text


@cache
def _rules() -> dict[str, Any]:
    return data("planner/figures")


def _supported(number: NumberMatch, text: str, grounds: Grounds) -> bool:
    scaled = number.value / 100 if number.unit == "percent" else number.value
    if scaled in grounds.exact:
        return True
    sign = text[number.start : number.start + 1]
    before = text[number.start - 1 : number.start]
    falls = sign in ("-", "−") or before == "−"
    rises = before == "+" or sign == "+"
    return any(
        _shows(number, value)
        for figure in grounds.figures
        for value in _displayed(figure, percent=number.unit == "percent")
        if not (falls and value > 0) and not (rises and value < 0)
    )


def _displayed(figure: Figure, *, percent: bool) -> Iterable[Decimal]:
    """The numbers that a cell may be written as."""
    if percent:
        if figure.unit == "ratio":
            yield figure.value * 100
        elif figure.unit == "percent":
            yield figure.value
    else:
        yield figure.value


def _shows(number: NumberMatch, value: Decimal) -> bool:
    """Whether `number` is `value`, rounded half up to the places it is written with: 1.23m is 1,234,567."""
    written = MANTISSA.search(fold(number.text))
    if written is None:
        return number.value == value
    mantissa = Decimal(written[0].replace(",", ""))
    if not mantissa:
        return value == 0 or abs(value) < Decimal("0.5").scaleb(-len(written["decimals"] or ""))
    factor = abs(number.value) / mantissa
    places = Decimal(1).scaleb(-len(written["decimals"] or ""))
    return (abs(value) / factor).quantize(places, ROUND_HALF_UP) == mantissa


def grounds_of(turn: Sequence[AnyMessage], name: str = "") -> Grounds:
    """What this turn's tool results support."""
    grounds = Grounds(names={fold(name)} if name else set())
    answered = False
    for message in turn:
        if not isinstance(message, ToolMessage) or not isinstance(message.artifact, dict):
            continue
        packed = message.artifact.get("answer")
        if packed is None:
            _add_text(grounds, json.dumps(message.artifact, ensure_ascii=False))
            continue
        answer = answer_from_json(packed)
        answered = answered or answer.status is Status.ANSWERED
        _add_answer(grounds, answer)
        _add_text(grounds, _said(str(message.content), answer))
        grounds.exact.update(_numbers_in(packed["question"]))
        for said in ("labels", "values"):
            grounds.names.update(fold(word) for word in message.artifact.get(said, {}).values())
    known = any(isinstance(message, ToolMessage) for message in turn)
    if known and not answered and turn and isinstance(turn[0], HumanMessage):
        _add_text(grounds, str(turn[0].text))
    return grounds


def _said(content: str, answer: Answer) -> str:
    """What the tool said in words, where it had no number to give."""
    return content if answer.refusal is not None else ""


def _add_text(grounds: Grounds, text: str) -> None:
    grounds.exact.update(number.value for number in find_numbers(text))
    grounds.exact.update(Decimal(found[0].replace(",", "")) for found in re.finditer(r"\d+(?:\.\d+)?", text))
    for mention in mentions(fold(text)):
        grounds.labels.add(fold(text)[mention.start : mention.end].strip())


def _add_answer(grounds: Grounds, answer: Answer) -> None:
    if answer.table is not None:
        _add_table(grounds, answer.table)
    for receipt in answer.receipts:
        grounds.exact.add(Decimal(receipt.rows))
        grounds.names.add(fold(receipt.id))
        grounds.names.update(fold(value) for values in receipt.filters.values() for value in values)
        _add_days(grounds, receipt.as_of[:10], receipt.as_of[:10])
        for period in (receipt.period, receipt.compared_with):
            if period is not None:
                grounds.labels.add(fold(period.label))
                _add_days(grounds, period.from_, period.to)


def _add_days(grounds: Grounds, start: str, end: str) -> None:
    try:
        grounds.periods.append(Period(date.fromisoformat(start), date.fromisoformat(end), f"{start}..{end}"))
    except ValueError:
        return


def _add_table(grounds: Grounds, table: Table) -> None:
    grounds.exact.add(Decimal(len(table.rows)))
    grounds.places = max(grounds.places, len(table.rows))
    for row in table.rows:
        for cell, column in zip(row, table.columns, strict=True):
            if isinstance(cell, str):
                period = named(cell)
                if period is not None:
                    grounds.periods.append(period)
                else:
                    grounds.names.add(fold(cell))
            elif cell is not None:
                grounds.figures.append(Figure(Decimal(str(cell)), column.unit))


def _numbers_in(packed: Any) -> Iterable[Decimal]:
    """The limit and the thresholds of a question."""
    if isinstance(packed, dict):
        if packed.get("$") == "Decimal":
            yield Decimal(packed["value"])
        for value in packed.values():
            yield from _numbers_in(value)
    elif isinstance(packed, list):
        for value in packed:
            yield from _numbers_in(value)
    elif isinstance(packed, int) and not isinstance(packed, bool):
        yield Decimal(packed)
