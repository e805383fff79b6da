"""Charts as SVG text, drawn from a reply's table: a line for a trend, bars for a ranking. No browser is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal
from unicodedata import east_asian_width

import altair as alt
import numpy as np
import vl_convert
import yaml

from core.drawing import Look
from core.reply import Chart, Column, Table, Unit
from core.wording import Lang, phrases

assert np  # Altair looks at a numpy that another thread may be half way through importing; so it is imported first.
Row = dict[str, str | float | None]
LONGEST_NAME = 180
TITLE_HEIGHT = 24
Drawing = alt.Chart | alt.LayerChart


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: rows of x, y and series, and how they are called."""

    kind: Literal["line", "bar"]
    rows: list[Row]
    x_title: str
    y_title: str
    unit: Unit | None
    has_series: bool


@cache
def style() -> dict[str, Any]:
    """Colours, fonts and sizes of charts."""
    found = yaml.safe_load((Path(__file__).parent / "charts.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def draw(table: Table, chart: Chart, look: Look, *, names: Mapping[str, str] | None = None) -> str:
    """The chart as SVG whose text stays text, so that the reader's own fonts show it."""
    plot = _plot(table, chart, names or {}, style())
    layers = _line(plot, look) if plot.kind == "line" else _bars(plot, look)
    spec = _dressed(layers, plot, look).to_dict()
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])


def _plot(table: Table, chart: Chart, names: Mapping[str, str], look: dict[str, Any]) -> Plot:
    places = {column.name: place for place, column in enumerate(table.columns)}
    x, y = places[chart.x], places[chart.y]
    series = places[chart.series] if chart.series else None
    rows: list[Row] = [
        {
            "x": _named(names, chart.x, row[x]),
            "y": _number(row[y]),
            "s": _named(names, chart.series or "", row[series]) if series is not None else "",
        }
        for row in table.rows
    ]
    limit = int(look["most_bars" if chart.kind == "bar" else "most_points"])
    shown = _top_series([row for row in rows if row["y"] is not None], int(look["most_series"]))[:limit]
    column: Column = table.columns[y]
    return Plot(
        kind=chart.kind,
        rows=shown,
        x_title=_titled(names.get(chart.x, chart.x)),
        y_title=_titled(names.get(chart.y, chart.y)),
        unit=column.unit,
        has_series=series is not None,
    )


def _titled(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")


def _named(names: Mapping[str, str], column: str, cell: object) -> str:
    text = "" if cell is None else str(cell)
    return names.get(f"{column}={text}", text)


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float | Decimal) else None


def _top_series(rows: list[Row], most: int) -> list[Row]:
    totals: dict[object, float] = {}
    for row in rows:
        totals[row["s"]] = totals.get(row["s"], 0.0) + float(row["y"] or 0)
    kept = set(sorted(totals, key=lambda name: -totals[name])[:most])
    return [row for row in rows if row["s"] in kept]


def _sizes(lang: Lang) -> list[tuple[int, str]]:
    """Large units, the smallest first: "1000 K" is (1000, "K")."""
    told = (text.split() for key, text in phrases(lang).items() if key.startswith("charts.units."))
    return sorted((int(size), word) for size, word in told)


def _words_of(field: str, unit: Unit | None, lang: Lang) -> str:
    """A Vega expression that words a number as people of that language do: 1.2M, or the same in ten thousands."""
    if unit in ("ratio", "percent"):
        scaled = field if unit == "ratio" else f"({field} / 100)"
        return f"format({scaled}, '.1~%')"
    expression = f"format({field}, ',.2~f')"
    for size, word in _sizes(lang):
        expression = f"(abs({field}) >= {size} ? format({field} / {size}, ',.2~f') + '{word}' : {expression})"
    return expression


