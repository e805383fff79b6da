"""Finds the phrases that name a period, in English and Chinese."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.language import fold
from core.periods.certainty import Candidate, certain
from core.periods.forms import Reading, read_form
from core.periods.lexicon import usable, values
from core.periods.nodes import Node, apart, inherit_years, join_ranges, open_ranges, periods_of, with_edge
from core.periods.parts import Context
from core.periods.period import Period


@dataclass(frozen=True, slots=True)
class PeriodMatch:
    """A period named at `text[start:end]`; with `alternatives`, the words could as well mean one of those."""

    start: int
    end: int
    text: str
    period: Period
    alternatives: tuple[Period, ...] = ()


def find_periods(text: str, today: date, *, fiscal_year_start: int = 1) -> list[PeriodMatch]:
    """Every period named in the text, left to right, the longest reading of each."""
    context, folded = Context(today, fiscal_year_start), fold(text)
    nodes = apart(with_edge(node, folded, context) for node in _nodes(text, folded, context))
    nodes = join_ranges(inherit_years(nodes, folded), folded, context)
    nodes = open_ranges([node for node in nodes if not node.bound_only], folded, context)
    return [_match(node, text, context) for node in nodes]


def _match(node: Node, text: str, context: Context) -> PeriodMatch:
    period, *others = periods_of(node, context)
    alternatives = tuple(dict.fromkeys(other for other in others if other != period))
    return PeriodMatch(node.start, node.end, text[node.start : node.end], period, alternatives)


def _nodes(text: str, folded: str, context: Context) -> Iterator[Node]:
    candidates = [
        Candidate(phrase.form, phrase.lang, found) for phrase in usable(folded) for found in phrase.find(folded)
    ]
    candidates.sort(key=lambda candidate: (candidate.found.start(), -candidate.found.end()))
    end = 0
    for candidate in candidates:
        found = candidate.found
        if found.start() < end or not certain(candidate, text, folded, context.today):
            continue
        reading = _read(candidate, context)
        node = reading and _node(candidate, reading)
        if node and len(periods_of(node, context)) == len(node.meanings):
            end = found.end()
            yield node


def _node(candidate: Candidate, reading: Reading) -> Node:
    start, end = candidate.found.span()
    closing = "end" if "ending" in candidate.found.re.groupindex else None
    return Node(start, end, reading, edge=closing, bound_only=candidate.form == "now")


def _read(candidate: Candidate, context: Context) -> Reading:
    try:
        return read_form(candidate.form, values(candidate.found, candidate.lang), context)
    except (ValueError, OverflowError):
        return ()
