"""What cells say, read exactly or not at all."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from connectors.records.kinds import Field
from connectors.records.mapping import NumberFormat
from connectors.records.values import (
    BadValue,
    DateReader,
    NumberReader,
    as_text,
    good_date_format,
    read_boolean,
    read_choice,
    read_period,
)
from db.tables import Stage


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.5"),
        ("1234.5", "1234.5"),
        ("$1,234.50", "1234.5"),
        ("USD 1,234.50", "1234.5"),
        ("1,234.50 EUR", "1234.5"),
        ("¥１，２３４.５０", "1234.5"),
        ("(120.00)", "-120"),
        ("($120.00)", "-120"),
        ("-$120", "-120"),
        ("$-120", "-120"),
        ("120-", "-120"),
        ("−5", "-5"),
        ("+5", "5"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("￥88元", "88"),
        ("RMB 88", "88"),
        ("A$7", "7"),
        (12, "12"),
        (0.1 + 0.2, "0.3"),
        (Decimal("10.00"), "10"),
    ],
)
def test_amounts_as_people_write_them(text: Any, amount: str) -> None:
    assert NumberReader(NumberFormat()).money(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["1.234,50", "12,34", "1,2345", "12k", "five", "1 234", "--5", "", "$", "1.2.3", "()", "1,234,5", True, "abc5"],
)
def test_what_is_not_an_amount_as_declared_is_not_read(text: Any) -> None:
    with pytest.raises(BadValue):
        NumberReader(NumberFormat()).money(text)


@pytest.mark.parametrize(
    ("form", "text", "amount"),
    [
        ({"thousands": ".", "decimal": ","}, "€1.234,50", "1234.5"),
        ({"thousands": " ", "decimal": ","}, "1 234,50", "1234.5"),
        ({"thousands": " ", "decimal": ","}, "1\u00a0234,50", "1234.5"),
        ({"thousands": "'"}, "1'234.50", "1234.5"),
        ({"thousands": ""}, "1234.50", "1234.5"),
        ({"scale": "1000"}, "1.5", "1500"),
        ({"percent": "true"}, "12%", "0.12"),
        ({"percent": "true"}, "12", "0.12"),
        ({"suffixes": {"k": "1000", "万": "10000"}}, "$12k", "12000"),
        ({"suffixes": {"k": "1000", "万": "10000"}}, "3.5万", "35000"),
        ({"round": "2"}, "1.23456", "1.23"),
    ],
)
def test_declared_forms(form: dict[str, Any], text: str, amount: str) -> None:
    assert NumberReader(NumberFormat.model_validate(form)).money(text) == Decimal(amount)


def test_money_is_never_rounded_unasked_and_has_a_size() -> None:
    reader = NumberReader(NumberFormat())
    assert reader.money("0.1234") == Decimal("0.1234")
    for text, reason in (("0.12345", "too_many_decimals"), ("1" + "0" * 16, "too_large"), ("1e999999", "too_large")):
        with pytest.raises(BadValue) as caught:
            reader.money(text)
        assert caught.value.reason == reason
    with pytest.raises(BadValue):
        reader.whole("2.5")
    with pytest.raises(BadValue):
        reader.money(float("inf"))
    assert reader.whole("2.0") == 2


@pytest.mark.parametrize(
    ("formats", "value", "day"),
    [
        ([], "2017-03-01", dt.date(2017, 3, 1)),
        ([], "2017/3/1", dt.date(2017, 3, 1)),
        ([], "20170301", dt.date(2017, 3, 1)),
        ([], "2017.03.01 08:30", dt.date(2017, 3, 1)),
        ([], "2017-03-01T08:30:00", dt.date(2017, 3, 1)),
        ([], "2017年3月1日", dt.date(2017, 3, 1)),
        ([], "2017-03-01T23:30:00Z", dt.date(2017, 3, 2)),
        ([], dt.datetime.fromisoformat("2017-03-01 09:00"), dt.date(2017, 3, 1)),
        ([], dt.date(2017, 3, 1), dt.date(2017, 3, 1)),
        (["DD/MM/YYYY"], "01/03/2017", dt.date(2017, 3, 1)),
        (["D/M/YY"], "1/3/17", dt.date(2017, 3, 1)),
        (["MM/DD/YYYY"], "03/01/2017", dt.date(2017, 3, 1)),
        (["D MMM YYYY"], "1 Mar 2017", dt.date(2017, 3, 1)),
        (["MMMM D, YYYY"], "March 1, 2017", dt.date(2017, 3, 1)),
        (["DD.MM.YYYY HH:mm"], "01.03.2017 08:30", dt.date(2017, 3, 1)),
        (["%d-%b-%y"], "01-Mar-17", dt.date(2017, 3, 1)),
        (["DD/MM/YYYY", "iso"], "2017-03-01", dt.date(2017, 3, 1)),
        (["YYYY年M月D日"], "2017年3月1日", dt.date(2017, 3, 1)),
        (["excel"], "42795", dt.date(2017, 3, 1)),
        (["unix"], "1488326400", dt.date(2017, 3, 1)),
    ],
)
def test_dates_as_declared(formats: list[str], value: Any, day: dt.date) -> None:
    assert DateReader(formats, "Asia/Shanghai").date(value) == day


@pytest.mark.parametrize(
    ("formats", "value", "reason"),
    [
        ([], "01/03/2017", "ambiguous_date"),
        ([], "3/1/17", "ambiguous_date"),
        ([], "42795", "not_a_date"),
        ([], "soon", "not_a_date"),
        ([], "2017-02-30", "not_a_date"),
        ([], "2017-03-01 nonsense", "not_a_date"),
        (["DD/MM/YYYY"], "31/02/2017", "not_in_format"),
        (["DD/MM/YYYY"], "2017-03-01", "not_in_format"),
        (["excel"], "1e99", "not_in_format"),
    ],
)
def test_dates_are_never_guessed(formats: list[str], value: Any, reason: str) -> None:
    with pytest.raises(BadValue) as caught:
        DateReader(formats, "UTC").date(value)
    assert caught.value.reason == reason


def test_a_moment_without_a_zone_is_the_companys() -> None:
    found = DateReader([], "Asia/Shanghai").moment("2026-01-01 08:00")
    assert found.astimezone(dt.UTC) == dt.datetime(2026, 1, 1, 0, 0, tzinfo=dt.UTC)
    assert DateReader([], "Asia/Shanghai").moment("2026-01-01T08:00+00:00").astimezone(dt.UTC).hour == 8


@pytest.mark.parametrize("form", ["YYYY-MM-DD", "D/M/YY", "%d.%m.%Y", "MMM D YYYY", "iso", "excel", "unix", "YYYYMMDD"])
def test_good_formats(form: str) -> None:
    assert good_date_format(form)


@pytest.mark.parametrize("form", ["DD/MM", "YYYY", "%Q", "dd/mm/yyyy", "", "MM/YY", "%d/%m/%Y %"])
def test_bad_formats(form: str) -> None:
    assert not good_date_format(form)


def test_yes_and_no() -> None:
    assert [read_boolean(text) for text in ("Yes", "TRUE", "1", 1, "是", "y")] == [True] * 6
    assert [read_boolean(text) for text in ("no", "False", 0, "0", "否", False)] == [False] * 6
    with pytest.raises(BadValue):
        read_boolean("maybe")


def test_a_choice_in_any_case_and_the_nearest_for_a_typo() -> None:
    read = read_choice(Field("stage", "choice", True, tuple(Stage), Stage))
    assert read(" WON ") is Stage.WON
    with pytest.raises(BadValue) as caught:
        read("engagin")
    assert caught.value.params["near"] == "engaging"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
        ("2026-12", dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
        ("202603", dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
        ("2026Q1", dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
        ("2026-q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31)),
        ("2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        (2026, dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        ("2026年三季度", dt.date(2026, 7, 1), dt.date(2026, 9, 30)),
        ("2026年5月", dt.date(2026, 5, 1), dt.date(2026, 5, 31)),
    ],
)
def test_periods(text: Any, first: dt.date, last: dt.date) -> None:
    assert read_period(text) == (first, last)


@pytest.mark.parametrize("text", ["2026-13", "Q1", "soon", "2026-00"])
def test_no_period(text: str) -> None:
    with pytest.raises(BadValue):
        read_period(text)


def test_cells_as_text() -> None:
    values = [1001.0, 1001, True, Decimal("5.00"), dt.date(2026, 1, 2), " a ", 0.5, Decimal(100)]
    assert [as_text(value) for value in values] == ["1001", "1001", "true", "5", "2026-01-02", "a", "0.5", "100"]
