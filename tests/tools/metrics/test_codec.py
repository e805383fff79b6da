"""Questions and answers survive being kept as JSON."""

import json
from decimal import Decimal

import pytest

from core.periods.calendar import period_named
from core.reply import Chart, Column, Status, Table
from tools.metrics.codec import answer_from_json, answer_to_json, question_from_json, question_to_json
from tools.metrics.query import Answer, Filter, MetricQuery, Question, RecordQuery, Refusal, Threshold

QUESTIONS: list[Question] = [
    MetricQuery(("revenue",)),
    MetricQuery(
        ("revenue", "win_rate"),
        group_by=("region",),
        filters=(Filter("region", "is", ("East", "5000")), Filter("close_value", "over", (Decimal("5000.50"),))),
        period=period_named("2026-Q1"),
        compare=period_named("2025-Q1"),
        having=(Threshold("win_rate", "under", Decimal("0.4")),),
        order="asc",
        limit=3,
        average="team",
    ),
    RecordQuery("deal", fields=("name",), filters=(Filter("stage", "is", ("won",)),), order_by="close_value", limit=3),
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_comes_back_equal(question: Question) -> None:
    kept = json.loads(json.dumps(question_to_json(question)))
    assert question_from_json(kept) == question


def test_an_answer_comes_back() -> None:
    table = Table(
        columns=(Column(name="month"), Column(name="revenue", unit="money")), rows=(("2026-01", Decimal("1.5")),)
    )
    chart = Chart(kind="line", x="month", y="revenue")
    answer = Answer(Status.ANSWERED, QUESTIONS[1], table, chart=chart)
    back = answer_from_json(json.loads(json.dumps(answer_to_json(answer))))
    assert (back.status, back.question, back.chart) == (answer.status, answer.question, chart)
    assert back.table is not None
    assert back.table.model_dump(mode="json") == table.model_dump(mode="json")


def test_a_refusal_comes_back() -> None:
    refusal = Refusal(Status.CLARIFY, "two_values", {"word": "x"}, ("a?", "b?"))
    back = answer_from_json(json.loads(json.dumps(answer_to_json(Answer(Status.CLARIFY, refusal=refusal)))))
    assert back.refusal == refusal
    assert isinstance(back.refusal.status, Status)
