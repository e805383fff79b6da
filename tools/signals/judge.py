"""How good predictions are: precision, recall and F1 for each kind and language, and how that is written down."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from core.said import KINDS
from core.wording import LANGS, Lang


@dataclass(frozen=True, slots=True)
class Score:
    """How one kind does in one language; `support` is how many examples carry it."""

    kind: str
    lang: Lang
    precision: float
    recall: float
    f1: float
    support: int

    def told(self) -> dict[str, object]:
        """The score as JSON values."""
        return asdict(self)


def score(wanted: Sequence[Iterable[str]], found: Sequence[Iterable[str]], langs: Sequence[Lang]) -> list[Score]:
    """A score for each kind in each language that has examples."""
    rows = [(set(right), set(said), lang) for right, said, lang in zip(wanted, found, langs, strict=True)]
    return [
        _score(kind, lang, [(kind in right, kind in said) for right, said, spoken in rows if spoken == lang])
        for lang in LANGS
        for kind in KINDS
        if lang in langs
    ]


def macro(scores: Iterable[Score], lang: Lang | None = None) -> float:
    """The mean F1 over the kinds that have examples, of one language or of all."""
    kept = [one.f1 for one in scores if lang in (None, one.lang) and one.support]
    return sum(kept) / len(kept) if kept else 0.0


def _score(kind: str, lang: Lang, pairs: Sequence[tuple[bool, bool]]) -> Score:
    both = sum(right and said for right, said in pairs)
    wanted, found = sum(right for right, _ in pairs), sum(said for _, said in pairs)
    precision, recall = both / max(1, found), both / max(1, wanted)
    f1 = 2 * both / max(1, wanted + found)
    return Score(kind, lang, round(precision, 4), round(recall, 4), round(f1, 4), wanted)
