"""What a mapping file may say. Every key is explained in `docs/howto/import.md`."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from connectors.records.kinds import Match
from core.company import Company
from core.identity import Role

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
PLACES = ("_line", "_file")
"""Columns every table has: where the row stands."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _spelt(value: Any) -> Any:
    """A null in a list of words is the word."""
    return ["null" if item is None else item for item in value] if isinstance(value, list) else _listed(value)


def _short(value: Any) -> Any:
    """Plain text is a column, or a template where it has braces: `{first} {last}`."""
    if not isinstance(value, str):
        return value
    return {"template": value} if PLACEHOLDER.search(value) else {"column": value}


Texts = Annotated[list[str], BeforeValidator(_listed)]
Words = Annotated[list[str], BeforeValidator(_spelt)]


class Part(BaseModel):
    """What all parts of a mapping are: frozen, with no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NumberFormat(Part):
    """How numbers are written in a column."""

    thousands: str = ","
    decimal: str = Field(".", min_length=1, max_length=1)
    scale: Decimal = Decimal(1)
    percent: bool = False
    suffixes: dict[str, Decimal] = {}
    round: int | None = Field(None, ge=0, le=4)

    @model_validator(mode="after")
    def _two_marks(self) -> "NumberFormat":
        if self.thousands == self.decimal:
            raise PydanticCustomError("same_marks", "thousands and decimal are the same mark")
        return self


class Lookup(Part):
    """Another table in which the value is looked up: the row whose `by` is the value gives its `take`."""

    from_: str = Field(alias="from")
    by: str
    take: str


class Value(Part):
    """Where a value comes from: columns (the first that is not empty), a template, or a constant."""

    column: Texts = []
    template: str | None = None
    constant: str | None = None
    lookup: Lookup | None = None
    values: dict[str, str | None] = {}
    default: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Value":
        origins = (bool(self.column), self.template is not None, self.constant is not None)
        if sum(origins) + bool(getattr(self, "from_reports", False)) != 1:
            raise PydanticCustomError("one_origin", "one of column, template, constant")
        return self

    @property
    def columns(self) -> list[str]:
        """Every column the value reads."""
        return self.column or (PLACEHOLDER.findall(self.template) if self.template else [])


class FieldValue(Value):
    """A field's value and how it is written."""

    date_format: Texts = []
    number: NumberFormat | None = None
    from_reports: bool = False


class CustomValue(FieldValue):
    """A field of the company's own."""

    type: Literal["text", "number", "date", "boolean"] = "text"
    words: Words = []


class LinkValue(Value):
    """Which other record a row belongs to."""

    match: Match | None = None
    create: bool | None = None
    required: bool = False
    source: str | None = None


class Condition(Part):
    """What must hold of one column for a row to be taken."""

    column: str
    in_: Words | None = Field(None, alias="in")
    not_in: Words | None = None
    empty: bool | None = None
    above: Decimal | None = None
    below: Decimal | None = None

    @model_validator(mode="after")
    def _some_test(self) -> "Condition":
        if all(test is None for test in (self.in_, self.not_in, self.empty, self.above, self.below)):
            raise PydanticCustomError("no_test", "a condition tests something")
        return self


FieldPart = Annotated[FieldValue, BeforeValidator(_short)]
CustomPart = Annotated[CustomValue, BeforeValidator(_short)]
LinkPart = Annotated[LinkValue, BeforeValidator(_short)]


class Feed(Part):
    """One file, sheet or table that fills one kind of record."""

    record: str
    from_: Texts = Field([], alias="from")
    id: FieldPart | None = None
    fields: dict[str, FieldPart] = {}
    links: dict[str, LinkPart] = {}
    custom: dict[str, CustomPart] = {}
    when: list[Condition] = []
    repeats: Literal["first", "last", "bad"] = "first"


class ExtraPerson(Part):
    """A person the export does not have, or more about one it has."""

    name: str
    role: Role | None = None
    region: str | None = None
    manager: str | None = None
    email: str | None = None


class FileFormat(Part):
    """How one file is written, where that can't be told or is told wrongly."""

    encoding: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    header: int = Field(1, ge=1)


class Mapping(Part):
    """A whole mapping file."""

    source: str = Field(min_length=1)
    company: Company | None = None
    company_file: str | None = None
    empty: Words = [""]
    date_format: Texts = []
    number: NumberFormat = NumberFormat()
    files: dict[str, FileFormat] = {}
    people: list[ExtraPerson] = []
    records: list[Feed] = Field(min_length=1)
