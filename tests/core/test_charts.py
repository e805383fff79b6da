from decimal import Decimal
from xml.etree import ElementTree

import pytest

from core.charts import draw
from core.drawing import Look
from core.reply import Chart, Column, Table
from tests.web.standin import RANKING, TREND

SVG = "{http://www.w3.org/2000/svg}"
BARS = Chart(kind="bar", x="region", y="revenue")
LINE = Chart(kind="line", x="month", y="revenue")


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("look", "worded"),
    [(Look(lang="en"), ["2.35M", "1.8M", "950K"]), (Look(lang="zh"), ["234.57万", "180万", "95万"])],
)
def test_bars_are_worded_as_people_of_the_language_do(look: Look, worded: list[str]) -> None:
    found = texts(draw(RANKING, BARS, look))
    assert found[:3] == ["East", "华南", "=West"]
    assert [text for text in found if text in worded] == worded


def test_a_line_has_a_point_a_row_and_the_title_of_its_measure() -> None:
    svg = draw(TREND, LINE, Look(), names={"revenue": "won amount"})
    found = texts(svg)
    assert [text for text in found if text.startswith("2026-")] == [f"2026-{month:02}" for month in range(1, 7)]
    assert "Won amount" in found


def test_ratios_are_per_cent() -> None:
    assert "63.1%" in texts(draw(RANKING, Chart(kind="bar", x="region", y="win_rate"), Look()))


def test_text_stays_text_in_the_readers_fonts_and_nothing_is_fetched() -> None:
    svg = draw(RANKING, BARS, Look(theme="dark"))
    assert "PingFang SC" in svg
    assert "href" not in svg.replace('xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    assert "<script" not in svg
    assert 'fill="white"' not in svg


def test_names_are_never_markup() -> None:
    table = Table(
        columns=(Column(name="region"), Column(name="revenue", unit="money")),
        rows=(("<script>alert(1)</script>", Decimal(1)), ("'+datum+'", Decimal(2))),
    )
    svg = draw(table, BARS, Look())
    assert "<script" not in svg
    assert texts(svg)[:2] == ["<script>alert(1)</script>", "'+datum+'"]


def test_series_are_told_apart_and_kept_to_the_largest() -> None:
    columns = (Column(name="month"), Column(name="region"), Column(name="revenue", unit="count"))
    rows = tuple((f"2026-0{month}", f"R{region}", region * 10) for month in (1, 2, 3) for region in range(1, 12))
    chart = Chart(kind="line", x="month", y="revenue", series="region")
    named = {text for text in texts(draw(Table(columns=columns, rows=rows), chart, Look())) if text.startswith("R")}
    assert named - {"Revenue"} == {"R5", "R6", "R7", "R8", "R9", "R10", "R11"}


def test_rows_without_a_number_are_left_out() -> None:
    columns = (Column(name="region"), Column(name="win_rate", unit="ratio"))
    table = Table(columns=columns, rows=(("East", Decimal("0.5")), ("West", None)))
    found = texts(draw(table, Chart(kind="bar", x="region", y="win_rate"), Look()))
    assert ("East" in found, "West" in found) == (True, False)


def test_a_picture_by_itself_has_paper_and_says_what_its_bars_are() -> None:
    svg = draw(RANKING, BARS, Look(solid=True), names={"revenue": "won amount"})
    assert 'fill="#ffffff"' in svg
    assert "Won amount" in texts(svg)
