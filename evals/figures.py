"""Figures in prose that stand in no table."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from core.numbers import NumberMatch, find_numbers
from core.reply import Reply

DIGITS = re.compile(r"\d+")
DECIMALS = re.compile(r"\d(?:[\d,]*)(?:\.(?P<places>\d+))?")
UNIT = re.compile(r"(?P<year>\d{4})-(?:W(?P<week>\d\d)|Q\d|\d\d(?:-\d\d)?)$")  # 2026-W25, 2026-Q2, 2026-06, 2026-06-17
SMALL = 12


def strange_figures(reply: Reply, asked: str) -> list[str]:
    """The figures in the text that are in no cell, no receipt and not in the question."""
    text = _without_names(reply)
    known = set(_cells(reply)) | set(_context(reply, asked))
    return [number.text for number in find_numbers(text) if not _is_known(number, known)]


def _without_names(reply: Reply) -> str:
    """The text without the words of the table and the receipts, which may have digits in them: Atlas 200."""
    text = reply.text
    words = {cell for row in (reply.table.rows if reply.table else ()) for cell in row if isinstance(cell, str)}
    for receipt in reply.receipts:
        words |= {
            receipt.definition,
            receipt.scope,
            *(value for values in receipt.filters.values() for value in values),
        }
        words |= {period.label for period in (receipt.period, receipt.compared_with) if period}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return text


def _cells(reply: Reply) -> Iterator[Decimal]:
    for row in reply.table.rows if reply.table else ():
        for cell in row:
            if isinstance(cell, Decimal | int | float):
                yield Decimal(str(cell))
                yield abs(Decimal(str(cell)))


def _dates(reply: Reply) -> Iterator[str]:
    """Every day that may be named: of receipts, in cells, and the ends of the weeks that cells stand for."""
    for receipt in reply.receipts:
        for period in (receipt.period, receipt.compared_with):
            yield from (period.from_, period.to) if period else ()
        yield receipt.as_of[:10]
    for cell in (cell for row in (reply.table.rows if reply.table else ()) for cell in row):
        found = UNIT.match(str(cell)) if isinstance(cell, str) else None
        if found is not None:
            yield found[0]
        if found is not None and found["week"]:
            yield from (str(date.fromisocalendar(int(found["year"]), int(found["week"]), day)) for day in (1, 7))


def _context(reply: Reply, asked: str) -> Iterator[Decimal]:
    """Numbers that may be said without being an answer: the question's, the days of receipts, how many rows."""
    yield from (number.value for number in find_numbers(asked))
    yield from (Decimal(found) for found in DIGITS.findall(asked))
    yield Decimal(len(reply.table.rows) if reply.table else 0)
    yield from (Decimal(receipt.rows) for receipt in reply.receipts)
    yield from (Decimal(part) for day in _dates(reply) for part in DIGITS.findall(day))


def _is_known(number: NumberMatch, known: set[Decimal]) -> bool:
    value, slack = abs(number.value), _slack(number)
    if number.unit == "percent":
        return any(abs(abs(cell) * scale - value) <= slack for cell in known for scale in (1, 100))
    ordinal = value <= SMALL and value == value.to_integral_value() and slack < 1 and number.unit is None
    return ordinal or any(abs(abs(cell) - value) <= slack for cell in known)


def _slack(number: NumberMatch) -> Decimal:
    """Half of the last digit shown: 123.46万 may stand for 1,234,567."""
    found = DECIMALS.search(number.text)
    if found is None:
        return Decimal(0)
    shown = Decimal(found[0].replace(",", ""))
    scale = abs(number.value) / shown if shown else Decimal(1)
    return Decimal("0.5") * scale * Decimal(10) ** -len(found["places"] or "")
