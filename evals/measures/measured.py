"""What a measure found: figures beside their goals, and what failed in words."""

from dataclasses import dataclass

from core.wording import Lang


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `goal` is what it should reach, or stay under where `lower` is better; None where none is set."""

    name: str
    value: float
    goal: float | None
    n: int
    lang: Lang | None = None
    lower: bool = False

    @property
    def met(self) -> bool:
        """Whether the goal is met; a figure without one always is."""
        if self.goal is None:
            return True
        return self.value <= self.goal if self.lower else self.value >= self.goal


@dataclass(frozen=True, slots=True)
class Measured:
    """How one part did; `notes` say what was left out and why."""

    name: str
    figures: tuple[Figure, ...] = ()
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    broken: bool = False

    @property
    def good(self) -> bool:
        """It ran to its end, and every goal is met."""
        return not self.broken and all(figure.met for figure in self.figures)

    def only(self, lang: Lang) -> "Measured":
        """The same with the figures of one language."""
        kept = tuple(figure for figure in self.figures if figure.lang in (lang, None))
        return Measured(self.name, kept, self.failures, self.notes, self.broken)
