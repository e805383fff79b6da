"""How often each trigger was right, by what people said when it was over."""

from collections.abc import Iterable

from core.escalations import Precision

ENOUGH = 5
HALF = 0.5


def precisions(tallies: Iterable[tuple[str, int, int, int]]) -> list[Precision]:
    """By trigger, from how many there were, were useful, and were not; mostly wrong only where enough were told."""
    return [
        Precision(trigger, fired, useful, not_useful, mostly_wrong(useful, not_useful))
        for trigger, fired, useful, not_useful in tallies
    ]


def mostly_wrong(useful: int, not_useful: int) -> bool:
    """Whether so many outcomes are enough to say that more were wrong than right."""
    told = useful + not_useful
    return told >= ENOUGH and useful / told < HALF
