"""The charts of turns, kept once they were drawn."""

from collections import OrderedDict
from collections.abc import Mapping

from core.drawing import Look, draw_svg
from core.reply import Chart, Column, Table


class Gallery:
    """Draws charts and keeps the last ones; for one event loop."""

    def __init__(self, size: int = 200) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[str, Look], str] = OrderedDict()

    async def warm(self) -> None:
        """Load the drawing engine, so that nobody waits for it."""
        table = Table(columns=(Column(name="x"), Column(name="y", unit="count")), rows=(("a", 1), ("b", 2)))
        await draw_svg(table, Chart(kind="bar", x="x", y="y"), Look())

    async def chart(self, turn_id: str, table: Table, chart: Chart, look: Look, *, names: Mapping[str, str]) -> str:
        """The chart of a turn; turns never change, so it is drawn once."""
        key = (turn_id, look)
        if key not in self._kept:
            self._kept[key] = await draw_svg(table, chart, look, names=names)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
