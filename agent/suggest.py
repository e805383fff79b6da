"""What can sensibly be asked next."""

from agent.wording import word
from core.identity import Role
from core.reply import Status
from core.wording import Lang
from tools.metrics.query import Answer, MetricQuery

MOST = 3
TOP = 5
BREAKDOWNS = {
    Role.REP: ("product", "account"),
    Role.MANAGER: ("rep", "product", "account"),
    Role.DIRECTOR: ("region", "rep", "product"),
}


def follow_ups(answer: Answer, role: Role, lang: Lang) -> tuple[str, ...]:
    """Up to three questions that amend the one just answered."""
    if answer.status is not Status.ANSWERED or not isinstance(answer.question, MetricQuery):
        return ()
    rows = len(answer.table.rows) if answer.table else 0
    keys = _keys(answer.question, BREAKDOWNS.get(role, ()), rows)
    return tuple(word(f"next.{key}", lang) for key in keys[:MOST])


def _keys(question: MetricQuery, breakdowns: tuple[str, ...], rows: int) -> list[str]:
    if question.compare is not None or question.compare_values or question.distinct:
        return []
    if question.group_by:
        ranked = len(question.group_by) == 1 and question.group_by[0] in breakdowns
        return ["top"] if ranked and question.limit is None and rows > TOP else []
    fixed = {one.field for one in question.filters}
    by_time = ["year_ago", "by_month"] if question.period is not None else []
    return [*by_time, *(f"by_{name}" for name in breakdowns if name not in fixed)]
