from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.periods import find_periods, label_of, period_named
from core.periods.calendar import EARLIEST, LATEST

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 6, 17)


def spoken(lang: str) -> list[tuple[date, int, str, list[str]]]:
    groups = yaml.safe_load((CASES / f"{lang}.yaml").read_text(encoding="utf-8"))
    return [
        (group["today"], group.get("fiscal_year_start", 1), text, [str(name) for name in names])
        for group in groups
        for text, names in group["cases"].items()
    ]


@pytest.mark.parametrize(("today", "fiscal", "text", "names"), [*spoken("en"), *spoken("zh")])
def test_text_names_its_periods(today: date, fiscal: int, text: str, names: list[str]) -> None:
    found = find_periods(text, today, fiscal_year_start=fiscal)
    assert [match.period.name for match in found] == names
    assert all(text[match.start : match.end] == match.text for match in found)
    for match in found:
        again = period_named(match.period.name, fiscal_year_start=fiscal)
        assert (again.start, again.end) == (match.period.start, match.period.end)


@pytest.mark.parametrize(("en", "zh"), yaml.safe_load((CASES / "pairs.yaml").read_text(encoding="utf-8")))
@pytest.mark.parametrize("fiscal", [1, 4, 7])
@pytest.mark.parametrize("today", [TODAY, date(2024, 2, 29), date(2026, 1, 1), date(2025, 12, 31)])
def test_both_languages_name_the_same_period(en: str, zh: str, fiscal: int, today: date) -> None:
    english, chinese = (find_periods(text, today, fiscal_year_start=fiscal) for text in (en, zh))
    assert len(english) == 1
    assert [match.period for match in english] == [match.period for match in chinese]
    assert [match.alternatives for match in english] == [match.alternatives for match in chinese]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("on 3/4/2025", ["2025-03-04", "2025-04-03"]),
        ("since 3/4/2025", ["2025-03-04..2026-06-17", "2025-04-03..2026-06-17"]),
        ("from 3/4/2025 to 5/6/2025", ["2025-03-04..2025-05-06", "2025-04-03..2025-06-05"]),
        ("from 3/4/2025 to 4/13/2025", ["2025-03-04..2025-04-13"]),
        ("from 3/4/2025 to 13/4/2025", ["2025-04-03..2025-04-13"]),
        ("on 4/4/2025", ["2025-04-04"]),
        ("前三个月的业绩", ["2026-03..2026-05", "2026-01..2026-03"]),
        ("deals within 30 days", ["2026-06-17..2026-07-17", "2026-05-19..2026-06-17"]),
        ("30天内的单", ["2026-06-17..2026-07-17", "2026-05-19..2026-06-17"]),
    ],
)
def test_words_with_two_readings_offer_both(text: str, names: list[str]) -> None:
    (match,) = find_periods(text, TODAY)
    assert [match.period.name, *(other.name for other in match.alternatives)] == names


def test_periods_without_one_end_stop_where_the_calendar_does() -> None:
    (until,), (since,) = find_periods("until March", TODAY), find_periods("since tomorrow", TODAY)
    assert until.period.start == EARLIEST
    assert since.period.end == LATEST


@given(
    st.lists(
        st.sampled_from([text for lang in ("en", "zh") for _, _, text, _ in spoken(lang)]), min_size=1, max_size=3
    ),
    st.dates(date(2000, 1, 1), date(2050, 12, 31)),
    st.integers(1, 12),
)
def test_any_text_on_any_day_gives_periods_in_order(texts: list[str], today: date, fiscal: int) -> None:
    text = " ".join(texts)
    found = find_periods(text, today, fiscal_year_start=fiscal)
    for match in found:
        assert match.period.start <= match.period.end
        assert text[match.start : match.end] == match.text
        assert label_of(match.period, "en")
        assert label_of(match.period, "zh")
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text(max_size=60), st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_no_text_is_too_strange(text: str, today: date) -> None:
    for match in find_periods(text, today):
        assert match.text
