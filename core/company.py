"""What a company says of itself: calendar, money, and its own words. One YAML, validated whole."""

from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Words = dict[str, list[str]]


class CustomField(BaseModel):
    """A field of the company's own on one kind of record, usable as a dimension and a filter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: str
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: Literal["text", "number", "date", "boolean"] = "text"
    words: list[str] = []


class CompanyWords(BaseModel):
    """The company's own names for things: canonical name → other ways people write it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metrics: Words = {}
    dimensions: Words = {}
    regions: Words = {}
    products: Words = {}
    series: Words = {}
    stages: Words = {}
    people: Words = {}
    accounts: Words = {}


class Company(BaseModel):
    """The settings of one company; every field has a default that suits a calendar-year firm."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "Company"
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")
    timezone: str = "UTC"
    fiscal_year_start: int = Field(1, ge=1, le=12)
    working_days: list[Weekday] = ["mon", "tue", "wed", "thu", "fri"]
    words: CompanyWords = CompanyWords()
    custom_fields: list[CustomField] = []

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not an IANA time zone") from error
        return value
