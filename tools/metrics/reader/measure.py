"""Which metric is asked for, by its name or by what is said to have happened to deals."""

from core.reply import Status
from tools.metrics.reader.draft import Draft
from tools.metrics.reader.items import Line

AMOUNTS = ("how_any", "how_much", "who", "which")
COUNTS = ("how_many",)
SUPERLATIVES = ("most", "least", "best", "worst", "longest", "shortest")
OVERVIEW = ("revenue", "deals_won", "win_rate")
LOWER_IS_BETTER = frozenset({"sales_cycle_days", "deals_lost", "receivables_overdue"})
DEALS = "deal"
STATES = {"won": "deals_won", "lost": "deals_lost", "open": "open_deals", "opened": "new_deals"}


def read_metrics(draft: Draft) -> None:
    """Find the metrics, in the order they are named."""
    _named(draft)
    if draft.metrics:
        _agree(draft)
        return
    found = _from_deals(draft) or _from_verbs(draft) or _from_having(draft)
    if found:
        draft.metrics.extend(found)


def _named(draft: Draft) -> None:
    line = draft.line
    both = [at for at in line.of("metric") if line[at].get("dimension") or line[at].get("record")]
    sure = [at for at in line.of("metric") if at not in both]
    for at in sure or both:
        if at in both and _is_dimension(line, at):
            continue
        metric = line[at].get("metric")
        line[at].use("metric", metric)
        if metric is not None:
            draft.metrics += [*_beside(line, at, -1), metric, *_beside(line, at, 1)]
    if draft.metrics:
        line.use("owe" if draft.metrics == ["receivables_overdue"] else "doing")


def _beside(line: Line, at: int, step: int) -> list[str]:
    """`deals won and win rate`: a count of deals in a list with a metric is one more metric."""
    place = at + step
    listed = False
    while 0 <= place < len(line) and (line[place].filler or line[place].cue("and")):
        listed = listed or line[place].cue("and")
        place += step
    pair = sorted((place, place + step))
    if not pair[0] >= 0 or pair[1] >= len(line) or not (listed or _comma(line, at, place)):
        return []
    deals = [line[one] for one in pair if line[one].get("record") == DEALS and not line[one].used]
    states = [(line[one], metric) for one in pair for cue, metric in STATES.items() if line[one].cue(cue)]
    if not deals or not states:
        return []
    deals[0].use("record")
    states[0][0].use("cue")
    return [states[0][1]]


def _comma(line: Line, at: int, place: int) -> bool:
    first, last = sorted((at, place))
    return any(sign in line.text[line[first].end : line[last].start] for sign in ",/")


def _is_dimension(line: Line, at: int) -> bool:
    before, after = line.before(at), line.after(at)
    asked = ("group", "which", "who", "how_many", *SUPERLATIVES)
    return (before is not None and line[before].cue(*asked)) or (after is not None and line[after].cue("rank"))


def _agree(draft: Draft) -> None:
    """`revenue from won deals`: the deals are the metric's own. Lost ones are not revenue."""
    line = draft.line
    lost = line.places("lost")
    if lost and not {"win_rate", "deals_lost", "deals_won"} & set(draft.metrics):
        raise draft.refuse(Status.UNDEFINED, "unknown_metric", word=draft.line[lost[0]].text)
    if set(draft.metrics) == {"revenue"} and line.has("average") and _per_deal(line):
        draft.metrics[:] = ["avg_deal_size"]
    elif set(draft.metrics) == {"revenue"} and line.has("group") and _per_deal(line):
        draft.metrics[:] = ["avg_deal_size"]
        line.use("group")
    line.use(
        "won",
        "lost",
        "closed",
        "sell",
        "buy",
        "signed_money",
        "how_much",
        "how_any",
        "how_many",
        "doing",
        "amount",
        "total",
    )
    for at in line.of("record"):
        if line[at].get("record") == DEALS and line[at].get("dimension") is None:
            line[at].use("record")


def _per_deal(line: Line) -> bool:
    for at in line.places("group"):
        after = line.after(at)
        if after is not None and line[after].get("record") == DEALS:
            return True
    return False


def _state(line: Line) -> list[str]:
    """The metrics of deals that are said to be open, opened, won or lost."""
    found: list[str] = []
    if line.has("open"):
        return ["open_deals"]
    if line.has("won", "signed_money", "sell", "buy"):
        found.append("deals_won")
    if line.has("lost"):
        found.append("deals_lost")
    if line.has("opened") and not found:
        found.append("new_deals")
    return found


def _from_deals(draft: Draft) -> list[str]:
    """`how many deals did we win`; deals without a state are for `read_records` or to be clarified."""
    line = draft.line
    if not any(item.get("record") == DEALS and not item.used for item in line):
        return []
    states = _state(line)
    staged = draft.filtered("stage") is not None
    if not states and staged:
        states = ["open_deals"]
    if not states:
        return []
    if line.has("share") and "deals_won" in states and line.has("how_many", "share") and not draft.filters:
        line.use("share", "won", "lost", "how_any", "which")
        _use_deals(line)
        return ["win_rate"]
    if line.has("how_much") or (line.has("amount", "total") and line.has("amount")):
        return _money_of(draft, states)
    if not _is_count(draft, states):
        return []
    line.use("won", "lost", "open", "opened", "closed", "sell", "buy", "signed_money", "how_many", "how_any", "total")
    _use_deals(line)
    return states


