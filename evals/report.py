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

GOAL = 0.98
COLUMNS = ("suite", "lang", "cases", "passed", "share", "wrong", "ungraded", "took")


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

    @property
    def good(self) -> bool:
        """At least 98 % in each language, and not one wrong number."""
        rates = [self.rate([one for one in self.results if one.lang == lang]) for lang in self._langs()]
        return bool(self.results) and not self.wrong and min(rates, default=0.0) >= GOAL

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


def _row(name: str, spoken: str, results: list[Result]) -> list[str]:
    passed = sum(one.verdict == "pass" for one in results)
    wrong = sum(one.wrong_number for one in results)
    ungraded = sum(one.verdict == "ungraded" for one in results)
    share = f"{Report.rate(results):.1%}"
    took = str(round(median(one.took_ms for one in results)))
    return [name, spoken, str(len(results)), str(passed), share, str(wrong), str(ungraded), took]


def show(report: Report, lang: Lang, console: Console) -> None:
    """Print the table, and what failed below it."""
    table = Table(title=say("evals.title", lang, model=report.model))
    for name in COLUMNS:
        table.add_column(say(f"evals.{name}", lang), no_wrap=name == COLUMNS[0])
    for row in report.rows(lang):
        table.add_row(*row)
    console.print(table)
    for one in _not_passed(report):
        mark = "✗✗" if one.wrong_number else "✗" if one.verdict == "fail" else "?"
        console.print(f"{mark} {one.id} [{one.asker}] {' → '.join(one.asked)}\n   {one.reason}", markup=False)


def _not_passed(report: Report) -> list[Result]:
    return [one for one in report.results if one.verdict != "pass"]


def write(report: Report, folder: Path, lang: Lang) -> Path:
    """Write `<timestamp>.json` and `.md`; tells the Markdown file."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / report.at.strftime("%Y%m%dT%H%M%SZ")
    stem.with_suffix(".json").write_bytes(to_json({**asdict(report), "good": report.good}, indent=2))
    lines = [f"# {say('evals.title', lang, model=report.model)}", "", *_markdown(report, lang), ""]
    if _not_passed(report):
        lines += [f"## {say('evals.failures', lang)}", ""]
    lines += [f"- `{one.id}` ({one.asker}) {' → '.join(one.asked)}: {one.reason}" for one in _not_passed(report)]
    file = stem.with_suffix(".md")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _markdown(report: Report, lang: Lang) -> Iterator[str]:
    yield "| " + " | ".join(say(f"evals.{name}", lang) for name in COLUMNS) + " |"
    yield "|" + "---|" * len(COLUMNS)
    yield from ("| " + " | ".join(row) + " |" for row in report.rows(lang))
