"""What a message of ours is called in the records: each of its parts by chat, number and kind."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "photo", "document"]
LETTERS: dict[Kind, str] = {"text": "t", "photo": "p", "document": "d"}
KINDS: dict[str, Kind] = {letter: kind for kind, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Sent:
    """One part as it was sent; `mark` tells one file from another."""

    place: str
    number: int
    kind: Kind = "text"
    mark: str = ""

    def __str__(self) -> str:
        return f"{self.place}:{self.number}:{LETTERS[self.kind]}{self.mark}"


def written(parts: list[Sent]) -> str:
    """The parts as one name, e.g. `-1001:45:t,-1001:46:p9f3a`."""
    return ",".join(map(str, parts))


def parsed(ref: str) -> list[Sent]:
    """The parts of a name; the empty name has none."""
    found = []
    for one in ref.split(",") if ref else []:
        place, number, kind = one.split(":")
        found.append(Sent(place, int(number), KINDS[kind[0]], kind[1:]))
    return found
