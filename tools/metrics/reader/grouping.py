"""What a question breaks its numbers down by, and which groups it wants to see."""

from core.reply import Status
from tools.metrics.reader.draft import Draft
from tools.metrics.reader.items import Item, Line
from tools.metrics.reader.measure import LOWER_IS_BETTER

FALLING = ("most", "longest")
RISING = ("least", "shortest")
JUDGING = ("best", "worst")
SUPERLATIVES = (*FALLING, *RISING, *JUDGING)
ASKING = ("which", "who", "group", "rank", "rank_up", "respectively")
TIMES = frozenset({"day", "week", "month", "quarter", "year"})
WHOLE = frozenset({"region", "rep", "manager"})
TREND_DAYS = (31, 70)


def read_distinct(draft: Draft) -> None:
    """`how many customers bought`: count the customers among the metric's rows."""
    line = draft.line
    for at in line.places("how_many", "distinct"):
        after = line.after(at, skip=("distinct", "my", "all", "which"))
        name = line[after].get("dimension") if after is not None else None
        if after is None or name is None or name in TIMES or not draft.metrics:
            continue
        if draft.having:
            draft.group(name)
        else:
            draft.distinct = name
        line[at].use()
        line.use("distinct", "which")
        for other in line:
            if other.get("dimension") == name:
                other.use("dimension", name)
        return


def read_groups(draft: Draft) -> None:
    """Every dimension named for itself becomes a grouping, in the order they are named."""
    line = draft.line
    if line.has("own", "manage") and not draft.metrics:
        return
    for at, item in enumerate(line):
        if item.used:
            continue
        if item.kind == "grain":
            item.use("grain")
            draft.group(item.name)
            _use_before(line, at)
        elif item.cue("who", "whose"):
            item.use("cue")
            if not _apposed(line, at):
                draft.group("account" if line.has("buy") else "rep")
        elif (name := item.get("dimension")) is not None:
            _dimension(draft, at, name)
    _team_groups(draft)
    _trend(draft)


def _apposed(line: Line, who: int) -> bool:
    """`who are our top 5 accounts`: who stands for the accounts."""
    for at in line.of("dimension"):
        before = line.before(at, skip=("my", "all"))
        if at > who and before is not None and (line[before].cue(*SUPERLATIVES) or line[before].kind == "number"):
            return True
    return False


def _bare(draft: Draft, at: int, name: str) -> bool:
    """`Construction customers`, `customer visits`: whose numbers they are, not what to break them down by."""
    if name not in ("account", "product", "series", "rep"):
        return False
    line = draft.line
    before, after = line.before(at), line.after(at)
    if _asked(line, at) or (after is not None and line[after].cue(*SUPERLATIVES, *ASKING)):
        return False
    if draft.having or draft.order or line.places(*SUPERLATIVES, "rank"):
        return False
    named = before is not None and bool(line[before].names)
    return (name == "account" and (not line.has("buy", "signed_money") or line.has("how_much", "how_any"))) or named


def _dimension(draft: Draft, at: int, name: str) -> None:
    line = draft.line
    before = line.before(at)
    if name in TIMES and not _asked(line, at):
        return
    if (
        before is not None
        and line[before].cue("all")
        and name in WHOLE
        and not line.has(*ASKING, *SUPERLATIVES, "compare")
    ):
        draft.whole_company = draft.whole_company or not line.has("my", "my_team")
        line[before].use("cue")
        line[at].use("dimension", name)
        return
    _check_name_ends(draft, at, name)
    line[at].use("dimension", name)
    if _bare(draft, at, name):
        return
    if draft.lexicon.catalogue.dimensions[name].type in ("number", "money") and not _asked(line, at):
        raise draft.refuse(Status.UNDEFINED, "unknown_metric", word=line[at].text)
    if draft.lexicon.catalogue.dimensions[name].type in ("number", "money") and not line[at].text.lower().endswith("s"):
        raise draft.refuse(Status.UNDEFINED, "unsupported_operation", word=line[at].text)
    draft.group(name)
    _use_before(line, at)


def _check_name_ends(draft: Draft, at: int, name: str) -> None:
    """`Globex Industries` where only a Globex Corporation is known: a capitalised word goes with the name before it."""
    line = draft.line
    before = line[at - 1] if at > 0 else None
    if before is None or not before.names or before.names[0].dimension not in ("account", "parent"):
        return
    between = line.text[before.end : line[at].start]
    if name in ("account", "parent") or between != " " or not line[at].text[0].isupper():
        return
    word = line.text[before.start : line[at].end]
    if not draft.lexicon.everything:
        raise draft.refuse(Status.FORBIDDEN, "not_visible", word=word)
    raise draft.refuse(Status.UNDEFINED, "unknown_value", word=word, nearest=before.names[0].value)


def _asked(line: Line, at: int) -> bool:
    before, after = line.before(at), line.after(at)
    return any(
        place is not None and (line[place].cue(*ASKING, *SUPERLATIVES, "and", "all") or _counts(line[place]))
        for place in (before, after)
    )


