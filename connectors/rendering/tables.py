"""Tables as text: aligned columns in a fixed-width font, or lists of name and value where that would be too wide."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.rendering.text import cut, one_line, width
from core.cells import cell_text, column_text
from core.reply import Column, Table
from core.wording import Lang, say

GAP = "  "
WIDEST_CELL = 32
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""Keep a right-to-left cell from turning the order of its neighbours around."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom tables are worded."""

    names: Mapping[str, str]
    lang: Lang = "en"
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in words. `right` says which columns are numbers, and `more` how many rows are left out."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    more: int = 0
    truncated: bool = False


def grid_of(table: Table, reader: Reader, *, most: int) -> Grid:
    """The first rows of the table in words; the last is not left out where it alone would be."""
    shown = table.rows if len(table.rows) <= most + 1 else table.rows[:most]
    rows = tuple(
        tuple(
            one_line(cell_text(cell, column, reader.lang, currency=reader.currency, names=reader.names))
            for cell, column in zip(row, table.columns, strict=True)
        )
        for row in shown
    )
    return Grid(
        heads=tuple(one_line(column_text(column, reader.names)) for column in table.columns),
        rows=rows,
        right=tuple(_is_number(column, place, table) for place, column in enumerate(table.columns)),
        more=len(table.rows) - len(shown),
        truncated=table.truncated,
    )


def _is_number(column: Column, place: int, table: Table) -> bool:
    if column.unit is not None:
        return column.unit != "date"
    cells = [row[place] for row in table.rows if row[place] is not None]
    return bool(cells) and not any(isinstance(cell, str) for cell in cells)


def rest_of(grid: Grid, lang: Lang) -> str:
    """The words for the rows that are not shown; empty if all are."""
    if grid.more:
        return say("rendering.more_rows", lang, count=grid.more)
    return say("rendering.truncated", lang) if grid.truncated else ""


def fits(grid: Grid, widest: int) -> bool:
    """Whether the aligned table is narrow enough."""
    return sum(_widths(grid)) + len(GAP) * (len(grid.heads) - 1) <= widest


def _widths(grid: Grid) -> list[int]:
    lines = [grid.heads, *grid.rows]
    return [min(max(width(line[place]) for line in lines), WIDEST_CELL) for place in range(len(grid.heads))]


def aligned(grid: Grid) -> str:
    """The table for a fixed-width font: numbers to the right, a rule below the heads."""
    widths = _widths(grid)
    lines = [_line(grid.heads, widths, grid.right), GAP.join("-" * cells for cells in widths)]
    lines += [_line(row, widths, grid.right) for row in grid.rows]
    return "\n".join(lines)


def _line(cells: Iterable[str], widths: list[int], right: tuple[bool, ...]) -> str:
    padded = [_padded(*one) for one in zip(cells, widths, right, strict=True)]
    return GAP.join(padded).rstrip()


def _padded(cell: str, cells: int, to_the_right: bool) -> str:
    shown = cut(cell, cells, width)
    blanks = " " * (cells - width(shown))
    apart = isolated(shown)
    return blanks + apart if to_the_right else apart + blanks


def isolated(cell: str) -> str:
    """The cell, set apart where it is written from right to left."""
    turned = any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in cell)
    return f"{ISOLATE}{cell}{END_ISOLATE}" if turned else cell


def listed(grid: Grid, lang: Lang) -> str:
    """The table as a list: each row's first cell, and below it the others with their names."""
    return "\n\n".join(_entry(grid.heads, row, lang) for row in grid.rows)


def _entry(heads: tuple[str, ...], row: tuple[str, ...], lang: Lang) -> str:
    first, *others = zip(heads, row, strict=True)
    lines = [first[1] or say("rendering.pair", lang, name=first[0], value="–")]
    lines += [say("rendering.pair", lang, name=name, value=isolated(value)) for name, value in others if value]
    return "\n".join(lines)
