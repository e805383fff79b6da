"""What the tests of imports share: small sources written on the spot, and the real data beside the checkout."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from connectors.records import ImportReport, MappingProblems, load
from core.clock import Clock
from db.engine import system_session

SHARED = Path(__file__).parents[4] / "shared" / "data"

Load = Callable[..., ImportReport]


class Desk:
    """One folder to load from, and the database to load into."""

    def __init__(self, folder: Path, engine: Engine, clock: Clock) -> None:
        self.folder = folder
        self.engine = engine
        self.clock = clock
        (folder / "in").mkdir()

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        """One source file."""
        file = self.folder / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(dedent(text).lstrip("\n").encode(encoding))
        return file

    def table(self, name: str, header: list[str], rows: Iterable[Iterable[object]]) -> Path:
        """One source file of comma-separated values."""
        file = self.folder / "in" / name
        with file.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(header)
            writer.writerows(rows)
        return file

    def mapping(self, text: str) -> Path:
        """The mapping file."""
        file = self.folder / "mapping.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return file

    def load(self, mapping: str, source: str | Path | None = None) -> ImportReport:
        """Load the folder, or another source, by a mapping."""
        return load(str(source or self.folder / "in"), self.mapping(mapping), self.engine, self.clock)

    def problems(self, mapping: str, source: str | Path | None = None) -> list[str]:
        """What a mapping is refused for."""
        with pytest.raises(MappingProblems) as caught:
            self.load(mapping, source)
        return caught.value.problems

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        """What the database has, by id."""
        with system_session(self.engine) as session:
            return _rows(session, columns)


def _rows(session: Session, columns: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    first = columns[0]
    return [tuple(row) for row in session.execute(select(*columns).order_by(first.class_.id))]


@pytest.fixture
def desk(tmp_path: Path, sqlite_engine: Engine, clock: Clock) -> Desk:
    """A folder and an empty SQLite database."""
    return Desk(tmp_path, sqlite_engine, clock)


@pytest.fixture
def both(tmp_path: Path, engine: Engine, clock: Clock) -> Desk:
    """A folder and an empty database, on each kind of database."""
    return Desk(tmp_path, engine, clock)


@pytest.fixture
def shared() -> Path:
    """The real data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"no real data at {SHARED}")
    return SHARED
