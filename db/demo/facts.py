"""What the demo company is made of, read from the YAML files beside this one and checked."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from core.company import Company
from core.identity import Role

FOLDER = Path(__file__).parent
Lang = str


class Fact(BaseModel):
    """A part of the demo's data; an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ConsultFact(Fact):
    """What a technical consultant is good at, and where they step in: without a region, everywhere."""

    skills: list[str]
    regions: list[str]


class PersonFact(Fact):
    """One colleague, and who they report to by name."""

    name: str
    role: Role
    region: str | None = None
    manager: str | None = None
    consults: ConsultFact | None = None

    @property
    def sells(self) -> bool:
        """Whether they have customers of their own."""
        return self.role is Role.REP and self.consults is None


class ProductFact(Fact):
    """One product, how often it is sold and in which quantities."""

    name: str
    series: str
    list_price: int
    unit_cost: int
    weight: int
    quantities: tuple[int, ...]


class SectorFact(Fact):
    """How common a sector is, and the words its firms are named with."""

    weight: int
    en: list[str]
    zh: list[str]


class ParentFact(Fact):
    """A group of customers, and the region of each member."""

    name: str
    lang: Lang
    stem: str
    regions: list[str]


class ContactFacts(Fact):
    """The names and titles of people at customers."""

    en_first: list[str]
    en_last: list[str]
    zh_last: list[str]
    zh_first: list[str]
    titles: dict[Lang, list[str]]


class AccountFacts(Fact):
    """What customers' names, sectors and people are made of."""

    sectors: dict[str, SectorFact]
    countries: dict[Lang, dict[str, int]]
    tiers: dict[str, int]
    cities: dict[str, list[str]]
    forms: dict[Lang, list[str]]
    brand: dict[str, list[str]]
    stems: list[str]
    parents: list[ParentFact]
    contacts: ContactFacts


class Lagging(Fact):
    """The region that wins less, and later."""

    region: str
    win_rate: float
    cycle_factor: float


class OverDiscounter(Fact):
    """The rep who gives too much away."""

    rep: str
    discount: float


class Conflict(Fact):
    """The group that two regions quote differently for one product."""

    parent: str
    product: str
    share: float
    discounts: dict[str, float]


class Payers(Fact):
    """How many days after the due date customers pay, and how many invoices they never pay."""

    late_days: tuple[int, int]
    unpaid: float


class SlowPayers(Payers):
    """The sector that pays late."""

    sector: str


class Churn(Fact):
    """How many accounts stop ordering, how long ago, and how they complain before."""

    accounts: int
    quiet_days: tuple[int, int]
    complaints: tuple[int, int]
    warning_days: int


class Phenomena(Fact):
    """What is planted, and how strongly."""

    deals: int
    open_deals: int
    accounts: int
    win_rate: float
    cycle_days: int
    discount: float
    monthly_growth: float
    season: dict[int, float]
    lagging: Lagging
    over_discounter: OverDiscounter
    conflict: Conflict
    slow_payers: SlowPayers
    payers: Payers
    churn: Churn


class SceneFact(Fact):
    """A kind of customer conversation: its channel, how common it is, and what is said in turn."""

    topic: str
    channels: list[str]
    weight: int = 1
    turns: list[dict[str, list[str]]]


class TalkFacts(Fact):
    """The scenes of one language, and the words that fill their slots."""

    slots: dict[str, list[str]]
    scenes: list[SceneFact]


class WorkFacts(Fact):
    """What is written in activities, tickets and campaigns."""

    outcomes: list[str]
    notes: list[str]
    tickets: dict[str, list[str]]
    campaigns: dict[str, str]
    responses: list[str]


@cache
def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def company() -> Company:
    """The demo company's settings."""
    return Company.model_validate(_read("company"))


def people() -> list[PersonFact]:
    """Everyone who works there, managers before their people."""
    return [PersonFact.model_validate(row) for row in _read("people")["people"]]


def products() -> list[ProductFact]:
    """Everything that is sold."""
    return [ProductFact.model_validate(row) for row in _read("products")["products"]]


@cache
def accounts() -> AccountFacts:
    """What customers are made of."""
    return AccountFacts.model_validate(_read("accounts"))


def phenomena() -> Phenomena:
    """What is planted."""
    return Phenomena.model_validate(_read("phenomena"))


def talks(lang: Lang) -> TalkFacts:
    """What is said with customers in one language."""
    return TalkFacts.model_validate(_read(f"talks_{lang}"))


def work() -> WorkFacts:
    """What is written in activities, tickets and campaigns."""
    return WorkFacts.model_validate(_read("work"))
