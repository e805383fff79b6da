"""From text to items: the cheapest way to cover the whole question with things that are known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from core.numbers import find_numbers
from core.periods import find_comparison, find_grain, find_periods
from tools.metrics.lexicon.lexicon import Lexicon
from tools.metrics.lexicon.names import Found
from tools.metrics.lexicon.tokens import Token, clean, tokenise, wide
from tools.metrics.lexicon.words import Meaning, Sequence, phrase_set
from tools.metrics.reader.items import Item, Line

_ID = re.compile(r"(?=[A-Za-z-]*\d)(?=[\d-]*[A-Za-z])[A-Za-z\d][A-Za-z\d_-]{3,}", re.ASCII)
CAPITALS = 6
UNKNOWN = 6.0
COSTS = {"filler": 1.3, "sequence": 0.9, "whole": 0.95, "part": 1.6, "squashed": 1.2, "number": 1.1, "period": 0.9}
FILLER_KINDS = frozenset({"filler", "cue"})


class Edge(NamedTuple):
    """One way to understand the tokens from one place up to `end`."""

    end: int
    cost: float
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A question being scanned: as written, as matched, and its tokens."""

    original: str
    clean: str
    tokens: list[Token]
    lexicon: Lexicon
    today: date

    def text(self, start: int, end: int) -> str:
        """What was written there."""
        return self.original[self.tokens[start].start : self.tokens[end - 1].end]

    def item(self, start: int, end: int, *meanings: Meaning) -> Item:
        """An item over these tokens."""
        return Item(self.tokens[start].start, self.tokens[end - 1].end, self.text(start, end), meanings)


def scan(original: str, cleaned: str, lexicon: Lexicon, today: date) -> Line:
    """The items of the question that leave the least of it unexplained."""
    source = Source(original, cleaned, tokenise(cleaned), lexicon, today)
    edges = _all_edges(source)
    best: list[tuple[float, int, tuple[Item, ...]]] = [(0.0, -1, ()), *[(float("inf"), -1, ())] * len(source.tokens)]
    for at in range(len(source.tokens)):
        for edge in edges[at]:
            cost = best[at][0] + edge.cost
            if cost < best[edge.end][0] - 1e-9:
                best[edge.end] = (cost, at, edge.items)
    items: list[Item] = []
    at = len(source.tokens)
    while at > 0:
        items[:0] = best[at][2]
        at = best[at][1]
    return Line(original, _joined(items, original))


def _joined(items: list[Item], text: str) -> list[Item]:
    """Neighbouring unknown tokens as one item."""
    found: list[Item] = []
    for item in items:
        last = found[-1] if found else None
        if last and last.kind == "unknown" and _goes_on(item) and not text[last.end : item.start].strip(" -'&."):
            last.end = item.end
            last.text = text[last.start : last.end]
        else:
            found.append(item)
    return found


def _goes_on(item: Item) -> bool:
    """More of an unknown word; a Chinese name may have a numeral in it."""
    return item.kind == "unknown" or (item.kind == "number" and len(item.text) == 1 and wide(item.text))


def _all_edges(source: Source) -> list[list[Edge]]:
    words = [token.word for token in source.tokens]
    edges: list[list[Edge]] = []
    for at in range(len(words)):
        here = [Edge(at + 1, UNKNOWN, (source.item(at, at + 1, Meaning("unknown", words[at])),))]
        here += _term_edges(source, words, at)
        here += _name_edges(source, words, at)
        edges.append(here)
    for start, edge in (*_value_edges(source), *_deal_edges(source)):
        edges[start].append(edge)
    return edges


def _deal_edges(source: Source) -> Iterator[tuple[int, Edge]]:
    """Ids of deals, which fall apart into letters and digits: `1C1I7A6R`, `D-00123`; with the name they begin."""
    for match in _ID.finditer(source.original):
        deals = source.lexicon.find_deals(match[0])
        if len(deals) != 1:
            continue
        end = match.end()
        if source.clean.startswith(clean(deals[0]), match.start()):
            end = max(end, match.start() + len(deals[0]))
        inside = [at for at, token in enumerate(source.tokens) if match.start() <= token.start and token.end <= end]
        if inside:
            item = source.item(inside[0], inside[-1] + 1, Meaning("deal", deals[0]))
            yield inside[0], Edge(inside[-1] + 1, COSTS["period"] / 2, (item,))


