"""Which picture suits a table: a line for a trend, bars for a ranking."""

from core.reply import Chart, Table
from tools.metrics.compiler import column_name
from tools.metrics.frame import Frame
from tools.metrics.groups import grain_at
from tools.metrics.query import MetricQuery

LEAST_TREND = 3
LEAST_BARS = 2
MOST_BARS = 30


def chart_of(frame: Frame, question: MetricQuery, table: Table) -> Chart | None:
    """A line over at least three stretches of time, bars for two to thirty groups, else nothing."""
    groups = question.group_by
    if not groups or not table.rows:
        return None
    measure = column_name(question, question.metrics[0])
    place = grain_at(frame, groups)
    if place is not None:
        stretches = {row[place] for row in table.rows}
        series = next((name for at, name in enumerate(groups) if at != place), None)
        if len(stretches) < LEAST_TREND:
            return None
        return Chart(kind="line", x=groups[place], y=measure, series=series)
    if not LEAST_BARS <= len(table.rows) <= MOST_BARS:
        return None
    return Chart(kind="bar", x=groups[0], y=measure, series=groups[1] if len(groups) > 1 else None)