def _line(plot: Plot, look: Look) -> Drawing:
    words = _words_of("datum.value", plot.unit, look.lang)
    above: dict[str, Any] = {"titleAngle": 0, "titleAnchor": "end", "titleAlign": "left", "titleX": 0, "titleY": -10}
    axis = alt.Axis(labelExpr=words, title=plot.y_title, tickCount=5, **above)
    base = alt.Chart(alt.InlineData(values=plot.rows)).encode(
        x=alt.X("x:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, grid=False)),
        y=alt.Y("y:Q", axis=axis),
    )
    line = base.mark_line(point=alt.OverlayMarkDef(size=36, filled=True), strokeWidth=2.25)
    drawn: Drawing = line.encode(color=_colour(look)) if plot.has_series else line
    return drawn


def _bars(plot: Plot, look: Look) -> Drawing:
    base = (
        alt.Chart(alt.InlineData(values=plot.rows))
        .transform_calculate(words=_words_of("datum.y", plot.unit, look.lang))
        .encode(
            y=alt.Y(
                "x:N",
                sort=None,
                title=None,
                axis=alt.Axis(minExtent=_room(plot.rows)),
                scale=alt.Scale(paddingInner=style()["bar_gap"]),
            ),
            x=alt.X("y:Q", axis=None),
        )
    )
    if plot.has_series:
        base = base.encode(yOffset=alt.YOffset("s:N", sort=None))
    bars = base.mark_bar(cornerRadiusEnd=2)
    bars = bars.encode(color=_colour(look)) if plot.has_series else bars
    words = base.mark_text(align="left", dx=6, clip=False).encode(text="words:N")
    drawn: Drawing = bars + words
    return drawn


def _room(rows: list[Row]) -> int:
    """Pixels for the names of bars in whatever font the reader has: wide glyphs take twice a letter."""
    lengths = (sum(2 if east_asian_width(glyph) in "WF" else 1 for glyph in str(row["x"])) for row in rows)
    return min(round(max(lengths, default=0) * 7.2) + 12, LONGEST_NAME)


def _colour(look: Look) -> alt.Color:
    columns = style()["legend_columns"][look.size]
    return alt.Color("s:N", sort=None, title=None, legend=alt.Legend(orient="bottom", columns=columns))


def _height(plot: Plot, look: dict[str, Any]) -> int:
    if plot.kind == "line":
        return int(look["line_height"])
    return int(look["bar_height"]) * max(len(plot.rows), 2) + 24


def _dressed(chart: Drawing, plot: Plot, look: Look) -> Drawing:
    looks = style()
    colours, font = looks["themes"][look.theme], looks["font"]
    axis = {
        "domain": False,
        "ticks": False,
        "labelPadding": 8,
        "gridColor": colours["grid"],
        "labelLimit": LONGEST_NAME,
    }
    text = {"labelColor": colours["ink"], "titleColor": colours["quiet"], "labelFontSize": 12, "titleFontSize": 12}
    title = {"titleFontWeight": "normal", "titlePadding": 10}
    dressed: Drawing = (
        chart.properties(
            width=looks["widths"][look.size],
            height=_height(plot, looks) + (TITLE_HEIGHT if look.solid and plot.kind == "bar" else 0),
            description=f"{plot.y_title}, {plot.x_title}",
            autosize=alt.AutoSizeParams(type="fit", contains="padding"),
            background=colours["paper"] if look.solid else "transparent",
            padding={"left": 4, "right": 64 if plot.kind == "bar" else 16, "top": 12, "bottom": 4},
        )
        .configure(font=font)
        .configure_view(stroke=None)
        .configure_axis(**axis, **text, **title)
        .configure_legend(labelColor=colours["ink"], labelFontSize=12, symbolType="circle")
        .configure_range(category=colours["series"])
        .configure_mark(color=colours["series"][0])
        .configure_text(color=colours["ink"], fontSize=12)
    )
    if look.solid and plot.kind == "bar":
        dressed = dressed.properties(title=plot.y_title).configure_title(
            anchor="start", color=colours["quiet"], fontSize=12, fontWeight="normal", offset=10
        )
    return dressed
