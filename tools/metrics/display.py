"""An answer as people see it: what its columns are called and how its cells are written."""

from dataclasses import dataclass, field

from core.cells import cell_text, day_text
from core.reply import Cell, Column, Table, Unit
from core.wording import Lang, say
from tools.metrics.entries import Catalogue, Dimension, Field, Metric, RecordKind
from tools.metrics.query import Answer, MetricQuery, RecordQuery

COLUMNS = ("_average", "_baseline", "_change", "_change_ratio", "_count", "_share")


@dataclass(frozen=True)
class Display:
    """How one reader sees figures."""

    lang: Lang
    currency: str
    labels: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit | None] = field(default_factory=dict)

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
        words = cell_text(value, column, self.lang, currency=self.currency)
        return self.value(words) if value == words else words

    def value(self, name: str) -> str:
        """A value of a dimension, by its name in the reader's language where it has one."""
        return self.values.get(name, name)

    def day(self, iso: str) -> str:
        """An ISO date in words; what is no date stays as it is."""
        return day_text(iso, self.lang)

    def rows(self, table: Table, limit: int | None = None) -> list[list[str]]:
        """The first rows of a table in words."""
        return [
            [self.cell(value, column) for value, column in zip(row, table.columns, strict=True)]
            for row in table.rows[:limit]
        ]


def display_of(answer: Answer, catalogue: Catalogue, currency: str, lang: Lang) -> Display:
    """How this answer is seen: the labels it needs, and no others."""
    labels = _labels(catalogue, answer, lang)
    table = answer.table.columns if answer.table else ()
    named = [name for one in answer.receipts for name in (one.metric, *one.group_by, *one.filters)]
    named += [base for column in table for base in (column.name, *_bases(column.name))]
    if isinstance(answer.question, MetricQuery):
        named += [answer.question.distinct or "", *(one.metric for one in answer.question.having)]
    known = {name: labels[name] for name in named if name in labels}
    return Display(lang, currency, known, _values(catalogue, answer, lang), _units(catalogue, answer))


def labels_of(catalogue: Catalogue, lang: Lang) -> dict[str, str]:
    """What every column is called, and values that have a name in the language by `dimension=value`."""
    fields = [one for kind in catalogue.records.values() for one in kind.fields.values()]
    named: list[Field | Dimension | Metric] = [*fields, *catalogue.dimensions.values(), *catalogue.metrics.values()]
    plain = {one.name: one.labels[lang] for one in named}
    shown = Display(lang, "", plain)
    made = [f"{name}{ending}" for name in catalogue.metrics for ending in COLUMNS]
    counted = [f"{name}_count" for name in catalogue.dimensions]
    return plain | {name: shown.label(name) for name in (*made, *counted)} | _value_labels(catalogue, lang)


def _value_labels(catalogue: Catalogue, lang: Lang) -> dict[str, str]:
    """The name of `region=East` in the language; the values themselves are English."""
    if lang == "en":
        return {}
    named = [
        (one.name, value, said) for one in catalogue.dimensions.values() for value, said in one.value_words.items()
    ]
    local = {f"{name}={value}": next((word for word in said if not word.isascii()), "") for name, value, said in named}
    return {key: word for key, word in local.items() if word}


def _units(catalogue: Catalogue, answer: Answer) -> dict[str, Unit | None]:
    """The units of what the question sets limits on."""
    if isinstance(answer.question, RecordQuery):
        fields = catalogue.records[answer.question.record].fields if answer.question.record in catalogue.records else {}
        return {name: "money" for name, one in fields.items() if one.type == "money"}
    return {name: metric.unit for name, metric in catalogue.metrics.items()} if answer.question else {}


def _bases(column: str) -> list[str]:
    return [column.removesuffix(made) for made in COLUMNS if column.endswith(made)]


def _labels(catalogue: Catalogue, answer: Answer, lang: Lang) -> dict[str, str]:
    """Metrics, dimensions and, of a look-up, the record and its fields."""
    named: dict[str, Metric | Dimension | Field | RecordKind] = {**catalogue.dimensions, **catalogue.metrics}
    if isinstance(answer.question, RecordQuery) and answer.question.record in catalogue.records:
        kind = catalogue.records[answer.question.record]
        named |= {**kind.fields, kind.record: kind}
    return {name: entry.labels[lang] for name, entry in named.items()}


def _values(catalogue: Catalogue, answer: Answer, lang: Lang) -> dict[str, str]:
    """The company's values that have a name in the language: East is 东区 to who reads Chinese."""
    if lang == "en" or answer.table is None:
        return {}
    words = {value: said for one in catalogue.dimensions.values() for value, said in one.value_words.items()}
    return {value: name for value, said in words.items() if (name := next((w for w in said if not w.isascii()), None))}
