"""The parts of the catalogue: metrics, dimensions, kinds of records and their fields."""

from typing import Annotated, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from core.reply import Unit
from db.tables import RECORDS, Base

FieldType = Literal["text", "number", "date", "boolean", "money"]
Labels = dict[Literal["en", "zh"], str]


def _flatten(words: object) -> object:
    if isinstance(words, dict):
        return tuple(word for lang in ("en", "zh") for word in words.get(lang, ()))
    return words


Words = Annotated[tuple[str, ...], BeforeValidator(_flatten)]


class Entry(BaseModel):
    """What all parts of the catalogue are: frozen, with no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(Entry):
    """One thing to add up over the rows that fit `where` and have a value in each of `known`."""

    sum: str | None = None
    count: Literal["rows"] | None = None
    days: tuple[str, str] | None = None
    distinct: str | None = None
    unpaid: str | None = None
    overdue: str | None = None
    reached: str | None = None
    target: str | None = None
    where: dict[str, tuple[str, ...]] = {}
    known: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> "Measure":
        kinds = (self.sum, self.count, self.days, self.distinct, self.unpaid, self.reached, self.target)
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("a measure is one of sum, count, days, distinct, unpaid, reached, target")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of the record that is read."""
        single = (self.sum, self.distinct, self.unpaid, self.overdue, self.reached, self.target)
        named = (*single, *(self.days or ()), *self.where, *self.known)
        return tuple(dict.fromkeys(name for name in named if name is not None))


class Metric(Entry):
    """One number a company counts. `date` is None for a snapshot, which is as of today."""

    name: str
    unit: Unit
    record: str
    measure: Measure
    over: Measure | None = None
    date: str | None = None
    snapshot: bool = False
    needs: dict[str, tuple[str, ...]]
    owner: str
    labels: Labels
    definitions: Labels
    words: Words

    @property
    def additive(self) -> bool:
        """Whether the numbers of groups add up to the number of the whole."""
        return self.over is None and self.measure.distinct is None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measure, and what it is divided by."""
        return (self.measure,) if self.over is None else (self.measure, self.over)


class Dimension(Entry):
    """One way to break numbers down. `values` are the `record.field`s its known values come from."""

    name: str
    type: FieldType = "text"
    grain: bool = False
    custom: bool = False
    paths: tuple[str, ...] = ()
    identified: bool = False
    values: tuple[str, ...] = ()
    needs: dict[str, tuple[str, ...]] = {}
    labels: Labels
    words: Words
    value_words: dict[str, tuple[str, ...]] = {}


class Field(Entry):
    """One field of a record: the first of its `paths` that has a value."""

    name: str
    type: FieldType = "text"
    path: str | None = None
    or_: tuple[str, ...] = ()
    hidden: bool = False
    custom: bool = False
    labels: Labels
    words: Words

    @property
    def paths(self) -> tuple[str, ...]:
        """Where the value is read from, best first."""
        return (self.path or self.name, *self.or_)


class RecordKind(Entry):
    """One kind of record that can be looked up."""

    record: str
    fields: dict[str, Field]
    joins: dict[str, tuple[str, str]]
    show: tuple[str, ...]
    name: str | None = None
    date: str | None = None
    size: str | None = None
    open: bool = False
    labels: Labels
    words: Words

    @property
    def dates(self) -> tuple[str, ...]:
        """The fields that are dates, the usual one first."""
        found = [name for name, field in self.fields.items() if field.type == "date"]
        return tuple(sorted(found, key=lambda name: name != self.date))


class Catalogue(Entry):
    """Everything that can be asked of this company."""

    metrics: dict[str, Metric]
    dimensions: dict[str, Dimension]
    records: dict[str, RecordKind]

    def path_exists(self, record: str, path: str) -> bool:
        """Whether `path` can be followed from `record`."""
        return has_path(self.records, record, path)

    def reachable(self, record: str, dimension: str) -> bool:
        """Whether rows of `record` can be broken down by `dimension`."""
        found = self.dimensions[dimension]
        return found.grain or any(self.path_exists(record, path) for path in found.paths)


def columns_of(record: str) -> frozenset[str]:
    """The columns of the table that keeps this kind of record."""
    return frozenset(cast("type[Base]", RECORDS[record]).__table__.c.keys())


def has_path(records: dict[str, RecordKind], record: str, path: str) -> bool:
    """Whether `path` leads from `record` over joins to a column; a first step may name the record itself."""
    *steps, column = path.split(".")
    if steps and steps[0] == record and record not in records[record].joins:
        steps = steps[1:]
    for index, step in enumerate(steps):
        if step == "custom" and index == len(steps) - 1:
            return True
        join = records[record].joins.get(step) if record in records else None
        if join is None:
            return False
        record = join[1]
    return column in columns_of(record)
