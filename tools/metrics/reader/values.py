"""Which people, regions, products and customers a question names, and which it leaves out."""

from core.reply import Status
from tools.metrics.lexicon.names import Name
from tools.metrics.lexicon.words import word_set
from tools.metrics.reader.draft import Draft
from tools.metrics.reader.items import Item, Line

PEOPLE = frozenset({"rep", "manager"})
LISTING = ("and", "or", "except_after")
PARTS = ("group", "which", "how_many", "who", "distinct", "respectively", "all")
LAST = ("contact", "parent")
"""Dimensions that a name is only taken for when nothing else bears it, or when they are named."""


def resolve_names(draft: Draft) -> None:
    """Settle what each name stands for; clarify where it fits two."""
    for at, item in enumerate(draft.line):
        if item.names:
            _narrow(draft.line, at)
            item.names = (_one_of(draft, item),)


def _narrow(line: Line, at: int) -> None:
    """`East region`, `product GTX Pro`: the word beside a name says of which dimension it is."""
    item = line[at]
    for place in (line.after(at), line.before(at)):
        if place is None or line[place].used:
            continue
        said = line[place].get("dimension") or ("account" if line[place].cue("company") else None)
        if (
            said is None
            or line.has("subsidiary")
            or _groups(line, place, at)
            or (said in PEOPLE and _owned(line, at, place))
        ):
            continue
        fitting = tuple(name for name in item.names if name.dimension == said)
        fitting = fitting or tuple(name for name in item.names if {name.dimension, said} <= PEOPLE)
        if fitting:
            item.names = fitting
            line[place].use()
            return


def _owned(line: Line, at: int, place: int) -> bool:
    """`Anna's manager` is someone else; `manager Dustin` is Dustin."""
    return any(line[between].text in ("'s", *word_set("of")) for between in range(at + 1, place))


def _groups(line: Line, place: int, name_at: int) -> bool:
    """Whether a dimension's word is asked for itself: `by region East`, `top products`."""
    before = line.before(place)
    if before is None or before == name_at:
        after = line.after(place)
        return before == name_at and after is not None and line[after].cue("rank", "most", "least", "best", "worst")
    return line[before].cue(*PARTS, "most", "least", "best", "worst") or line[before].kind == "number"


def _one_of(draft: Draft, item: Item) -> Name:
    names = item.names
    for dimension in LAST:
        others = tuple(name for name in names if name.dimension != dimension)
        if others and not _asks_for(draft, dimension):
            names = others
    if any(name.dimension == "parent" for name in names) and _asks_for(draft, "parent"):
        names = tuple(name for name in names if name.dimension == "parent")
    different = list({(name.dimension, name.value): name for name in names}.values())
    if len(different) == 1:
        return different[0]
    people = [name for name in different if name.dimension in PEOPLE]
    if len(people) == 1 and draft.line.has("team", "manage"):
        return people[0]
    shown = ", ".join(name.value for name in different[:8])
    if len({name.value for name in different}) == 1:
        labels = [draft.lexicon.catalogue.dimensions[name.dimension].labels[draft.lang] for name in different]
        shown = ", ".join(f"{different[0].value} ({label})" for label in labels)
    offers = tuple(_instead(draft, item, name.value) for name in different[:4])
    raise draft.refuse(Status.CLARIFY, "two_values", offers, word=item.text, values=shown)


def _instead(draft: Draft, item: Item, value: str) -> str:
    text = draft.line.text
    return f"{text[: item.start]}{value}{text[item.end :]}"


def _asks_for(draft: Draft, dimension: str) -> bool:
    if dimension == "parent" and draft.line.has("subsidiary"):
        return True
    return any(one.get("dimension") == dimension or one.get("record") == dimension for one in draft.line)


def read_values(draft: Draft) -> None:
    """Turn names into filters, left-out ones into exclusions."""
    line = draft.line
    left_out = _left_out(line)
    for at, item in enumerate(line):
        if not item.names or item.used or item.names[0].dimension == "contact":
            continue
        name = item.names[0]
        dimension, value = _team_of(draft, at, name)
        draft.filter(dimension, "is_not" if at in left_out else "is", value)
        item.use()
        _forget(line, at)


def _forget(line: Line, at: int) -> None:
    """`by Anna`, `than West`: the preposition of a name has served with it."""
    before = line.before(at)
    if before is not None and line[before].cue("group", "share_verb", "team_of", "all"):
        line[before].use()


def _team_of(draft: Draft, at: int, name: Name) -> tuple[str, str]:
    """`Dustin's team` is everyone who reports to Dustin."""
    line = draft.line
    near = [place for place in (line.after(at), line.before(at)) if place is not None]
    team = next((line[place] for place in near if line[place].cue("team", "team_of")), None)
    if team is None or name.dimension not in PEOPLE:
        return name.dimension, name.value
    team.use("cue")
    if name.dimension == "manager":
        return name.dimension, name.value
    person = next(iter(draft.lexicon.named(name.value)), None)
    manager = draft.lexicon.person(person.manager_id) if person and person.manager_id else None
    if manager is None:
        return name.dimension, name.value
    return "manager", manager.name


def _left_out(line: Line) -> set[int]:
    found: set[int] = set()
    for at in line.places("except"):
        names = _run(line, at, 1)
        if names:
            found |= names
            line[at].use()
    for at in line.places("except_after"):
        names = _run(line, at, -1)
        if names:
            found |= names
            line[at].use()
    return found


def _run(line: Line, at: int, step: int) -> set[int]:
    """The names that follow (or come before) a place, with nothing but `and` between them."""
    found: set[int] = set()
    place = at + step
    joined = True
    while 0 <= place < len(line):
        item = line[place]
        if item.names:
            alike = {line[one].names[0].dimension for one in found}
            if found and not joined and item.names[0].dimension not in alike:
                break
            found.add(place)
            joined = False
        elif not (item.filler or item.used or item.cue(*LISTING, "all")):
            break
        elif item.cue("except_after") and found:
            item.use()
            break
        joined = joined or item.cue("and", "or")
        place += step
    return found


def read_comparison(draft: Draft) -> None:
    """Two values side by side, or each of several."""
    line = draft.line
    several = [one for one in draft.filters if one.op == "is" and len(one.values) > 1]
    if not several:
        return
    asked = line.has("compare", "comparative", "growth") or _more_than_name(line)
    if line.use("respectively"):
        draft.group(several[0].field)
    elif asked and draft.compare is None:
        line.use("compare", "comparative", "or", "and")
        if len(several[0].values) == 2:
            draft.compare_values = True
        else:
            draft.group(several[0].field)
    elif line.has("or") and line.has("most", "least", "best", "worst", "who", "which"):
        draft.compare_values = len(several[0].values) == 2
        line.use("most", "least", "best", "worst", "who", "which", "or")


def _more_than_name(line: Line) -> bool:
    """`did East sell more than West`: not a threshold."""
    for at in line.places("over", "under"):
        after = line.after(at)
        if after is not None and line[after].names:
            line[at].use()
            return True
    return False
