"""An answer as people see it: what its columns are called and how its cells are written."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.language import format_date, format_number
from core.periods.calendar import period_named
from core.periods.labels import label_of
from core.reply import Cell, Column, Table
from core.wording import Lang, say
from tools.metrics.entries import Catalogue, Dimension, Field, Metric
from tools.metrics.query import Answer, MetricQuery

GRAINS = frozenset({"day", "week", "month", "quarter", "year"})
COLUMNS = ("_baseline", "_change", "_change_ratio", "_share", "_count")


@dataclass(frozen=True)
class Display:
    """How one reader sees figures."""

    lang: Lang
    currency: str
    labels: dict[str, str]

    def label(self, name: str) -> str:
        """What a column is called: a metric, a dimension, a field, or what was made of one of them."""
        if name in self.labels:
            return self.labels[name]
        for made in sorted(COLUMNS, key=len, reverse=True):
            if name.endswith(made):
                return say(f"replies.columns.{made[1:]}", self.lang, of=self.label(name.removesuffix(made)))
        return name.replace("_", " ")

    def cell(self, value: Cell, column: Column) -> str:
        """One cell in words; nothing for what is not known."""
        if value is None:
            return ""
        if column.unit == "date":
            return self.day(str(value))
        if isinstance(value, str):
            return self._period(value) if column.name in GRAINS else value
        return format_number(Decimal(str(value)), column.unit, self.lang, self.currency)

    def day(self, iso: str) -> str:
        """An ISO date in words; what is no date stays as it is."""
        try:
            return format_date(date.fromisoformat(iso), self.lang)
        except ValueError:
            return iso

    def _period(self, name: str) -> str:
        try:
            return label_of(period_named(name), self.lang)
        except ValueError:
            return name

    def rows(self, table: Table, limit: int | None = None) -> list[list[str]]:
        """The first rows of a table in words."""
        return [
            [self.cell(value, column) for value, column in zip(row, table.columns, strict=True)]
            for row in table.rows[:limit]
        ]

    def labels_for(self, answer: Answer) -> dict[str, str]:
        """The labels of the answer's columns, metrics and dimensions, and of no others."""
        table = answer.table.columns if answer.table else ()
        receipts = [[one.metric, *one.group_by, *one.filters] for one in answer.receipts]
        names = [*(column.name for column in table), *(name for named in receipts for name in named)]
        names += (
            [answer.question.distinct] if isinstance(answer.question, MetricQuery) and answer.question.distinct else []
        )
        return {name: self.label(name) for name in names}


def labels_of(catalogue: Catalogue, lang: Lang) -> dict[str, str]:
    """What metrics, dimensions and fields of records are called."""
    fields = [field for kind in catalogue.records.values() for field in kind.fields.values()]
    named: list[Field | Dimension | Metric] = [*fields, *catalogue.dimensions.values(), *catalogue.metrics.values()]
    kinds = {record: kind.labels[lang] for record, kind in catalogue.records.items()}
    return kinds | {entry.name: entry.labels[lang] for entry in named}
