import pytest

from core.periods import find_comparison, find_grain, is_all_time


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("revenue YoY", "year_ago", "YoY"),
        ("revenue year on year", "year_ago", "year on year"),
        ("year-over-year growth", "year_ago", "year-over-year"),
        ("Q1 vs last year", "year_ago", "vs last year"),
        ("this quarter compared to the same period last year", "year_ago", "compared to the same period last year"),
        ("compared with the same quarter of last year", "year_ago", "compared with the same quarter of last year"),
        ("more than a year ago", "year_ago", "than a year ago"),
        ("wins MoM", "previous", "MoM"),
        ("QoQ change", "previous", "QoQ"),
        ("month over month", "previous", "month over month"),
        ("vs the previous period", "previous", "vs the previous period"),
        ("compared with the period before", "previous", "compared with the period before"),
        ("本季度业绩同比", "year_ago", "同比"),
        ("比去年同期增长多少", "year_ago", "比去年同期"),
        ("与去年同期相比", "year_ago", "与去年同期"),
        ("上个月业绩环比", "previous", "环比"),
        ("比上期如何", "previous", "比上期"),
        ("revenue last year", None, None),
        ("去年的业绩", None, None),
        ("Mom asked", "previous", "Mom"),
    ],
)
def test_comparisons(text: str, kind: str | None, said: str | None) -> None:
    found = find_comparison(text)
    assert (found.kind, found.text) == (kind, said) if found else kind is None


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("revenue by month", "month"),
        ("monthly revenue", "month"),
        ("wins per week", "week"),
        ("by the quarter", "quarter"),
        ("daily calls", "day"),
        ("annual revenue", "year"),
        ("每周拜访数", "week"),
        ("按月看业绩", "month"),
        ("逐季业绩", "quarter"),
        ("分月", "month"),
        ("每天的电话", "day"),
        ("历年业绩", "year"),
        ("each quarter", "quarter"),
        ("revenue this month", None),
        ("每周一的会", None),
        ("today", None),
    ],
)
def test_grains(text: str, grain: str | None) -> None:
    found = find_grain(text)
    assert (found.grain if found else None) == grain


@pytest.mark.parametrize("text", ["all time revenue", "have we ever sold to them", "历史累计业绩", "有史以来最大的单"])
def test_all_time_is_heard(text: str) -> None:
    span = is_all_time(text)
    assert span is not None
    assert text[span.start : span.end].strip()


@pytest.mark.parametrize(
    "text", ["never won", "everyone", "3月至今", "年初至今", "however", "year to date", "every rep"]
)
def test_other_words_are_not_all_time(text: str) -> None:
    assert is_all_time(text) is None
