import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numbers import find_numbers

SHARED = Path(__file__).parents[3] / "shared" / "data" / "datetime"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("over 5k", "5000", None),
        ("1.2m", "1200000", None),
        ("2 million", "2000000", None),
        ("two hundred", "200", None),
        ("ten deals", "10", None),
        ("one hundred and twenty", "120", None),
        ("twenty-five", "25", None),
        ("half a million", "500000", None),
        ("two and a half million", "2500000", None),
        ("a dozen", "12", None),
        ("a hundred", "100", None),
        ("2bn", "2000000000", None),
        ("1,250,000.50", "1250000.50", None),
        ("10%", "10", "percent"),
        ("30 per cent", "30", "percent"),
        ("12.5 percent", "12.5", "percent"),
        ("-5%", "-5", "percent"),
        ("$5,000", "5000", "money"),
        ("US$ 10 billion", "10000000000", "money"),
        ("50 thousand dollars", "50000", "money"),
        ("¥300", "300", "money"),
        ("RMB 20k", "20000", "money"),
        ("两百万", "2000000", None),
        ("两百三十万", "2300000", None),
        ("三万五", "35000", None),
        ("3千5", "3500", None),
        ("1万2千", "12000", None),
        ("1.5亿", "150000000", None),
        ("一亿两千万", "120000000", None),
        ("一百零五", "105", None),
        ("一百二", "120", None),
        ("三百二十五", "325", None),
        ("十二", "12", None),
        ("十万", "100000", None),
        ("一万亿", "1000000000000", None),
        ("二〇二五", "2025", None),
        ("三点五", "3.5", None),
        ("20多万", "200000", None),
        ("5 百万", "5000000", None),
        ("50w", "500000", None),
        ("百分之十", "10", "percent"),
        ("百分之三点五", "3.5", "percent"),
        ("三成", "30", "percent"),
        ("5000元", "5000", "money"),
        ("５０００元", "5000", "money"),
        ("5千万元", "50000000", "money"),
        ("两百块", "200", "money"),
        ("金额超过50万的单", "500000", None),
        ("贰佰万", "2000000", None),
    ],
)
def test_a_number_in_either_language(text: str, value: Any, unit: Any) -> None:
    (number,) = find_numbers(text)
    assert (number.value, number.unit) == (Decimal(value), unit)
    assert text[number.start : number.end] == number.text


@pytest.mark.parametrize(
    "text",
    [
        "third quarter",
        "1st",
        "第三",
        "Q3",
        "GTX500",
        "5kg",
        "v2.0b",
        "看一下",
        "一共",
        "统一",
        "no one",
        "which one",
        "星期三",
        "万一",
        "",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert find_numbers(text) == []


def test_every_number_of_a_text_is_found_in_order() -> None:
    found = find_numbers("between 5k and 20万, at most 3 deals")
    assert [number.value for number in found] == [5000, 200000, 3]


@given(st.integers(0, 10**9))
def test_grouped_digits_are_read_back(value: Any) -> None:
    (number,) = find_numbers(f"about {value:,} of them")
    assert number.value == value


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    for number in find_numbers(text):
        assert text[number.start : number.end] == number.text
        assert number.value.is_finite()


@pytest.mark.shared
@pytest.mark.parametrize(("lang", "least"), [("en", 1.0), ("zh", 0.88)])
def test_specified_amounts_are_read(lang: str, least: float) -> None:
    """In Chinese, only an amount said in two units (10日元5日本銭) is not put together."""
    file = SHARED / f"CurrencyModel_{lang}.jsonl"
    if not file.exists():
        pytest.skip(f"the amount specifications are not beside the checkout: {file}")
    right, wrong = 0, []
    for line in file.read_text(encoding="utf-8").splitlines():
        spec = json.loads(line)
        found = find_numbers(spec["input"])
        for result in spec["results"]:
            value, unit = Decimal(result["Resolution"]["value"]), result["Resolution"]["unit"]
            # Hundredths of a currency are plain numbers here.
            minor = unit in ("Cent", "Pence", "Penny")
            if any(number.value == value and (minor or number.unit == "money") for number in found):
                right += 1
            else:
                wrong.append(spec["input"])
    assert right / (right + len(wrong)) >= least, wrong
