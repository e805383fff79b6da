"""Replies and cases made by hand."""

from decimal import Decimal
from typing import Any

from core.reply import Cell, Column, Receipt, ReceiptPeriod, Reply, Status, Table
from evals.cases import Case
from evals.graders import Answered, Grade, grade
from evals.truth import Truth, Wanted


def make_case(**expect: Any) -> Case:
    sql = {"sql": "SELECT 1"} if expect.get("status") == "answered" and "sql" not in expect else {}
    return Case.model_validate(
        {"id": "c", "as": "rep", "lang": "en", "question": "revenue last quarter", "expect": {**expect, **sql}}
    )


def make_table(columns: list[str], *rows: tuple[Cell, ...]) -> Table:
    return Table(columns=tuple(Column(name=name) for name in columns), rows=rows)


def make_reply(status: Status, text: str, table: Table | None = None, **more: Any) -> Reply:
    period = ReceiptPeriod.model_validate({"from": "2026-01-01", "to": "2026-03-31", "label": "Q1"})
    receipt = Receipt(
        id="r1", metric="revenue", definition="sum", period=period, filters={}, group_by=(), scope="own", rows=3,
        as_of="2026-06-17T04:00:00Z", query_id="q",
    )  # fmt: skip
    return Reply(turn_id="t", thread_id="h", status=status, lang=more.pop("lang", "en"), text=text, table=table,
                 receipts=(receipt,) if table else (), **more)  # fmt: skip


def make_truth(columns: list[str], *rows: tuple[Any, ...], quotient: bool = False) -> Truth:
    def wanted(value: Any) -> Wanted:
        return Wanted(value) if value is None or isinstance(value, str) else Wanted(Decimal(str(value)), quotient)

    return Truth(tuple(columns), [tuple(wanted(value) for value in row) for row in rows])


def judged(case: Case, truth: Truth | None, reply: Reply) -> Grade:
    return grade(Answered(case, "revenue last quarter", truth, reply))
