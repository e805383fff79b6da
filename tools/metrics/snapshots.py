"""Metrics that are only known as they stand today: no history is kept, so no other day can be answered."""

from core.reply import Status
from tools.metrics.frame import Frame, Refused
from tools.metrics.groups import grain_at
from tools.metrics.query import MetricQuery, Refusal


def check_snapshots(frame: Frame, question: MetricQuery) -> None:
    """Refused where a snapshot is asked for days without today, over time, or against another period."""
    names = [*question.metrics, *(one.metric for one in question.having)]
    snapshots = [name for name in names if frame.catalogue.metrics[name].snapshot]
    if not snapshots:
        return
    period = question.period
    elsewhere = period is not None and not period.start <= frame.today <= period.end
    if elsewhere or question.compare is not None or grain_at(frame, question.group_by) is not None:
        raise Refused(Refusal(Status.UNDEFINED, "no_history", {"metric": snapshots[0]}))
