"""Where rows come from: files in a folder, one file, or a database by URL; each as tables of rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from connectors.records.mapping import FileFormat
from connectors.records.names import nearest, plain
from core.errors import OperatorError

CSV_ENDINGS = (".csv", ".tsv", ".txt")
EXCEL_ENDINGS = (".xlsx", ".xlsm")


class BadSource(Exception):
    """The source, or a part of it, can't be read; `reason` is a key of the words for it."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


class SourceLost(OperatorError):
    """A source that could be opened could not be read to its end; what was read before is loaded."""

    code = "source_lost"


class SourceRow(NamedTuple):
    """One row: its line (or row number), its cells, how much of the table is read by now, and what is wrong."""

    line: int
    cells: list[Any]
    done: float
    fault: str | None = None


class SourceTable(Protocol):
    """One file, sheet, table or view."""

    name: str
    columns: list[str]

    def rows(self) -> Iterator[SourceRow]:
        """Every row, streamed."""
        ...


@dataclass
class Source:
    """The tables of one source; `problems` are parts that could not be read."""

    name: str
    tables: dict[str, SourceTable] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    problems: list[BadSource] = field(default_factory=list)

    def find(self, name: str | None) -> SourceTable | None:
        """The table of that name: exactly, else whatever the case, else without folder, ending or book."""
        if name is None:
            return next(iter(self.tables.values())) if len(self.tables) == 1 else None
        if name in self.tables:
            return self.tables[name]
        for names in (lambda table: {table}, _short_names):
            found = [table for table in self.tables if plain(name) in {plain(one) for one in names(table)}]
            if len(found) == 1:
                return self.tables[found[0]]
        return None

    def matching(self, name: str) -> list[SourceTable]:
        """The table of that name, or those that fit a pattern with `*`, in the order of their names."""
        found = self.find(name)
        if found is not None or "*" not in name:
            return [found] if found is not None else []
        return [self.tables[table] for table in sorted(self.tables) if fnmatchcase(plain(table), plain(name))]

    def near(self, name: str) -> str | None:
        """The table whose name is most like `name`."""
        return nearest(name, self.tables)


def _short_names(table: str) -> set[str]:
    book, _, sheet = table.partition("#")
    file = Path(book)
    return {sheet or table, file.name, file.stem, f"{file.name}#{sheet}", f"{file.stem}#{sheet}"} - {""}


def is_url(source: str) -> bool:
    """Whether a source is a database's URL rather than a path."""
    return "://" in source


def open_source(source: str, formats: dict[str, FileFormat]) -> Source:
    """Look at every table of a source; BadSource if there is nothing there to read."""
    if is_url(source):
        from connectors.records.sql import sql_tables  # noqa: PLC0415

        return sql_tables(source)
    path = Path(source)
    if not path.exists():
        raise BadSource("no_such_path", path=source)
    files = sorted(_files(path)) if path.is_dir() else [path]
    root = path if path.is_dir() else path.parent
    found = Source(path.name)
    for file in files:
        _add(found, file, file.relative_to(root).as_posix(), formats, alone=not path.is_dir())
    if not found.tables and not found.problems:
        raise BadSource("nothing_to_read", path=source)
    return found


def _files(folder: Path) -> list[Path]:
    known = [file for file in folder.rglob("*") if file.suffix.lower() in (*CSV_ENDINGS, *EXCEL_ENDINGS)]
    return [file for file in known if file.is_file() and not file.name.startswith((".", "~$"))]


def _add(found: Source, file: Path, name: str, formats: dict[str, FileFormat], *, alone: bool) -> None:
    from connectors.records.csvfile import CsvTable  # noqa: PLC0415
    from connectors.records.excel import excel_tables  # noqa: PLC0415

    found.files |= {name, file.name, file.stem}

    def form_of(sheet: str = "") -> FileFormat:
        names = (f"{name}#{sheet}", f"{file.name}#{sheet}", sheet, name, file.name, file.stem)
        return next((formats[one] for one in names if one in formats), FileFormat())

    try:
        if file.suffix.lower() in EXCEL_ENDINGS:
            tables: list[SourceTable] = list(excel_tables(file, name, form_of, alone=alone))
        else:
            tables = [CsvTable(file, name, form_of())]
    except BadSource as problem:
        found.problems.append(problem)
        return
    found.tables |= {table.name: table for table in tables}
