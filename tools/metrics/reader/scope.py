"""Whose numbers are asked for: one's own, a team's, the company's."""

from core.identity import Role
from tools.metrics.lexicon.words import Meaning
from tools.metrics.query import Average
from tools.metrics.reader.draft import Draft

AVERAGES: tuple[tuple[str, Average], ...] = (
    ("average_of_team", "team"),
    ("average_of_region", "region"),
    ("average_of_company", "company"),
)
COUNTING = ("group", "which", "how_many", "most", "least", "best", "worst", "distinct")


def read_scope(draft: Draft) -> None:
    """Read `my team`, `the whole company`, `I personally`, and averages of a group."""
    _read_company(draft)
    _read_average(draft)
    line, me = draft.line, draft.me
    line.use("my")
    if line.use("self") and draft.identity.role is not Role.REP:
        draft.filter("rep", "is", draft.identity.name)
    if line.use("my_team") and draft.average is None:
        manager = draft.lexicon.person(me.manager_id) if me and me.manager_id else None
        if draft.identity.role is Role.REP and manager is not None:
            draft.filter("manager", "is", manager.name)
    if line.use("my_region") and draft.average is None and (region := draft.identity.region or (me and me.region)):
        draft.filter("region", "is", region)
    if line.use("whole") and draft.average is None:
        draft.whole_company = True


def _read_company(draft: Draft) -> None:
    """A bare `company` is ours; counted or ranked, companies are customers."""
    line = draft.line
    for at in line.places("company"):
        before, after = line.before(at), line.after(at)
        counted = (before is not None and (line[before].cue(*COUNTING) or line[before].kind == "number")) or (
            after is not None and line[after].cue("average")
        )
        if counted:
            line[at].meanings = (Meaning("dimension", "account"),)
        else:
            line[at].use()
            draft.whole_company = True


def _read_average(draft: Draft) -> None:
    line = draft.line
    for cue, group in AVERAGES:
        if line.use(cue):
            draft.average = group
    if draft.average is not None:
        line.use("compare", "comparative", "over", "under", "most", "least", "best", "worst", "self", "my", "doing")
