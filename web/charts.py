"""The charts of turns, kept once they were drawn."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from core.charts import Look, draw
from core.reply import Chart, Column, Table


class Gallery:
    """Draws charts and keeps the last ones; safe to use from many threads."""

    def __init__(self, size: int = 200) -> None:
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, Look], str] = OrderedDict()

    def warm(self) -> None:
        """Load the drawing engine, so that nobody waits for it."""
        table = Table(columns=(Column(name="x"), Column(name="y", unit="count")), rows=(("a", 1), ("b", 2)))
        draw(table, Chart(kind="bar", x="x", y="y"), Look())

    def chart(self, turn_id: str, table: Table, chart: Chart, look: Look, *, names: Mapping[str, str]) -> str:
        """The chart of a turn; turns never change, so it is drawn once."""
        key = (turn_id, look)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        svg = draw(table, chart, look, names=names)
        with self._lock:
            self._kept[key] = svg
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return svg
