"""Thresholds: on the amount of a deal, on a number of the company's own, or on the metric itself."""

from decimal import Decimal
from itertools import pairwise

from core.reply import Status
from tools.metrics.lexicon.words import Meaning, word_set
from tools.metrics.query import Filter, Operator, Threshold
from tools.metrics.reader.draft import Draft
from tools.metrics.reader.items import Item, Line

OPERATORS: dict[str, Operator] = {"over": "over", "at_least": "at_least", "under": "under", "at_most": "at_most"}
SIDES = tuple(OPERATORS)
NEXT_TO_NUMBER = ("won", "lost", "sell", "buy", "signed_money", "most", "least", "follow", "amount")


def read_amounts(draft: Draft) -> None:
    """Read every `over 5k`, `between 1 and 2 million`, `at least 3 wins`."""
    line = draft.line
    for low, high in _ranges(line):
        _apply(draft, low, low, "at_least", line[low])
        _apply(draft, high, low, "at_most", line[low])
    for at in line.places(*SIDES):
        if line[at].used:
            continue
        number = _number_beside(line, at)
        if number is not None:
            operator = next(OPERATORS[side] for side in SIDES if line[at].cue(side))
            line[at].use("cue")
            _apply(draft, number, min(at, number), operator, line[min(at, number)])


def settle_numbers(line: Line) -> None:
    """`超过2000的单`: after a comparison, 2000 is no year. `有多少客户` counts what comes next."""
    for at, item in enumerate(line):
        if item.period is not None and item.text.isdigit():
            before = line.before(at)
            if before is not None and line[before].cue(*SIDES):
                item.meanings, item.value, item.period = (Meaning("number", item.text),), Decimal(item.text), None
        if item.cue("how_any"):
            after = line.after(at)
            while after is not None and line[after].names:
                after = line.after(after)
            counted = line[after] if after is not None else None
            if (
                counted is not None
                and not counted.get("metric")
                and (counted.get("record") or counted.get("dimension"))
            ):
                item.meanings = (Meaning("cue", "how_many"),)


def _number_beside(line: Line, at: int) -> int | None:
    """The number a comparison is made with: after it, or before it as in `5万以上`."""
    after = line.after(at)
    while after is not None and (line[after].cue(*NEXT_TO_NUMBER) or line[after].cue("how_any")):
        after = line.after(after)
    if after is not None and line[after].kind == "number" and not line[after].used:
        return after
    before = line.before(at)
    return before if before is not None and line[before].kind == "number" and not line[before].used else None


def _ranges(line: Line) -> list[tuple[int, int]]:
    """Pairs of numbers with `to` or `and` between them, said to be a range."""
    found: list[tuple[int, int]] = []
    numbers = [at for at, item in enumerate(line) if item.kind == "number" and not item.used]
    for low, high in pairwise(numbers):
        between = [line[at] for at in range(low + 1, high)]
        if all(item.filler or item.cue("to", "and") for item in between) and any(
            item.cue("to", "and") for item in between
        ):
            before = line.before(low)
            if line.has("between_after") or (before is not None and line[before].cue("between")):
                line.use("between", "between_after")
                for item in between:
                    item.use()
                found.append((low, high))
    return found


def _apply(draft: Draft, number: int, start: int, operator: Operator, anchor: Item) -> None:
    """Decide what the number is compared with, from the words on both sides."""
    line = draft.line
    item = line[number]
    item.use()
    value = item.value
    subject_at = line.before(start, skip=("between",))
    of_deals = subject_at is not None and line[subject_at].get("record") == "deal"
    metric = None if of_deals and not _deals_follow(line, number) else _counted_after(draft, number)
    if metric is not None:
        draft.having.append(Threshold(metric, operator, value))
        return
    subject = _subject(draft, start, number)
    if subject is None:
        raise draft.refuse(Status.CLARIFY, "what_amount", word=item.text)
    kind, name = subject
    if kind == "metric":
        draft.having.append(Threshold(name, operator, _as_unit(draft, name, value, item)))
    else:
        draft.filters.append(Filter(name, operator, (value,)))


def _as_unit(draft: Draft, metric: str, value: Decimal, item: Item) -> Decimal:
    """A rate is a ratio: 60 %, 60 and 0.6 are the same."""
    if draft.lexicon.catalogue.metrics[metric].unit != "ratio":
        return value
    return value / 100 if item.unit == "percent" or value > 1 else value


