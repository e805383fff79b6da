"""The reply to one turn: a value that every channel renders in its own way."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer


class Status(StrEnum):
    """Which kind of answer, or of can't; the definitions are in the glossary."""

    ANSWERED = "answered"
    EMPTY = "empty"
    FORBIDDEN = "forbidden"
    UNDEFINED = "undefined"
    CLARIFY = "clarify"


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[Decimal, PlainSerializer(_plain, return_type=int | float, when_used="json")]
Cell = Number | str | int | float | None
Unit = Literal["money", "ratio", "days", "count", "date", "percent"]


class Value(BaseModel):
    """What all parts of a reply are: frozen, with no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Value):
    """A column by its canonical name; `unit` is null for text."""

    name: str
    unit: Unit | None = None


class Table(Value):
    """Rates are ratios, money is in the company's currency, dates are ISO strings."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool = False


class ReceiptPeriod(Value):
    """Both days are included; ISO dates."""

    from_: str = Field(alias="from")
    to: str
    label: str

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Receipt(Value):
    """Where a number came from."""

    id: str
    metric: str
    definition: str
    period: ReceiptPeriod | None
    compared_with: ReceiptPeriod | None = None
    filters: dict[str, list[str]]
    group_by: tuple[str, ...]
    scope: str
    rows: int
    as_of: str
    query_id: str


class Source(Value):
    """Words that an answer rests on: where they were said, by whose account, and from which second of a call."""

    kind: str
    id: str
    quote: str
    at: str
    conversation: str | None = None
    account: str | None = None
    second: float | None = None


class Action(Value):
    """Something a turn set going."""

    kind: str
    id: str
    state: str


class Chart(Value):
    """What to draw of the table: columns by name. `line` is a trend, `bar` a ranking."""

    kind: Literal["line", "bar"]
    x: str
    y: str
    series: str | None = None


class Reply(Value):
    """One turn's outcome."""

    turn_id: str
    thread_id: str
    status: Status
    lang: Literal["en", "zh"]
    text: str
    table: Table | None = None
    receipts: tuple[Receipt, ...] = ()
    sources: tuple[Source, ...] = ()
    actions: tuple[Action, ...] = ()
    suggestions: tuple[str, ...] = ()
    chart: Chart | None = None
    model: str = "builtin"
    took_ms: int = 0
