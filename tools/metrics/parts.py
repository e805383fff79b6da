"""What a number is made of: exact parts that can be added before they are divided."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tools.metrics.entries import Metric

Amount = int | Decimal | frozenset[object]


def _added(one: Amount, other: Amount) -> Amount:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one | other
    assert not isinstance(one, frozenset)
    assert not isinstance(other, frozenset)
    return one + other


@dataclass(frozen=True, slots=True)
class Parts:
    """One group's amount, what it is divided by (None: nothing), and how many rows went into it."""

    amount: Amount
    over: int | Decimal | None
    rows: int

    def __add__(self, other: "Parts") -> "Parts":
        over = None if self.over is None or other.over is None else self.over + other.over
        return Parts(_added(self.amount, other.amount), over, self.rows + other.rows)

    @property
    def value(self) -> Fraction | None:
        """The exact number; None for a ratio over nothing."""
        amount = len(self.amount) if isinstance(self.amount, frozenset) else self.amount
        if self.over is None:
            return Fraction(amount)
        return None if self.over == 0 else Fraction(amount) / Fraction(self.over)


def nothing(metric: Metric, distinct: str | None = None) -> Parts:
    """The parts of a group without rows."""
    if distinct is not None or metric.measure.distinct is not None:
        return Parts(frozenset(), None, 0)
    return Parts(0, None if metric.over is None else 0, 0)


def as_cell(value: Fraction | None, unit: str | None) -> int | Decimal | None:
    """The number as a table shows it: counts whole, everything else decimal."""
    if value is None:
        return None
    if unit == "count" and value.denominator == 1:
        return int(value)
    return Decimal(value.numerator) / Decimal(value.denominator)
