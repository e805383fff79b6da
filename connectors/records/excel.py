"""Excel workbooks: every sheet is a table; dates and numbers keep the type they have in their cells."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from connectors.records.mapping import FileFormat
from connectors.records.source import BadSource, SourceRow
from connectors.records.values import as_text


class SheetTable:
    """One sheet; rows are numbered as in Excel."""

    def __init__(self, file: Path, sheet: str, name: str, header: int) -> None:
        self.name = name
        self._file = file
        self._sheet = sheet
        self._header = header
        self.columns = self._columns()

    def _columns(self) -> list[str]:
        for _, cells, _ in self._filled():
            names = ["" if cell is None else as_text(cell) for cell in cells]
            while names and not names[-1]:
                names.pop()
            return names
        return []

    def rows(self) -> Iterator[SourceRow]:
        """Every row after the header that has anything in it."""
        width = len(self.columns)
        filled = self._filled()
        next(filled, None)
        for number, cells, total in filled:
            beyond = any(cell is not None for cell in cells[width:])
            padded = (cells + [None] * width)[:width]
            yield SourceRow(number, padded, number / max(total, number), "wrong_width" if beyond else None)

    def _filled(self) -> Iterator[tuple[int, list[Any], int]]:
        book = load_workbook(self._file, read_only=True, data_only=True)
        try:
            sheet = book[self._sheet]
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if number >= self._header and any(cell not in (None, "") for cell in cells):
                    yield number, list(cells), sheet.max_row or 0
        finally:
            book.close()


def excel_tables(file: Path, name: str, form_of: Callable[[str], FileFormat], *, alone: bool) -> Iterator[SheetTable]:
    """The sheets of a book that have a header; `book.xlsx#Sheet` in a folder, `Sheet` alone."""
    try:
        book = load_workbook(file, read_only=True)
        sheets = [sheet.title for sheet in book.worksheets]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise BadSource("not_excel", file=name) from error
    for sheet in sheets:
        table = SheetTable(file, sheet, sheet if alone else f"{name}#{sheet}", form_of(sheet).header)
        if table.columns:
            yield table