def _counts(item: Item) -> bool:
    return item.kind == "number" and not item.used


def _use_before(line: Line, at: int) -> None:
    before = line.before(at)
    while before is not None and line[before].cue("group", "which", "and", "all", "distinct", "how_any", "or"):
        line[before].use("cue")
        before = line.before(before)


def _team_groups(draft: Draft) -> None:
    """`by team`, `which team`: teams are known by their managers."""
    line = draft.line
    for at in line.places("team"):
        before, after = line.before(at), line.after(at)
        asked = any(place is not None and line[place].cue(*ASKING, *SUPERLATIVES) for place in (before, after))
        line[at].use()
        if asked or line[at].text.lower().endswith("s"):
            draft.group("manager")
            _use_before(line, at)


def _trend(draft: Draft) -> None:
    """`trend`, with no unit of time said: the unit that suits the length of the period."""
    line = draft.line
    asked = line.use("trend")
    if draft.cumulative and not TIMES & set(draft.group_by):
        asked = True
    if not asked or TIMES & set(draft.group_by):
        return
    days = (draft.period.end - draft.period.start).days + 1 if draft.period else 366
    draft.group("day" if days <= TREND_DAYS[0] else "week" if days <= TREND_DAYS[1] else "month")


def read_ranking(draft: Draft) -> None:
    """Read `top 5`, `the worst`, `从高到低`: the order, and how many groups to keep."""
    _rank(draft)
    if draft.inverse and not draft.line.places(*JUDGING) and draft.order is not None:
        draft.order = "desc" if draft.order == "asc" else "asc"


def _rank(draft: Draft) -> None:
    line = draft.line
    found = [at for at in line.places(*SUPERLATIVES) if _ranks(draft, at)]
    if not found:
        lower = bool(draft.metrics) and draft.metrics[0] in LOWER_IS_BETTER
        if line.use("rank"):
            draft.order = "desc"
        if line.use("rank_best"):
            draft.order = "asc" if lower else "desc"
        if line.use("rank_worst"):
            draft.order = "desc" if lower else "asc"
        if line.use("rank_up"):
            draft.order = "asc"
        return
    if not draft.group_by:
        raise draft.refuse(Status.CLARIFY, "rank_what", word=line[found[0]].text)
    orders = {_order(draft, at) for at in found}
    limit = next((limit for at in found if (limit := _limit(draft, at)) is not None), None)
    for at in found:
        line[at].use("cue")
    line.use("rank", "rank_up", "big" if limit is not None else "rank")
    if len(orders) > 1 and limit != len(found) and line.has("and"):
        draft.order, draft.limit = "desc", None
        return
    draft.order = "asc" if "asc" in orders else "desc"
    draft.limit = limit if limit is not None else _default_limit(draft, found[0])


def _ranks(draft: Draft, at: int) -> bool:
    return True


def _order(draft: Draft, at: int) -> str:
    item = draft.line[at]
    if item.cue(*FALLING):
        return "desc"
    if item.cue(*RISING):
        return "asc"
    lower = bool(draft.metrics) and draft.metrics[0] in LOWER_IS_BETTER
    return "asc" if item.cue("best") == lower else "desc"


def _limit(draft: Draft, at: int) -> int | None:
    line = draft.line
    beside = [line.after(at, skip=("signed_money", "sell")), line.before(at)]
    for place in (*beside, *_before_groups(line)):
        if place is None:
            continue
        item = line[place]
        if item.kind == "number" and not item.used:
            if item.unit is not None or item.value != int(item.value) or not 0 < item.value <= 1000:
                raise draft.refuse(Status.UNDEFINED, "unsupported_operation", word=item.text)
            item.use()
            return int(item.value)
    return None


def _before_groups(line: Line) -> list[int]:
    """`which five reps had the lowest`: the number stands before what is ranked."""
    found: list[int] = []
    for at in line.of("number"):
        after = line.after(at)
        if after is not None and line[after].get("dimension") is not None:
            found.append(at)
    return found


def _default_limit(draft: Draft, at: int) -> int | None:
    """One, unless several are asked for: `top customers`, `best reps`."""
    line = draft.line
    for item in line:
        if item.get("dimension") in draft.group_by:
            plural = item.text.lower().rstrip().endswith("s") and item.text.lower() not in ("series",)
            return None if plural and not line.has("which") else 1
    return 1


def read_shape(draft: Draft) -> None:
    """Shares, running totals, and averages that are the metric's own."""
    line = draft.line
    if line.use("share"):
        draft.share = True
        line.use("share_verb", "how_any", "total", "which")
    if line.use("cumulative"):
        draft.cumulative = True
    if line.places("average"):
        units = {draft.lexicon.catalogue.metrics[metric].unit for metric in draft.metrics}
        if (draft.metrics and units <= {"ratio", "days"}) or draft.metrics == ["avg_deal_size"]:
            line.use("average")
        else:
            raise draft.refuse(Status.UNDEFINED, "unsupported_operation", word=line[line.places("average")[0]].text)
