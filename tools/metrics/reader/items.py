"""The meaningful parts of a question, in order, and what has been made of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from core.periods import Period
from tools.metrics.lexicon.names import Name
from tools.metrics.lexicon.words import Meaning


@dataclass(slots=True)
class Item:
    """One part of the question. `meanings` are all it may stand for; `used` once it has served."""

    start: int
    end: int
    text: str
    meanings: tuple[Meaning, ...]
    names: tuple[Name, ...] = ()
    whole: bool = True
    period: Period | None = None
    value: Decimal = Decimal(0)
    unit: str | None = None
    used: bool = False

    @property
    def kind(self) -> str:
        """The kind of its first meaning."""
        return self.meanings[0].kind

    @property
    def name(self) -> str:
        """The name of its first meaning."""
        return self.meanings[0].name

    def get(self, kind: str) -> str | None:
        """What it is called as this kind of thing; None if it can't be one."""
        return next((one.name for one in self.meanings if one.kind == kind), None)

    def cue(self, *names: str) -> bool:
        """Whether it may be one of these cues."""
        return any(one.kind == "cue" and one.name in names for one in self.meanings)

    def use(self, kind: str | None = None, name: str | None = None) -> None:
        """Mark it as understood, and as what."""
        self.used = True
        if kind is not None:
            self.meanings = tuple(one for one in self.meanings if one.kind == kind and name in (None, one.name))

    @property
    def filler(self) -> bool:
        """Whether it says nothing."""
        return self.kind == "filler"


@dataclass(slots=True)
class Line:
    """The items of a question in order."""

    text: str
    items: list[Item] = field(default_factory=list)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, at: int) -> Item:
        return self.items[at]

    def places(self, *cues: str) -> list[int]:
        """Where one of these cues stands and has not served yet."""
        return [at for at, item in enumerate(self.items) if not item.used and item.cue(*cues)]

    def has(self, *cues: str) -> bool:
        """Whether one of these cues is anywhere, served or not."""
        return any(item.cue(*cues) for item in self.items)

    def use(self, *cues: str) -> bool:
        """Mark these cues as served; whether there were any."""
        found = self.places(*cues)
        for at in found:
            self.items[at].use("cue")
        return bool(found)

    def after(self, at: int, skip: tuple[str, ...] = ()) -> int | None:
        """The next place that is neither filler nor one of the cues to skip."""
        return next((place for place in range(at + 1, len(self.items)) if self._counts(place, skip)), None)

    def before(self, at: int, skip: tuple[str, ...] = ()) -> int | None:
        """The place before that is neither filler nor one of the cues to skip."""
        return next((place for place in range(at - 1, -1, -1) if self._counts(place, skip)), None)

    def _counts(self, place: int, skip: tuple[str, ...]) -> bool:
        return not self.items[place].filler and not self.items[place].cue(*skip)

    def of(self, kind: str) -> list[int]:
        """Places that may be this kind of thing and have not served yet."""
        return [at for at, item in enumerate(self.items) if not item.used and item.get(kind) is not None]

    def first(self, kind: str) -> Item | None:
        """The first item that may be this kind of thing, served or not."""
        return next((item for item in self.items if item.get(kind) is not None), None)
