"""What a run found: on the screen, as JSON and as Markdown."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from pydantic_core import to_json
from rich.console import Console
from rich.table import Table

from core.wording import Lang, say
from evals.graders import Verdict
from evals.measures.measured import Figure, Measured

GOAL = 0.98
COLUMNS = ("suite", "lang", "cases", "passed", "share", "wrong", "ungraded", "took")
FIGURES = ("measure", "lang", "figure", "value", "goal", "items", "met")


@dataclass(frozen=True, slots=True)
class Result:
    """How one case went."""

    id: str
    suite: str
    lang: Lang
    asker: str
    asked: list[str]
    verdict: Verdict
    reason: str
    wrong_number: bool
    expected: str
    status: str
    text: str
    took_ms: int


@dataclass(frozen=True)
class Report:
    """A whole run."""

    model: str
    at: datetime
    results: list[Result]
    measured: tuple[Measured, ...] = ()

    @property
    def good(self) -> bool:
        """At least 98 % in each language, not one wrong number, and every measure's goals met."""
        rates = [self.rate([one for one in self.results if one.lang == lang]) for lang in self._langs()]
        asked = bool(self.results or self.measured)
        return asked and not self.wrong and min(rates, default=1.0) >= GOAL and all(one.good for one in self.measured)

    @property
    def wrong(self) -> list[Result]:
        """Where a wrong number was answered."""
        return [one for one in self.results if one.wrong_number]

    def _langs(self) -> list[Lang]:
        return sorted({one.lang for one in self.results})

    @staticmethod
    def rate(results: list[Result]) -> float:
        """The share that passed of those that could be graded."""
        graded = [one for one in results if one.verdict != "ungraded"]
        return sum(one.verdict == "pass" for one in graded) / len(graded) if graded else 0.0

    def rows(self, lang: Lang) -> Iterator[list[str]]:
        """The table: a row a suite and language, and the total."""
        groups = sorted({(one.suite, one.lang) for one in self.results})
        for suite, spoken in groups:
            yield _row(suite, spoken, [one for one in self.results if (one.suite, one.lang) == (suite, spoken)])
        for spoken in self._langs():
            yield _row(say("evals.total", lang), spoken, [one for one in self.results if one.lang == spoken])

    def figures(self) -> Iterator[list[str]]:
        """The table of measures: a row a figure."""
        for one in self.measured:
            yield from (_figure(one.name, figure) for figure in one.figures)

    def remarks(self) -> Iterator[str]:
        """What failed in the measures, and what they left out."""
        for one in self.measured:
            yield from (f"{one.name}: {text}" for text in (*one.failures, *one.notes))


def _row(name: str, spoken: str, results: list[Result]) -> list[str]:
    passed = sum(one.verdict == "pass" for one in results)
    wrong = sum(one.wrong_number for one in results)
    ungraded = sum(one.verdict == "ungraded" for one in results)
    share = f"{Report.rate(results):.1%}"
    took = str(round(median(one.took_ms for one in results)))
    return [name, spoken, str(len(results)), str(passed), share, str(wrong), str(ungraded), took]


def _figure(name: str, figure: Figure) -> list[str]:
    goal = "" if figure.goal is None else f"{'≤' if figure.lower else '≥'} {figure.goal:g}"
    met = "" if figure.goal is None else "✓" if figure.met else "✗"
    return [name, figure.lang or "", figure.name, f"{figure.value:.3f}", goal, str(figure.n), met]


def show(report: Report, lang: Lang, console: Console) -> None:
    """Print the tables, and what failed below them."""
    for columns, rows in _tables(report, lang):
        table = Table(title=say("evals.title", lang, model=report.model))
        for name in columns:
            table.add_column(say(f"evals.{name}", lang), no_wrap=name == columns[0])
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for one in _not_passed(report):
        mark = "✗✗" if one.wrong_number else "✗" if one.verdict == "fail" else "?"
        console.print(f"{mark} {one.id} [{one.asker}] {' → '.join(one.asked)}\n   {one.reason}", markup=False)
    for remark in report.remarks():
        console.print(remark, markup=False)


def _tables(report: Report, lang: Lang) -> Iterator[tuple[tuple[str, ...], list[list[str]]]]:
    if report.results:
        yield COLUMNS, list(report.rows(lang))
    if report.measured:
        yield FIGURES, list(report.figures())


def _not_passed(report: Report) -> list[Result]:
    return [one for one in report.results if one.verdict != "pass"]


def write(report: Report, folder: Path, lang: Lang) -> Path:
    """Write `<timestamp>.json` and `.md`; tells the Markdown file."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / report.at.strftime("%Y%m%dT%H%M%SZ")
    stem.with_suffix(".json").write_bytes(to_json({**asdict(report), "good": report.good}, indent=2))
    lines = [f"# {say('evals.title', lang, model=report.model)}", "", *_markdown(report, lang), ""]
    if _not_passed(report) or any(report.remarks()):
        lines += [f"## {say('evals.failures', lang)}", ""]
    lines += [f"- `{one.id}` ({one.asker}) {' → '.join(one.asked)}: {one.reason}" for one in _not_passed(report)]
    lines += [f"- {remark}" for remark in report.remarks()]
    file = stem.with_suffix(".md")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _markdown(report: Report, lang: Lang) -> Iterator[str]:
    for columns, rows in _tables(report, lang):
        yield "| " + " | ".join(say(f"evals.{name}", lang) for name in columns) + " |"
        yield "|" + "---|" * len(columns)
        yield from ("| " + " | ".join(row) + " |" for row in rows)
        yield ""