def _money_of(draft: Draft, states: list[str]) -> list[str]:
    metrics = {"deals_won": "revenue", "open_deals": "pipeline_value"}
    found = [metrics[state] for state in states if state in metrics]
    if len(found) != len(states):
        raise draft.refuse(Status.UNDEFINED, "unknown_metric", word=draft.line.text)
    draft.line.use("won", "open", "how_much", "amount", "total", "how_any", "sell", "signed_money", "buy")
    _use_deals(draft.line)
    return found


def _is_count(draft: Draft, states: list[str]) -> bool:
    """Whether the number of deals is asked for, rather than the deals."""
    line = draft.line
    if line.has("how_many", "how_any", "share", "trend", "growth", "cumulative", "total") or line.of("grain"):
        return True
    amounts = any(one.field in ("close_value", "list_price") for one in draft.filters)
    if line.has("list", "never", "newest") or (amounts and not line.has("group", "who") and not line.of("dimension")):
        return False
    ranked = line.places(*SUPERLATIVES)
    for at in ranked:
        after = line.after(at)
        while after is not None and (line[after].kind == "number" or line[after].cue("won", "lost", "open", "closed")):
            after = line.after(after)
        if after is not None and line[after].get("record") == DEALS and not line.places("who", "which", "group"):
            return False
        if after is not None and line[after].get("record") == DEALS and not line[at].cue("most", "least"):
            return False
    if line.has("which") and not line.of("dimension") and not ranked:
        return False
    return bool(line.of("dimension") or line.has("who", "group", "compare", "doing") or states)


def _use_deals(line: Line) -> None:
    for at in line.of("record"):
        if line[at].get("record") == DEALS:
            line[at].use("record")


def _from_verbs(draft: Draft) -> list[str]:
    """`how much did East sell`, `who sold the most`, `how many GTX Pro did we sell`, `卖了多少`."""
    line = draft.line
    if any(line[at].get("record") == DEALS for at in line.of("record")):
        return []
    if line.has("newest") and not line.of("dimension"):
        return []
    counting = line.has(*COUNTS) and not _counts_a_dimension(draft)
    if line.has("sell", "signed_money", "buy"):
        if line.has("never"):
            return []
        found = "deals_won" if counting or _about_buyers(draft) else "revenue"
        bought = line.has("buy") and not line.of("dimension")
        line.use("sell", "signed_money", "buy", "how_any", "how_much", "won", "amount", "total", "deal_with")
        if counting:
            line.use(*COUNTS)
        elif (
            bought and not line.has("how_any", "how_much", "who", "which", *SUPERLATIVES) and draft.filtered("account")
        ):
            draft.group("product")
        return [found]
    if line.has("won", "lost") and not line.has("never"):
        money = line.has("how_much", "amount")
        states = [one for one in _state(line) if one != "new_deals"]
        if money and states == ["deals_won"]:
            states = ["revenue"]
        elif money:
            raise draft.refuse(Status.UNDEFINED, "unknown_metric", word=line.text)
        line.use("won", "lost", "how_any", "how_much", "amount", "total")
        if counting:
            line.use(*COUNTS)
        return states
    return []


def _counts_a_dimension(draft: Draft) -> bool:
    """`how many customers bought`: the customers are counted, not the deals."""
    line = draft.line
    for at in line.places(*COUNTS):
        after = line.after(at, skip=("distinct", "my", "all", "which"))
        if after is not None and line[after].get("dimension") is not None:
            return True
    return False


def _about_buyers(draft: Draft) -> bool:
    """`which customers bought GTX Pro`: who they are, not for how much."""
    line = draft.line
    if not line.has("buy", "signed_money", "deal_with") and not _counts_a_dimension(draft):
        return False
    if line.has("how_much", "how_any", *SUPERLATIVES):
        return False
    return any(line[at].get("dimension") == "account" for at in line.of("dimension"))


def _from_having(draft: Draft) -> list[str]:
    return [one.metric for one in draft.having]


def read_default(draft: Draft) -> None:
    """`top customers` rank by revenue, `how is East doing` is an overview; a best rep has two readings."""
    line = draft.line
    if draft.metrics:
        return
    if line.has("doing") and (draft.filters or draft.period or line.has("my", "whole", "company", "my_team", "who")):
        line.use("doing")
        if line.places(*SUPERLATIVES):
            raise _which_metric(draft)
        draft.metrics.extend(OVERVIEW)
    elif draft.average is not None or (line.places("comparative", "compare") and draft.compare_values):
        raise _which_metric(draft)
    elif line.places(*SUPERLATIVES) and (line.of("dimension") or line.has("who")):
        people = line.has("who") or any(
            line[at].get("dimension") in ("rep", "manager", "region") for at in line.of("dimension")
        )
        if people and line.has("best", "worst"):
            raise _which_metric(draft)
        if line.has("longest", "shortest") or line.places("amount") or line.of("field"):
            raise _which_metric(draft)
        draft.metrics.append("revenue")
    elif line.places("rank") and (line.of("dimension") or line.has("who")):
        draft.metrics.append("revenue")
    elif line.has("how_any", "how_much") and line.has("amount") and draft.filters:
        raise _which_metric(draft)


def _which_metric(draft: Draft) -> Exception:
    return draft.refuse(Status.CLARIFY, "which_metric")
