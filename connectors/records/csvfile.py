"""Delimited text files: the encoding and the delimiter are told from the file unless they are declared."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from connectors.records.mapping import FileFormat
from connectors.records.source import BadSource, SourceRow

DELIMITERS = (",", ";", "\t", "|")
LARGEST_CELL = 1_000_000
LONGEST_LINE = 100_000
BLOCK = 1 << 20
HIGH_RUN = re.compile(rb"[\x80-\xff]+")


class CsvTable:
    """One delimited file."""

    def __init__(self, file: Path, name: str, form: FileFormat) -> None:
        self.name = name
        self._file = file
        self._header = form.header
        self.encoding = form.encoding or detect_encoding(file)
        _check_encoding(file, self.encoding)
        self.delimiter = form.delimiter or self._detect_delimiter()
        self.columns = self._columns()

    def _columns(self) -> list[str]:
        for row in self._records(header=False):
            return [str(cell).strip() for cell in row.cells]
        raise BadSource("empty_file", file=self.name)

    def _detect_delimiter(self) -> str:
        """The one that cuts the first records into the most columns, evenly: a comma inside `1,5;2` does not."""
        with self._file.open(encoding=self.encoding, newline="") as text:
            head = [line[:LONGEST_LINE] for line, _ in zip(text, range(self._header + 20), strict=False)]
        head = head[self._header - 1 :]

        def columns(delimiter: str) -> tuple[bool, int]:
            widths = [len(row) for row in csv.reader(head[:1], delimiter=delimiter)]
            body = [len(row) for row in csv.reader(head[1:], delimiter=delimiter) if row]
            even = sum(width == widths[0] for width in body) * 2 >= len(body) if widths else False
            return (even and widths[0] > 1, widths[0] if widths else 0)

        return max(DELIMITERS, key=columns)

    def rows(self) -> Iterator[SourceRow]:
        """Every record after the header; one with another number of cells carries a fault."""
        return self._records(header=True)

    def _records(self, *, header: bool) -> Iterator[SourceRow]:
        csv.field_size_limit(LARGEST_CELL)
        size = max(self._file.stat().st_size, 1)
        with self._file.open("rb") as raw:
            text = io.TextIOWrapper(raw, encoding=self.encoding, newline="")
            reader = csv.reader(text, delimiter=self.delimiter)
            yield from self._read(reader, raw, size, skip=header)

    def _read(self, reader: Any, raw: BinaryIO, size: int, *, skip: bool) -> Iterator[SourceRow]:
        width = len(self.columns) if skip else 0
        started = not skip
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield SourceRow(line, [], raw.tell() / size, "broken_row")
                continue
            if line < self._header or not any(cells):
                continue
            if not started:
                started = True
                continue
            wrong = width and len(cells) != width
            yield SourceRow(line, cells, raw.tell() / size, "wrong_width" if wrong else None)


def detect_encoding(file: Path) -> str:
    """UTF-8 (with or without mark) or UTF-16 if the whole file is; else GB 18030 if it looks it; else Windows Latin."""
    with file.open("rb") as raw:
        head = raw.read(4)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _decodes(file, "utf-8"):
        return "utf-8"
    if _looks_double_byte(file) and _decodes(file, "gb18030"):
        return "gb18030"
    return "cp1252" if _decodes(file, "cp1252") else "latin-1"


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with file.open("rb") as raw:
            while block := raw.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_double_byte(file: Path) -> bool:
    """Chinese comes in runs of high bytes; a Latin accent stands alone between letters."""
    with file.open("rb") as raw:
        runs = HIGH_RUN.findall(raw.read(BLOCK))
    return sum(len(run) for run in runs if len(run) > 1) > sum(len(run) == 1 for run in runs)


def _check_encoding(file: Path, encoding: str) -> None:
    try:
        fits = _decodes(file, encoding)
    except LookupError as error:
        raise BadSource("unknown_encoding", file=file.name, encoding=encoding) from error
    if not fits:
        raise BadSource("wrong_encoding", file=file.name, encoding=encoding)
