"""A table's cells as people read them, the same in every channel."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from core.language import format_date, format_number
from core.periods.calendar import period_named
from core.periods.labels import label_of
from core.reply import Cell, Column
from core.wording import Lang, say

GRAINS = frozenset({"day", "week", "month", "quarter", "year"})
"""Columns whose values are names of periods."""


def cell_text(
    cell: Cell, column: Column, lang: Lang, *, currency: str = "", names: Mapping[str, str] | None = None
) -> str:
    """One cell in words, nothing for what is not known. `names` may name a value, as `column=value`.

    The change of a rate is in percentage points.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _words(cell, column, lang, names or {})
    number = Decimal(str(cell))
    if column.unit == "ratio" and column.name.endswith("_change"):
        points = number * 100
        return say("rendering.points", lang, value=f"{points:+,.1f}" if points else f"{points:,.1f}")
    return format_number(number, column.unit, lang, currency)


def _words(cell: str, column: Column, lang: Lang, names: Mapping[str, str]) -> str:
    if column.unit == "date":
        return day_text(cell, lang)
    if column.name in GRAINS:
        return period_text(cell, lang)
    return names.get(f"{column.name}={cell}", cell)


def day_text(iso: str, lang: Lang) -> str:
    """An ISO date, or the date of an ISO time, in words; what is neither stays as it is."""
    try:
        return format_date(datetime.fromisoformat(iso).date(), lang)
    except ValueError:
        return iso


def period_text(name: str, lang: Lang) -> str:
    """The canonical name of a period in words; what is none stays as it is."""
    try:
        return label_of(period_named(name), lang)
    except ValueError:
        return name


def column_text(column: Column, names: Mapping[str, str]) -> str:
    """What a column is called above its cells."""
    name = names.get(column.name, column.name.replace("_", " "))
    return name[:1].upper() + name[1:]
