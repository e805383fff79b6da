from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language import detect, fold, format_date, format_exact, format_number
from core.wording import Lang


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("revenue last quarter", "en"),
        ("上个季度业绩", "zh"),
        ("上个季度的revenue是多少", "zh"),
        ("Q3 华东 revenue 多少", "zh"),
        ("show me revenue for 华东", "en"),
        ("how much did 上海某某科技有限公司 buy", "en"),
        ("Acme Corp 的单子", "zh"),
        ("那上个月呢?", "zh"),
        ("YTD", "en"),
        ("", "en"),
        ("123", "en"),
        ("华东", "zh"),
    ],
)
def test_the_language_is_that_of_the_grammar(text: str, lang: Lang) -> None:
    assert detect(text) == lang


def test_folding_narrows_and_lowers() -> None:
    assert fold("Ｑ３　２０２５，ＯＫ？") == "q3 2025,ok?"
    assert fold("上個週") == "上个周"


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (Decimal("1234567.5"), "money", "¥1,234,567.50", "123.46万元"),
        (Decimal(150000000), "money", "¥150,000,000", "1.5亿元"),
        (Decimal(9999), "money", "¥9,999", "9,999元"),
        (Decimal("0.631"), "ratio", "63.1 %", "63.1%"),
        (Decimal("12.5"), "percent", "12.5 %", "12.5%"),
        (Decimal(3), "count", "3", "3"),
        (Decimal(12345), "count", "12,345", "1.23万"),
        (Decimal("45.25"), "days", "45.3 days", "45.3天"),
        (Decimal(-25000), "money", "-¥25,000", "-2.5万元"),
        (Decimal(0), "money", "¥0", "0元"),
        (42, None, "42", "42"),
    ],
)
def test_figures_are_written_as_people_read_them(value: Any, unit: Any, en: str, zh: str) -> None:
    assert format_number(value, unit, "en", "CNY") == en
    assert format_number(value, unit, "zh", "CNY") == zh


def test_the_exact_figure_is_there_when_it_is_shortened() -> None:
    assert format_exact(Decimal("1234567.50"), "money", "zh", "CNY") == "1,234,567.50元"


def test_a_currency_without_a_sign_shows_its_code() -> None:
    assert format_number(Decimal(5), "money", "en", "SEK") == "SEK 5"


def test_days_are_written_out() -> None:
    assert format_date(date(2025, 3, 4), "en") == "4 March 2025"
    assert format_date(date(2025, 3, 4), "zh") == "2025年3月4日"
