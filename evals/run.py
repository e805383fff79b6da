"""Runs the suites: each case is a turn, or a few, with the assistant over the demo company."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Error as SqlError
from tempfile import TemporaryDirectory
from typing import Protocol

from rich.console import Console

from core.clock import Clock
from core.identity import Identity, Role
from core.reply import Reply
from core.settings import Settings
from core.wording import Lang, say
from db.demo import load_demo
from db.engine import open_engine, system_session
from db.migrations.run import migrate
from db.people import find_person, list_people
from evals.cases import Case, Suite, load_suites
from evals.graders import Answered, Grade, grade
from evals.hearing import hear_all
from evals.measures.measured import Measured
from evals.measures.registry import MEASURES, is_measure, run_measure
from evals.report import GOAL, Report, Result, show, write
from evals.truth import Records, Truth, open_records

NOW = datetime(2026, 6, 17, 4, tzinfo=UTC)
PATIENCE_SECONDS = 60
__all__ = ["GOAL", "command", "run_evals"]


class Assistant(Protocol):
    """What is judged."""

    async def turn(
        self, identity: Identity, message: str, *, thread_id: str | None = None, lang: Lang | None = None
    ) -> Reply:
        """One turn's outcome."""
        ...


class People:
    """Who may ask, by role or by name."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)

    def find(self, asker: str) -> Identity:
        """The first person of that role, or the one of that name."""
        with system_session(self._engine) as session:
            if asker in set(Role):
                asker = next(row.name for row in list_people(session) if row.role == asker)
            return find_person(session, asker)

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()


@contextmanager
def demo_home(settings: Settings, model: str) -> Iterator[Settings]:
    """Settings of a throw-away home with the demo company, where time stands still."""
    with TemporaryDirectory(prefix="dealhand-eval-") as folder:
        ours = {"home": Path(folder), "database_url": None, "now": NOW, "model": model, "demo": True}
        settings = settings.model_copy(update=ours)
        migrate(settings.database)
        engine = open_engine(settings.database)
        load_demo(engine, Clock(NOW))
        engine.dispose()
        yield settings


def run_evals(settings: Settings, suites: list[Suite], model: str, measures: Sequence[str] = ()) -> Report:
    """Ask every case of the suites and run the measures; nothing of it touches the home of `settings`."""
    with demo_home(settings, model) as ours, open_records(ours.var / "dealhand.db") as records:
        if any(case.quoted for suite in suites for case in suite.cases):
            hear_all(ours)
        results = asyncio.run(_run(ours, suites, records)) if suites else []
        measured: tuple[Measured, ...] = tuple(run_measure(name, ours) for name in measures)
    return Report(model, settings.clock.now(), results, measured)


async def _run(settings: Settings, suites: list[Suite], records: Records) -> list[Result]:
    from agent.assistant import open_assistant  # noqa: PLC0415 (heavy, and only a run needs it)

    people = People(settings.database)
    try:
        async with open_assistant(settings) as assistant:
            return [
                await judge(assistant, people.find(case.asker), suite.name, case, records)
                for suite in suites
                for case in suite.cases
            ]
    finally:
        people.close()


async def judge(assistant: Assistant, asker: Identity, suite: str, case: Case, records: Records) -> Result:
    """Ask one case in a thread of its own and grade the last reply."""
    given = records.fill(case.given)
    asked = [words.format(**given) if given else words for words in case.asked]
    started = time.perf_counter()
    reply: Reply | None = None
    try:
        for words in asked:
            thread = reply.thread_id if reply else None
            reply = await asyncio.wait_for(assistant.turn(asker, words, thread_id=thread), PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001 (a turn ends here; the next case must still be asked)
        return _result(suite, case, asked, None, Grade("fail", say("evals.crashed", "en", error=repr(error))))
    took = round((time.perf_counter() - started) * 1000 / len(asked))
    assert reply is not None
    found = grade(Answered(case, " ".join(asked), _truth(records, case, given), reply))
    return _result(suite, case, asked, reply.model_copy(update={"took_ms": took}), found)


def _truth(records: Records, case: Case, given: dict[str, str]) -> Truth | None:
    if case.expect.sql is None:
        return None
    try:
        return records.truth(case.expect.sql, given)
    except SqlError:
        return None


def _result(suite: str, case: Case, asked: list[str], reply: Reply | None, found: Grade) -> Result:
    return Result(
        id=case.id,
        suite=suite,
        lang=case.lang,
        asker=case.asker,
        asked=asked,
        verdict=found.verdict,
        reason=found.reason,
        wrong_number=found.wrong_number,
        expected=case.expect.status.value,
        status=reply.status.value if reply else "",
        text=reply.text if reply else "",
        took_ms=reply.took_ms if reply else 0,
    )


def command(settings: Settings, model: str, suites: list[str]) -> int:
    """Run these suites and measures (all, if none is named), print and write the report; 0 only if good enough."""
    console = Console()
    measures = [name for name in suites if is_measure(name)] if suites else list(MEASURES)
    turns = [name for name in suites if not is_measure(name)]
    report = run_evals(settings, load_suites(turns) if turns or not suites else [], model, measures)
    show(report, settings.lang, console)
    file = write(report, settings.var / "evals", settings.lang)
    graded = [one for one in report.results if one.verdict != "ungraded"]
    counts = {
        "passed": sum(one.verdict == "pass" for one in graded),
        "graded": len(graded),
        "share": f"{Report.rate(report.results):.1%}",
        "wrong": len(report.wrong),
        "ungraded": len(report.results) - len(graded),
        "short": sum(not figure.met for one in report.measured for figure in one.figures),
    }
    console.print(say("evals.summary", settings.lang, file=file, **counts), markup=False)
    return 0 if report.good else 1
