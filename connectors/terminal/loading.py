"""A load as it goes on and as it ended, on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from connectors.records import ImportReport
from connectors.records.loader import Progress as Step
from connectors.records.loader import Tell
from core.wording import Lang, say

COUNTS = ("read", "added", "updated", "unchanged", "repeated", "skipped", "bad", "warnings")
ALWAYS = ("read", "added", "updated", "unchanged", "bad")
SHOWN = 10


@contextmanager
def progress_bar(console: Console) -> Iterator[Tell]:
    """A bar that moves with every step it is told of; only where there is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def tell(step: Step) -> None:
            bar.update(task, description=step.feed, completed=step.done)

        yield tell


def show_report(report: ImportReport, folder: Path, console: Console, lang: Lang) -> None:
    """Print what became of each feed's rows, the first notes on them, and where the whole report is."""
    grid = Grid(say("cli.column.feed", lang))
    shown = [name for name in COUNTS if name in ALWAYS or any(getattr(feed, name) for feed in report.feeds)]
    for name in shown:
        grid.add_column(say(f"cli.column.{name}", lang), justify="right")
    for feed in report.feeds:
        grid.add_row(feed.feed, *(f"{getattr(feed, name):,}" for name in shown))
    console.print(grid)
    for note in sorted(report.notes, key=lambda one: (one.level, -one.times))[:SHOWN]:
        line = say(f"cli.import.{note.level}", lang, **note._asdict())
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(say("cli.import.report", lang, folder=folder), markup=False, highlight=False, soft_wrap=True)