def _counted_after(draft: Draft, number: int) -> str | None:
    """`at least 3 wins`, `至少赢了3单`: a count of deals follows the number."""
    line = draft.line
    after = line.after(number, skip=("distinct",))
    if line[number].unit is not None or _has_of(line, number, after):
        return None
    if after is None:
        return None
    metric = line[after].get("metric")
    if metric is not None and draft.lexicon.catalogue.metrics[metric].unit == "count":
        line[after].use("metric", metric)
        return metric
    for cue, name in (("won", "deals_won"), ("lost", "deals_lost")):
        if line[after].cue(cue) and after == number + 1:
            line[after].use("cue")
            _use_next_deals(line, after)
            return name
    if line[after].get("record") == "deal":
        counted = _only_metric(draft)
        if counted is not None and draft.lexicon.catalogue.metrics[counted].unit == "count":
            line[after].use("record")
            return counted
        states = {"won": "deals_won", "signed_money": "deals_won", "sell": "deals_won", "lost": "deals_lost"}
        states |= {"open": "open_deals", "opened": "new_deals", "buy": "deals_won"}
        beside = [place for place in (line.before(number), line.after(after)) if place is not None]
        beside += list(range(max(0, number - 4), number))
        for cue, name in states.items():
            found = next((place for place in beside if line[place].cue(cue)), None)
            if found is not None:
                line[after].use("record")
                line[found].use("cue")
                return name
        if not line.of("metric") and line.of("dimension"):
            raise draft.refuse(Status.CLARIFY, "bare_deals")
    return None


def _deals_follow(line: Line, number: int) -> bool:
    """`超过2单`: deals right after the number are what it counts."""
    after = line.after(number)
    between = line.items[number + 1 : after]
    return (
        after is not None
        and line[after].get("record") == "deal"
        and all(item.name in word_set("measures") for item in between)
    )


def _has_of(line: Line, number: int, after: int | None) -> bool:
    """`超过5000的单`: the number is not of deals."""
    return after is not None and any(
        item.filler and item.name in word_set("of") for item in line.items[number + 1 : after]
    )


def _use_next_deals(line: Line, at: int) -> None:
    place = line.after(at)
    if place is not None and line[place].get("record") == "deal":
        line[place].use("record")


def _subject(draft: Draft, start: int, number: int) -> tuple[str, str] | None:
    line = draft.line
    before = line.before(start, skip=("my", "all", "average", "between"))
    after = line.after(number, skip=("between_after", "at_least", "under", "at_most", "over"))
    if before is not None and line[before].kind == "number" and line[before].used:
        again = _same_again(draft)
        if again is not None:
            return again
    for place in (before, after):
        found = _numeric(draft, place)
        if found is not None:
            line[place].use()  # type: ignore[index]
            return found
    for place in (before, after):
        if place is None:
            continue
        item = line[place]
        metric = item.get("metric")
        if item.get("record") == "deal" or item.cue("amount", "won", "lost", "closed", "open", "opened"):
            return _deal_amount(draft, place)
        if metric is not None:
            return _metric_amount(draft, _rate(draft, number) or metric, item)
        if item.cue("sell", "buy", "signed_money"):
            return "metric", "revenue"
    if before is not None and line[before].get("dimension") and (metric := _only_metric(draft)):
        return "metric", metric
    return ("field", "close_value") if _has_deals(line) else None


def _rate(draft: Draft, number: int) -> str | None:
    """The rate that a percentage is compared with, where one is named."""
    metrics = draft.lexicon.catalogue.metrics
    if draft.line[number].unit != "percent":
        return None
    named = (draft.line[at].get("metric") for at in draft.line.of("metric"))
    return next((name for name in named if name and metrics[name].unit == "ratio"), None)


def _has_deals(line: Line) -> bool:
    return any(item.get("record") == "deal" for item in line)


def _same_again(draft: Draft) -> tuple[str, str] | None:
    """`大于5万小于10万`: the second side is of the same thing as the first."""
    if draft.having:
        return "metric", draft.having[-1].metric
    return ("field", draft.filters[-1].field) if draft.filters else None


def _numeric(draft: Draft, place: int | None) -> tuple[str, str] | None:
    """A number the company keeps itself, or a price."""
    if place is None:
        return None
    item = draft.line[place]
    name = item.get("dimension")
    if name and draft.lexicon.catalogue.dimensions[name].type in ("number", "money"):
        return "field", name
    field = item.get("field")
    return ("field", field) if field in ("list_price", "close_value") else None


def _deal_amount(draft: Draft, place: int) -> tuple[str, str]:
    if draft.line[place].cue("amount"):
        draft.line[place].use("cue")
    return "field", "close_value"


def _metric_amount(draft: Draft, metric: str, item: Item) -> tuple[str, str]:
    """`won deals above 2,000` is about the amounts of deals; `win rate above 60 %` about the metric."""
    if metric == "revenue" and _has_deals(draft.line):
        item.meanings = (Meaning("cue", "won"),)
        return "field", "close_value"
    if item.get("metric") == metric:
        item.use("metric", metric)
    return "metric", metric


def _only_metric(draft: Draft) -> str | None:
    found = {draft.line[at].get("metric") for at in draft.line.of("metric")}
    return found.pop() if len(found) == 1 else None