def _term_edges(source: Source, words: list[str], at: int) -> Iterator[Edge]:
    terms = source.lexicon.terms
    longest = min(source.lexicon.longest.get(words[at], 0), len(words) - at)
    for size in range(1, longest + 1):
        sequences = terms.get(tuple(words[at : at + size]))
        if sequences:
            yield _term_edge(source, at, at + size, sequences)
    joined = source.lexicon.joined.get(words[at])
    if joined is not None:
        yield _term_edge(source, at, at + 1, joined)


def _term_edge(source: Source, start: int, end: int, sequences: list[Sequence]) -> Edge:
    if len(sequences[0]) > 1:
        parts = tuple(source.item(start, end, meaning) for meaning in sequences[0])
        return Edge(end, COSTS["sequence"], parts)
    meanings = tuple(sequence[0] for sequence in sequences)
    return Edge(end, COSTS.get(meanings[0].kind, 1.0), (source.item(start, end, *meanings),))


def _name_edges(source: Source, words: list[str], at: int) -> Iterator[Edge]:
    for end, found in source.lexicon.names.starting_at(words, at).items():
        if not _is_common(source, words, at, end, whole=found.whole):
            yield _name_edge(source, at, end, found)
    for size in (1, 2, 3):
        run = words[at : at + size]
        names = source.lexicon.names.squashed("".join(run)) if len(run) == size else ()
        if names and len("".join(run)) > 3:
            yield _name_edge(source, at, at + size, Found(names, whole=True), COSTS["squashed"])


def shouted(text: str) -> bool:
    """Whether a text is written in capitals throughout, so that they tell nothing."""
    return text.isupper() and sum(map(str.isalpha, filter(str.isascii, text))) > CAPITALS


def _is_common(source: Source, words: list[str], at: int, end: int, *, whole: bool) -> bool:
    """Whether a name is rather an ordinary word here: one that means something, and is not capitalised."""
    sequences = source.lexicon.terms.get(tuple(words[at:end]))
    if sequences is None or (whole and sequences[0][0].kind != "filler"):
        return False
    if sequences[0][0].kind not in FILLER_KINDS or not source.tokens[at].latin:
        return True
    first = source.original[source.tokens[at].start]
    return at == 0 or not first.isupper() or shouted(source.original)


def _name_edge(source: Source, start: int, end: int, found: Found, cost: float | None = None) -> Edge:
    item = source.item(start, end, Meaning("name", found.names[0].value))
    item.names, item.whole = found.names, found.whole
    price = COSTS["whole" if found.whole else "part"] if cost is None else cost
    if not found.whole and source.tokens[start].latin and end - start == 1 and source.original[item.start].isupper():
        price = 0.92
    return Edge(end, price, (item,))


def _value_edges(source: Source) -> Iterator[tuple[int, Edge]]:
    starts = {token.start: at for at, token in enumerate(source.tokens)}
    ends = {token.end: at + 1 for at, token in enumerate(source.tokens)}
    for start, end, item in _values(source):
        first = _snapped(starts, start, forwards=True, limit=end)
        last = _snapped(ends, end, forwards=False, limit=start)
        if first is not None and last is not None and first < last:
            item.start, item.end = source.tokens[first].start, source.tokens[last - 1].end
            item.text = source.text(first, last)
            yield first, Edge(last, COSTS.get(item.kind, COSTS["period"]), (item,))


def _snapped(places: dict[int, int], place: int, *, forwards: bool, limit: int) -> int | None:
    step = 1 if forwards else -1
    while place != limit:
        if place in places:
            return places[place]
        place += step
    return None


def _guarded(text: str) -> str:
    """The text without phrases whose first character would end a time phrase: in `上周一共`, the day is not Monday."""
    for phrase in phrase_set("guards"):
        text = text.replace("".join(phrase), "_" * len(phrase))
    return text


def _values(source: Source) -> Iterator[tuple[int, int, Item]]:
    text = source.clean
    start_month = source.lexicon.facts.company.fiscal_year_start
    for match in find_periods(_guarded(text), source.today, fiscal_year_start=start_month):
        item = Item(match.start, match.end, match.text, (Meaning("period", match.period.name),), period=match.period)
        yield match.start, match.end, item
    grain = find_grain(text)
    if grain is not None:
        yield grain.start, grain.end, Item(grain.start, grain.end, grain.text, (Meaning("grain", grain.grain),))
    comparison = find_comparison(text)
    if comparison is not None:
        meaning = Meaning("comparison", comparison.kind)
        yield comparison.start, comparison.end, Item(comparison.start, comparison.end, comparison.text, (meaning,))
    for number in find_numbers(text):
        item = Item(number.start, number.end, number.text, (Meaning("number", str(number.value)),))
        item.value, item.unit = number.value, number.unit
        yield number.start, number.end, item
