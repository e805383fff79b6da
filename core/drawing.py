"""Charts drawn in a process of their own: the engine that draws them holds up every thread of the process it is in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, TypeVarTuple

import structlog
from anyio import BrokenWorkerProcess, to_process

from core.reply import Chart, Table
from core.wording import Lang

Drawn = TypeVar("Drawn")
Given = TypeVarTuple("Given")
log = structlog.get_logger("charts")


@dataclass(frozen=True, slots=True)
class Look:
    """For whom a chart is drawn."""

    lang: Lang = "en"
    theme: Literal["light", "dark"] = "light"
    size: Literal["wide", "narrow"] = "wide"
    solid: bool = False
    """By itself: on paper of the theme's colour, and told what its bars are."""


async def draw_apart(work: Callable[[*Given], Drawn], *given: *Given) -> Drawn:
    """What `work` makes in the one process that draws for this loop; BrokenWorkerProcess if it died twice over it.

    The process starts with the first drawing, and ends with the loop or with the process that asked.
    """
    to_process.current_default_process_limiter().total_tokens = 1
    try:
        return await to_process.run_sync(work, *given)
    except BrokenWorkerProcess:
        log.warning("charts.drawn_again")
        return await to_process.run_sync(work, *given)


async def draw_svg(table: Table, chart: Chart, look: Look, *, names: Mapping[str, str] | None = None) -> str:
    """The chart as SVG whose text stays text, so that the reader's own fonts show it."""
    return await draw_apart(_svg, table, chart, look, dict(names or {}))


def _svg(table: Table, chart: Chart, look: Look, names: dict[str, str]) -> str:
    from core.charts import draw  # noqa: PLC0415 (heavy, and only wanted in the process that draws)

    return draw(table, chart, look, names=names)
