"""A reply's chart as a picture, for channels that show no SVG."""

import structlog
from anyio import BrokenWorkerProcess

from core.drawing import Look, draw_apart
from core.ports import Labels
from core.reply import Chart, Reply, Table

LEAST_ROWS = 2
log = structlog.get_logger("charts")


async def png_of(reply: Reply, labels: Labels) -> bytes | None:
    """The chart as PNG on white; None where there is none to draw, or a character of it would be an empty box.

    None, too, where it can't be drawn: the numbers are in the table, and an answer does not wait for its picture.
    """
    table = reply.table
    if reply.chart is None or table is None or len(table.rows) < LEAST_ROWS:
        return None
    look = Look(lang=reply.lang, solid=True)
    try:
        return await draw_apart(_picture, table, reply.chart, look, dict(labels(reply.lang)))
    except (BrokenWorkerProcess, ValueError) as error:
        log.warning("charts.left_out", error=type(error).__name__)
        return None


def _picture(table: Table, chart: Chart, look: Look, names: dict[str, str]) -> bytes | None:
    from connectors.rendering.pictures import picture  # noqa: PLC0415 (heavy, and only wanted in the process that draws)

    return picture(table, chart, look, names)
