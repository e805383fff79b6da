"""What can sensibly be asked next."""

from agent.wording import word
from core.reply import Status
from core.wording import Lang
from tools.metrics.query import Answer, MetricQuery

MOST = 3
BREAKDOWNS = ("region", "rep", "product", "account")


def follow_ups(answer: Answer, lang: Lang) -> tuple[str, ...]:
    """Up to three questions that amend the one just answered."""
    if answer.status is not Status.ANSWERED or not isinstance(answer.question, MetricQuery):
        return ()
    return tuple(
        word(f"next.{key}", lang) for key in _keys(answer.question, len(answer.table.rows if answer.table else ()))
    )[:MOST]


def _keys(question: MetricQuery, rows: int) -> list[str]:
    keys = []
    fixed = {one.field for one in question.filters}
    plain = question.compare is None and not question.compare_values
    if question.period is not None and plain and not question.group_by:
        keys.append("year_ago")
    if question.period is not None and plain and "month" not in question.group_by and len(question.group_by) < 1:
        keys.append("by_month")
    if not question.group_by and not question.distinct:
        keys += [f"by_{name}" for name in BREAKDOWNS if name not in fixed]
    elif len(question.group_by) == 1 and plain and not question.share and rows > MOST:
        keys += ["top"] if question.limit is None and question.group_by[0] in BREAKDOWNS else []
    return keys
