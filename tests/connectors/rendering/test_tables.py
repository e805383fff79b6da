from decimal import Decimal

import pytest

from connectors.rendering.tables import Reader, aligned, fits, grid_of, listed, rest_of
from connectors.rendering.text import width
from core.reply import Column, Table
from tests.connectors.rendering.samples import NAMES, TABLE, long_table

EN, ZH = Reader(NAMES["en"], "en", "CNY"), Reader(NAMES["zh"], "zh", "CNY")


def test_columns_stand_below_each_other_whatever_is_in_them() -> None:
    assert aligned(grid_of(TABLE, EN, most=9)).splitlines() == [
        "Region        Won amount  Win rate",
        "---------  -------------  --------",
        "East       ¥2,345,678.50    63.1 %",
        "华南          ¥1,800,000      50 %",
        "👩‍👩‍👧 & <Co>       ¥950,000",
    ]


def test_numbers_are_worded_by_the_language_and_values_by_their_names() -> None:
    lines = aligned(grid_of(TABLE, ZH, most=9)).splitlines()
    assert lines[0].split() == ["大区", "赢单金额", "赢单率"]
    assert lines[2].split() == ["东区", "234.57万元", "63.1%"]
    assert len({width(line) for line in lines[:4]}) == 1


@pytest.mark.parametrize(
    ("column", "cell", "en", "zh"),
    [
        (Column(name="month"), "2026-01", "January 2026", "2026年1月"),
        (Column(name="close_date", unit="date"), "2026-06-17", "17 June 2026", "2026年6月17日"),
        (Column(name="win_rate_change", unit="ratio"), Decimal("0.031"), "+3.1 pts", "+3.1 个百分点"),
        (Column(name="cycle", unit="days"), Decimal("12.34"), "12.3 days", "12.3天"),
        (Column(name="note"), "two\n lines\t|", "two lines |", "two lines |"),
        (Column(name="note"), None, "", ""),
    ],
)
def test_cells(column: Column, cell: Decimal | str | None, en: str, zh: str) -> None:
    table = Table(columns=(column,), rows=((cell,),))
    assert [grid_of(table, reader, most=1).rows[0][0] for reader in (EN, ZH)] == [en, zh]


def test_a_long_table_says_how_much_is_left_out() -> None:
    grid = grid_of(long_table(200), EN, most=25)
    assert (len(grid.rows), rest_of(grid, "en"), rest_of(grid, "zh")) == (25, "… 175 more rows", "……还有 175 行")
    assert grid_of(long_table(26), EN, most=25).more == 0
    cut_short = Table(columns=TABLE.columns, rows=TABLE.rows, truncated=True)
    assert rest_of(grid_of(cut_short, EN, most=9), "en") == "There are more rows than are shown."


def test_a_wide_table_becomes_a_list() -> None:
    grid = grid_of(long_table(2, columns=12), EN, most=9)
    assert not fits(grid, 40)
    assert listed(grid, "en").split("\n\n")[1].splitlines()[:3] == ["客户 1", "C1: 1", "C2: 2"]


def test_cells_from_right_to_left_turn_nothing_around() -> None:
    table = Table(columns=TABLE.columns[:2], rows=(("שלום", Decimal(5)), ("East", Decimal(7))))
    lines = aligned(grid_of(table, EN, most=9)).splitlines()
    assert lines[2].startswith("\u2068שלום\u2069 ")
    assert width(lines[2]) == width(lines[3])


def test_a_very_long_cell_is_cut() -> None:
    table = Table(columns=TABLE.columns[:2], rows=(("中" * 200, Decimal(5)),))
    assert "中…" in aligned(grid_of(table, EN, most=9))


def test_a_table_without_rows_is_its_heads() -> None:
    assert len(aligned(grid_of(Table(columns=TABLE.columns, rows=()), EN, most=9)).splitlines()) == 2
