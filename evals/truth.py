"""What the right answer is: the SQL of a case, run on a plain read-only connection."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from db.tables.base import MONEY_SCALE

VIEWS = Path(__file__).parent / "views.yaml"
ALIAS = re.compile(r"(?P<name>\w+?)__(?P<unit>money|ratio|mean_money)")  # revenue__money


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value that must come back; a quotient may differ by a millionth."""

    value: Decimal | str | None
    quotient: bool = False


@dataclass(frozen=True)
class Truth:
    """The columns and rows of the right answer."""

    columns: tuple[str, ...]
    rows: list[tuple[Wanted, ...]]


def _column(alias: str) -> tuple[str, str]:
    found = ALIAS.fullmatch(alias)
    return (found["name"], found["unit"]) if found else (alias, "")


def _wanted(value: Any, unit: str) -> Wanted:
    if value is None or isinstance(value, str):
        return Wanted(value)
    if unit == "money":
        return Wanted(Decimal(value) / MONEY_SCALE)
    if unit == "mean_money":
        return Wanted(Decimal(repr(value)) / MONEY_SCALE, quotient=True)
    return Wanted(Decimal(repr(value)), quotient=unit == "ratio" or isinstance(value, float))


@dataclass(frozen=True)
class Records:
    """The records, for reading only, past our own query compiler."""

    connection: sqlite3.Connection

    def truth(self, sql: str, given: dict[str, str]) -> Truth:
        """The right answer by this SQL."""
        cursor = self.connection.execute(sql, given)
        columns = [_column(one[0]) for one in cursor.description]
        rows = [tuple(_wanted(value, unit) for value, (_, unit) in zip(row, columns, strict=True)) for row in cursor]
        return Truth(tuple(name for name, _ in columns), rows)

    def fill(self, given: dict[str, str]) -> dict[str, str]:
        """The value that each piece of SQL gives."""
        return {name: str(self.connection.execute(sql).fetchone()[0]) for name, sql in given.items()}


def _week(day: str) -> str:
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"


def _quarter(day: str) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


@contextmanager
def open_records(database: Path) -> Iterator[Records]:
    """A read-only connection to a SQLite file, with the views and the `week_of` and `quarter_of` that cases use."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.create_function("week_of", 1, _week, deterministic=True)
    connection.create_function("quarter_of", 1, _quarter, deterministic=True)
    try:
        for name, sql in yaml.safe_load(VIEWS.read_text(encoding="utf-8"))["views"].items():
            connection.execute(f"CREATE TEMP VIEW {name} AS {sql}")
        yield Records(connection)
    finally:
        connection.close()
