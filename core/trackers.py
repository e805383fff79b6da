"""A signal that a person described, and what it finds, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Described:
    """A new kind of signal: sentences that carry it, sentences that only look like it, words that are sure to."""

    name: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spotted:
    """Where a text carries a described signal: `quote` is `text[start:end]`."""

    quote: str
    start: int
    end: int
    confidence: float
