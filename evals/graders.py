"""Judges one reply: the status first, then the numbers, then the words."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Literal

from core.reply import Cell, Reply, Status, Table
from core.wording import say
from evals.cases import Case
from evals.figures import strange_figures
from evals.language import speaks
from evals.truth import Truth, Wanted

Verdict = Literal["pass", "fail", "ungraded"]
TOLERANCE = Decimal("1e-6")


@dataclass(frozen=True, slots=True)
class Grade:
    """How a reply did. `wrong_number`: it gave a figure that is not the right one, as an answer."""

    verdict: Verdict
    reason: str = ""
    wrong_number: bool = False


@dataclass(frozen=True)
class Answered:
    """A reply beside its case, the question as it was asked, and the right answer."""

    case: Case
    asked: str
    truth: Truth | None
    reply: Reply


PASS = Grade("pass")
Grader = Callable[[Answered], Grade]


def _fail(key: str, *, wrong: bool = False, **params: object) -> Grade:
    return Grade("fail", say(f"evals.{key}", "en", **params), wrong)


def grade_status(it: Answered) -> Grade:
    """The status is the one expected; figures given where there is no answer are wrong numbers."""
    wanted, got = it.case.expect.status, it.reply.status
    if wanted is got:
        return PASS
    figures = bool(
        it.reply.table and any(isinstance(cell, Decimal | int | float) for row in it.reply.table.rows for cell in row)
    )
    wrong = got is Status.ANSWERED and wanted is not Status.EMPTY and figures
    return _fail("status", wrong=wrong, got=got.value, wanted=wanted.value)


def grade_numbers(it: Answered) -> Grade:
    """The table holds the rows of the right answer, in its order where that was asked for."""
    if it.case.expect.sql is None or it.reply.status is not Status.ANSWERED:
        return PASS
    if it.truth is None or not it.truth.rows or all(cell.value is None for row in it.truth.rows for cell in row):
        return Grade("ungraded", say("evals.no_truth", "en"))
    if it.reply.table is None:
        return _fail("no_table")
    if it.case.expect.match == "count" and _counts(it.truth, it.reply.table):
        return PASS
    if it.case.expect.match != "rows":
        return _grade_cells(it.truth, it.reply.table)
    return _grade_rows(it.truth, it.reply.table, ordered=it.case.expect.ordered)


def grade_words(it: Answered) -> Grade:
    """It speaks the asker's language, says what it must, not what it mustn't, and no figure of its own."""
    reply, expect = it.reply, it.case.expect
    if reply.lang != it.case.lang or not (it.case.quoted or speaks(reply, it.case.lang)):
        return _fail("language", wanted=it.case.lang)
    shown = " ".join(
        [
            reply.text,
            *reply.suggestions,
            *(str(cell) for row in (reply.table.rows if reply.table else ()) for cell in row),
        ]
    )
    missing = [words for words in expect.mentions if words.lower() not in shown.lower()]
    if missing:
        return _fail("missing", what=", ".join(missing))
    told = [words for words in expect.silent if words.lower() in shown.lower()]
    if told:
        return _fail("told", what=", ".join(told))
    strange = [] if it.case.quoted else strange_figures(reply, it.asked)
    if strange and reply.status is Status.ANSWERED:
        return _fail("strange", wrong=True, what=", ".join(strange))
    return PASS


GRADERS: tuple[Grader, ...] = (grade_status, grade_numbers, grade_words)


def grade(it: Answered) -> Grade:
    """The first grade that is not a pass; a pass if there is none."""
    return next((found for grader in GRADERS if (found := grader(it)).verdict != "pass"), PASS)


def _counts(truth: Truth, table: Table) -> bool:
    return not table.truncated and same(truth.rows[0][0], Decimal(len(table.rows)))


def _grade_cells(truth: Truth, table: Table) -> Grade:
    cells = [cell for row in table.rows for cell in row]
    absent = [wanted for row in truth.rows for wanted in row if not any(same(wanted, cell) for cell in cells)]
    return _fail("absent", wrong=True, what=", ".join(str(one.value) for one in absent)) if absent else PASS


def _grade_rows(truth: Truth, table: Table, *, ordered: bool) -> Grade:
    if len(table.rows) != len(truth.rows):
        return _fail("row_count", wrong=True, got=len(table.rows), wanted=len(truth.rows))
    columns = [_fitting(truth, place, table) for place in range(len(truth.columns))]
    for chosen in product(*columns):
        if len(set(chosen)) == len(chosen) and _same_rows(truth, table, chosen, ordered=ordered):
            return PASS
    return _fail("rows", wrong=True, columns=", ".join(truth.columns))


def _fitting(truth: Truth, place: int, table: Table) -> list[int]:
    """Columns that could be the one wanted: the one of its name, or else any."""
    names = [column.name for column in table.columns]
    wanted = truth.columns[place]
    return [names.index(wanted)] if wanted in names else list(range(len(names)))


def _same_rows(truth: Truth, table: Table, chosen: tuple[int, ...], *, ordered: bool) -> bool:
    left = list(truth.rows)
    for number, row in enumerate(table.rows):
        cells = [row[place] for place in chosen]
        found = next((one for one in left if all(same(w, c) for w, c in zip(one, cells, strict=True))), None)
        if found is None or (ordered and not _ranks_alike(truth.rows[number], found)):
            return False
        left.remove(found)
    return True


def _ranks_alike(here: tuple[Wanted, ...], found: tuple[Wanted, ...]) -> bool:
    """Whether a row may stand here: it is the one wanted here, or equal to it in every figure (a tie)."""
    return all(
        one.value == other.value for one, other in zip(here, found, strict=True) if not isinstance(one.value, str)
    )


def same(wanted: Wanted, cell: Cell) -> bool:
    """Whether a cell is the value wanted: exactly, or within a millionth if it is a quotient."""
    if wanted.value is None or cell is None:
        return wanted.value is None and cell is None
    if isinstance(wanted.value, str):
        return isinstance(cell, str) and (cell == wanted.value or cell in _spellings(wanted.value))
    if isinstance(cell, str):
        return False
    number = Decimal(str(cell))
    if not wanted.quotient:
        return number == wanted.value
    return abs(number - wanted.value) <= TOLERANCE * max(Decimal(1), abs(wanted.value))


def _spellings(value: str) -> tuple[str, ...]:
    """A month may also be given as its first day: 2026-05 as 2026-05-01."""
    return (f"{value}-01",) if len(value) == 7 and value[4] == "-" and value[5:].isdigit() else ()
