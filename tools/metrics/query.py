"""A question once it is understood. A `MetricQuery` is the only way to a number."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from core.periods import Period
from core.reply import Chart, Receipt, Status, Table

Operator = Literal["is", "is_not", "over", "at_least", "under", "at_most"]
Order = Literal["asc", "desc"]
Average = Literal["team", "region", "company"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows whose dimension or field is (or is not) one of `values`, or stands so to the one value given."""

    field: str
    op: Operator
    values: tuple[str | Decimal, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Groups whose metric stands so to `value`."""

    metric: str
    op: Operator
    value: Decimal


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """One or more metrics over the asker's rows. The Chinese and the English form of a question are equal.

    `compare` is the baseline period. `compare_values`: the filter's two values side by side, with the change.
    `average`: beside the asker's own number, the average of a group of at least five people.
    `distinct`: count the distinct values of this dimension among the metric's rows, instead of the metric.
    `limit` keeps the first groups in `order`; ties at the limit are kept.
    """

    metrics: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    period: Period | None = None
    compare: Period | None = None
    compare_values: bool = False
    average: Average | None = None
    having: tuple[Threshold, ...] = ()
    order: Order | None = None
    limit: int | None = None
    share: bool = False
    cumulative: bool = False
    distinct: str | None = None
    whole_company: bool = False


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """A look-up of records: which rows, in which order, which fields of each.

    `never`: only records without any of these in the period, e.g. accounts without a won deal (`deals_won`).
    `date_field` is the date that `period` bounds. `count`: the number of such records instead of the rows.
    """

    record: str
    fields: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    period: Period | None = None
    date_field: str | None = None
    order_by: str | None = None
    order: Order = "desc"
    limit: int | None = None
    never: str | None = None
    count: bool = False
    whole_company: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question gets no number: `reason` names the words in `core/locales/*/answers.yaml`.

    `offers` are questions, in the asker's language, that can be asked instead.
    """

    status: Status
    reason: str
    params: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ()


Question = MetricQuery | RecordQuery


@dataclass(frozen=True, slots=True)
class Answer:
    """What the records say: a table with receipts, or a refusal. `question` is kept for follow-ups."""

    status: Status
    question: Question | None = None
    table: Table | None = None
    receipts: tuple[Receipt, ...] = ()
    chart: Chart | None = None
    refusal: Refusal | None = None
