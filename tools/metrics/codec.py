"""Questions and answers as JSON and back, exactly: what a thread remembers survives a restart."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from core.periods import Period
from core.reply import Chart, Receipt, Status, Table
from tools.metrics.query import Answer, Filter, MetricQuery, Question, RecordQuery, Refusal, Threshold

Json = dict[str, Any]
TAG = "$"
VALUES = {kind.__name__: kind for kind in (Filter, MetricQuery, Period, RecordQuery, Refusal, Threshold)}

PLAIN: dict[object, Callable[[str], object]] = {"Decimal": Decimal, "Status": Status, "date": date.fromisoformat}


def _pack(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {TAG: type(value).__name__} | {field.name: _pack(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return {TAG: "Decimal", "value": str(value)}
    if isinstance(value, Status):
        return {TAG: "Status", "value": value.value}
    if isinstance(value, date):
        return {TAG: "date", "value": value.isoformat()}
    if isinstance(value, tuple | list):
        return [_pack(item) for item in value]
    return {key: _pack(item) for key, item in value.items()} if isinstance(value, dict) else value


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unpack(item) for item in value)
    if not isinstance(value, dict):
        return value
    kind = value.get(TAG)
    if kind in PLAIN:
        return PLAIN[kind](value["value"])
    parts = {key: _unpack(item) for key, item in value.items() if key != TAG}
    return VALUES[kind](**parts) if kind in VALUES else parts


def question_to_json(question: Question) -> Json:
    """The question as plain JSON values."""
    return cast(Json, _pack(question))


def question_from_json(packed: Json) -> Question:
    """The question that `question_to_json` was given; equal to it."""
    return cast(Question, _unpack(packed))


def answer_to_json(answer: Answer) -> Json:
    """The answer as plain JSON values; numbers in the table as JSON numbers."""
    return {
        "status": answer.status.value,
        "question": None if answer.question is None else question_to_json(answer.question),
        "table": None if answer.table is None else answer.table.model_dump(mode="json"),
        "receipts": [receipt.model_dump(mode="json") for receipt in answer.receipts],
        "chart": None if answer.chart is None else answer.chart.model_dump(mode="json"),
        "refusal": None if answer.refusal is None else _pack(answer.refusal),
    }


def answer_from_json(packed: Json) -> Answer:
    """The answer that `answer_to_json` was given."""
    return Answer(
        status=Status(packed["status"]),
        question=None if packed["question"] is None else question_from_json(packed["question"]),
        table=None if packed["table"] is None else Table.model_validate(packed["table"]),
        receipts=tuple(Receipt.model_validate(receipt) for receipt in packed["receipts"]),
        chart=None if packed["chart"] is None else Chart.model_validate(packed["chart"]),
        refusal=cast(Refusal | None, _unpack(packed["refusal"])),
    )
