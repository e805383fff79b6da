"""The world the demo company is made in: its days, its luck, and the rows written so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.clock import Clock
from core.company import Company
from db.demo import facts
from db.demo.facts import Phenomena
from db.tables import RECORDS, Record

SOURCE = "demo"
SEED = 20_240_601
MONTHS = 18
Choice = TypeVar("Choice")
NAMES = {model: name for name, model in RECORDS.items()}


def _months_before(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


@dataclass
class World:
    """Every part draws its own luck by name, so a change to one part leaves the others as they were."""

    company: Company
    phenomena: Phenomena
    now: datetime
    today: date
    start: date
    rows: dict[type[Record], list[dict[str, Any]]] = field(default_factory=dict)

    def luck(self, part: str) -> Random:
        """A source of chance that is the same on every run."""
        return Random(f"{SEED}:{part}")  # noqa: S311

    def add(self, model: type[Record], **values: Any) -> int:
        """Write a row down, and tell its id."""
        rows = self.rows.setdefault(model, [])
        number = len(rows) + 1
        mark = {"id": number, "source": SOURCE, "external_id": f"{NAMES[model]}-{number:05d}", "loaded_at": self.now}
        rows.append({**mark, "custom": {}, **values})
        return number

    def moment(self, day: date, luck: Random) -> datetime:
        """A moment of the working day, in UTC, not after now."""
        local = datetime.combine(day, time(9), ZoneInfo(self.company.timezone))
        return min((local + timedelta(minutes=luck.randrange(540))).astimezone(UTC), self.now)

    def workday(self, day: date) -> date:
        """That day, or the Friday before a weekend."""
        return day - timedelta(days=max(0, day.weekday() - 4))

    def days(self) -> list[date]:
        """The working days from the first to today."""
        span = (self.today - self.start).days + 1
        return [day for offset in range(span) if (day := self.start + timedelta(days=offset)).weekday() < 5]


def make_world(clock: Clock) -> World:
    """An empty world whose last day is the clock's today."""
    company = facts.company()
    today = clock.today(company.timezone)
    return World(company, facts.phenomena(), clock.now(), today, _months_before(today, MONTHS))


def pick(luck: Random, weights: Mapping[Choice, float]) -> Choice:
    """One of the keys, as likely as its weight."""
    return luck.choices(list(weights), list(weights.values()))[0]


def between(luck: Random, span: Sequence[int]) -> int:
    """A whole number from the first to the second, both included."""
    return luck.randint(span[0], span[1])
