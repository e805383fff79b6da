"""Values of one field that look like two spellings of one thing: `technolgy` and `technology`."""

import re
from collections import Counter
from typing import NamedTuple

from rapidfuzz import fuzz

from connectors.records.names import name_key

MOST_VALUES = 300
ALIKE = 88
SHORTEST = 4


class Alike(NamedTuple):
    """The rarer spelling, how often and where it first came, and the commoner one."""

    rare: str
    line: int
    times: int
    common: str


class Spellings:
    """Collects the values of one field; too many different ones are names, not categories."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._lines: dict[str, int] = {}

    def add(self, value: str, line: int) -> None:
        """Count one value."""
        if len(self._times) <= MOST_VALUES:
            self._times[value] += 1
            self._lines.setdefault(value, line)

    def alike(self) -> list[Alike]:
        """Pairs that differ by a letter or two, but not only by a number."""
        if len(self._times) > MOST_VALUES:
            return []
        ordered = [value for value, _ in self._times.most_common()]
        keys = {value: name_key(value) for value in ordered}
        found = []
        for index, rare in enumerate(ordered):
            common = next((value for value in ordered[:index] if _same(keys[value], keys[rare])), None)
            if common is not None:
                found.append(Alike(rare, self._lines[rare], self._times[rare], common))
        return found


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < SHORTEST or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return fuzz.ratio(one, other) >= ALIKE
