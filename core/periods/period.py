"""A stretch of calendar days."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Grain = Literal["day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both included. `name` is canonical, the same for a phrase in either language."""

    start: date
    end: date
    name: str
    grain: Grain | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period can't end ({self.end}) before it starts ({self.start})")
