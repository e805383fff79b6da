"""`dealhand import`: loads by a mapping, or drafts one, and tells a person what happened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from connectors.records.check import MappingProblems
from connectors.records.loader import Progress, load
from connectors.records.report import ImportReport
from core.errors import DealhandError
from core.settings import Settings
from core.wording import Lang, explain, say
from db.engine import open_engine
from db.migrations.run import migrate

SHOWN_NOTES = 10
COUNTS = ("read", "added", "updated", "unchanged", "repeated", "skipped", "bad", "warnings")


def run_import(settings: Settings, path: str, mapping: Path) -> int:
    """Load `path` by `mapping`: 0 when it was loaded, even with bad rows; 1 when it was refused."""
    console, errors = Console(), Console(stderr=True)
    try:
        migrate(settings.database)
        engine = open_engine(settings.database)
        try:
            with _bar(errors) as tell:
                report = load(path, Path(mapping), engine, settings.clock, tell, settings.lang)
        finally:
            engine.dispose()
    except MappingProblems as problems:
        errors.print(say("import.refused", settings.lang, file=mapping, count=len(problems.problems)), highlight=False)
        for problem in problems.problems:
            errors.print(f"- {problem}", highlight=False, markup=False, soft_wrap=True)
        return 1
    except DealhandError as error:
        errors.print(explain(error, settings.lang), highlight=False, markup=False, soft_wrap=True)
        return 1
    report.write(settings.var / "imports")
    _tell(console, report, settings.lang)
    return 0


@contextmanager
def _bar(console: Console) -> Iterator[Callable[[Progress], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}"), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0, rows="")

        def tell(progress: Progress) -> None:
            bar.update(task, completed=progress.done, description=progress.feed, rows=f"{progress.read:,}")

        yield tell


def _tell(console: Console, report: ImportReport, lang: Lang) -> None:
    table = Table()
    table.add_column(say("import.report.column.feed", lang), overflow="fold")
    shown = [name for name in COUNTS if name in ("read", "added", "updated", "unchanged") or _any(report, name)]
    for name in shown:
        table.add_column(say(f"import.report.count.{name}", lang), justify="right")
    for feed in report.feeds:
        table.add_row(feed.feed, *(f"{getattr(feed, name):,}" for name in shown))
    console.print(table)
    for feed in report.feeds:
        for record, count in feed.created.items():
            kind = say(f"import.record.{record}", lang)
            console.print(say("import.created", lang, feed=feed.feed, count=count, record=kind), highlight=False)
    for note in sorted(report.notes, key=lambda note: (note.level, -note.times))[:SHOWN_NOTES]:
        words = say(f"import.note.{note.level}", lang, **note._asdict())
        console.print(words, highlight=False, markup=False, soft_wrap=True)
    console.print(
        say("import.done", lang, bad=report.bad, warnings=report.warnings, path=report.path),
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _any(report: ImportReport, name: str) -> bool:
    return any(getattr(feed, name) for feed in report.feeds)
