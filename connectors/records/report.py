"""What a load did, feed by feed, and what was wrong with which row; written as JSON and CSV."""

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from core.wording import Lang, say

KEPT_NOTES = 20_000
KEPT_WARNINGS = 500
COLUMNS = ("level", "feed", "file", "line", "column", "value", "times", "reason")
SHOWN_VALUE = 200


class Note(NamedTuple):
    """One thing that was wrong: where, with which value, and why in words. `times` is how often it was seen."""

    level: Literal["bad", "warning"]
    feed: str
    file: str
    line: int
    column: str
    value: str
    times: int
    reason: str


@dataclass
class FeedReport:
    """What became of one feed's rows: read = added + updated + unchanged + repeated + skipped + bad."""

    feed: str
    record: str
    file: str
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    skipped: int = 0
    bad: int = 0
    created: Counter[str] = field(default_factory=Counter)
    warnings: int = 0


@dataclass
class ImportReport:
    """What a whole load did. The details of the first 20,000 notes are kept; all are counted."""

    source: str
    mapping: str
    started: datetime
    lang: Lang = "en"
    feeds: list[FeedReport] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    path: Path | None = None
    _seen: dict[tuple[str, str, str, str], int] = field(default_factory=dict, repr=False)
    _distinct: Counter[str] = field(default_factory=Counter, repr=False)

    @property
    def bad(self) -> int:
        """How many rows were not loaded."""
        return sum(feed.bad for feed in self.feeds)

    @property
    def warnings(self) -> int:
        """How many rows were loaded with something missing or doubtful."""
        return sum(feed.warnings for feed in self.feeds)

    @property
    def bad_rows(self) -> list[Note]:
        """The notes on rows that were not loaded."""
        return [note for note in self.notes if note.level == "bad"]

    def add_bad(self, feed: FeedReport, line: int, faults: list[tuple[str, str, str]]) -> None:
        """Note one row that is not loaded, with the (column, value, reason) of each of its faults."""
        feed.bad += 1
        for column, value, reason in faults:
            if len(self.notes) < KEPT_NOTES:
                shown = value[:SHOWN_VALUE]
                self.notes.append(Note("bad", feed.feed, feed.file, line, column, shown, 1, reason))

    def add_warning(self, feed: FeedReport, line: int, column: str, value: str, reason: str) -> None:
        """Note one doubt on a row that is loaded; the same doubt again is only counted."""
        feed.warnings += 1
        key = (feed.feed, column, value, reason)
        if key in self._seen:
            at = self._seen[key]
            self.notes[at] = self.notes[at]._replace(times=self.notes[at].times + 1)
        elif len(self.notes) < KEPT_NOTES and self._distinct[feed.feed] < KEPT_WARNINGS:
            self._seen[key] = len(self.notes)
            self._distinct[feed.feed] += 1
            self.notes.append(Note("warning", feed.feed, feed.file, line, column, value[:SHOWN_VALUE], 1, reason))

    def write(self, folder: Path) -> Path:
        """Write `report.json` and `rows.csv` to a new folder under `folder`, named by the time, and return it."""
        self.path = _new_folder(folder, f"{self.started:%Y%m%dT%H%M%SZ}")
        with (self.path / "rows.csv").open("w", encoding="utf-8-sig", newline="") as text:
            writer = csv.writer(text)
            writer.writerow([say(f"import.report.column.{column}", self.lang) for column in COLUMNS])
            writer.writerows(note._replace(value=_inert(note.value)) for note in self.notes)
        summary = {
            "source": self.source,
            "mapping": self.mapping,
            "started": self.started.isoformat(),
            "bad": self.bad,
            "warnings": self.warnings,
            "feeds": [_plain(feed) for feed in self.feeds],
            "notes": [note._asdict() for note in self.notes],
        }
        (self.path / "report.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
        return self.path


def _plain(feed: FeedReport) -> dict[str, object]:
    return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(feed).items()}


def _inert(value: str) -> str:
    """A value that a spreadsheet would run as a formula is shown as text."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value


def _new_folder(parent: Path, name: str) -> Path:
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
            continue
        return folder
