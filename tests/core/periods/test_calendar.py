from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Period, baseline, buckets, find_periods, label_of, period_named, unit_at
from core.periods.calendar import UNITS, kind_of

TODAY = date(2026, 6, 17)
DAYS = st.dates(date(2000, 1, 1), date(2049, 12, 31))


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
        ("2026-03..2026-05", date(2026, 3, 1), date(2026, 5, 31)),
        ("2026-01-05..2026-02-03", date(2026, 1, 5), date(2026, 2, 3)),
    ],
)
def test_a_name_gives_its_days(name: str, start: date, end: date) -> None:
    period = period_named(name)
    assert (period.start, period.end, period.name) == (start, end, name)


@pytest.mark.parametrize("name", ["", "last month", "2026-13", "2026-Q5", "2025-W53", "2025-02-29", "Q1"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        period_named(name)


@pytest.mark.parametrize(
    ("fiscal", "name", "start", "end"),
    [
        (4, "FY2027", date(2026, 4, 1), date(2027, 3, 31)),
        (4, "FY2027-Q1", date(2026, 4, 1), date(2026, 6, 30)),
        (4, "FY2027-Q4", date(2027, 1, 1), date(2027, 3, 31)),
        (7, "FY2026-H2", date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_a_fiscal_year_bears_the_year_it_ends_in(fiscal: int, name: str, start: date, end: date) -> None:
    period = period_named(name, fiscal_year_start=fiscal)
    assert (period.start, period.end, period.name) == (start, end, name)


@given(DAYS, st.sampled_from(UNITS), st.integers(1, 12))
def test_a_unit_holds_its_day_and_is_found_by_its_name(day: date, unit: Any, fiscal: int) -> None:
    period = unit_at(day, unit, fiscal_year_start=fiscal)
    assert period.start <= day <= period.end
    assert period_named(period.name, fiscal_year_start=fiscal) == period


@given(DAYS, st.integers(0, 900), st.sampled_from(["day", "week", "month", "quarter", "year"]), st.integers(1, 12))
def test_buckets_partition_the_period(start: date, length: int, grain: Any, fiscal: int) -> None:
    period = Period(start, start + timedelta(days=length), "any")
    parts = buckets(period, grain, fiscal_year_start=fiscal)
    assert parts[0].start == period.start
    assert parts[-1].end == period.end
    assert all(one.end + timedelta(days=1) == other.start for one, other in pairwise(parts))
    assert len({part.name for part in parts}) == len(parts)


def test_a_bucket_cut_short_keeps_its_name() -> None:
    parts = buckets(period_named("2026-05-20..2026-06-17"), "month")
    assert [part.name for part in parts] == ["2026-05", "2026-06"]
    assert parts[-1].end == TODAY


@pytest.mark.parametrize(
    ("name", "year_ago", "previous"),
    [
        ("2026-06-17", "2025-06-17", "2026-06-16"),
        ("2024-02-29", "2023-02-28", "2024-02-28"),
        ("2026-W25", "2025-W25", "2026-W24"),
        ("2026-W53", "2025-W52", "2026-W52"),
        ("2026-06", "2025-06", "2026-05"),
        ("2026-01", "2025-01", "2025-12"),
        ("2026-Q1", "2025-Q1", "2025-Q4"),
        ("2026-H1", "2025-H1", "2025-H2"),
        ("2026", "2025", "2025"),
        ("2026-03..2026-05", "2025-03..2025-05", "2025-12..2026-02"),
        ("2026-Q1..2026-Q3", "2025-Q1..2025-Q3", "2025-Q2..2025-Q4"),
        ("2026-W10..2026-W12", "2025-W10..2025-W12", "2026-W07..2026-W09"),
        ("2026-05-19..2026-06-17", "2025-05-19..2025-06-17", "2026-04-19..2026-05-18"),
        ("..2026-03-31", "..2025-03-31", "..2025-03-31"),
    ],
)
def test_baselines(name: str, year_ago: str, previous: str) -> None:
    period = period_named(name)
    assert baseline(period, "year_ago").name == year_ago
    assert baseline(period, "previous").name == previous


@pytest.mark.parametrize(
    ("text", "year_ago", "previous"),
    [
        ("year to date", "2025-01-01..2025-06-17", "2025-01-01..2025-06-17"),
        ("month to date", "2025-06-01..2025-06-17", "2026-05-01..2026-05-17"),
        ("quarter to date", "2025-04-01..2025-06-17", "2026-01-01..2026-03-17"),
        ("last 3 months", "2025-03-18..2025-06-17", "2025-12-18..2026-03-17"),
        ("past two weeks", "2025-06-04..2025-06-17", "2026-05-21..2026-06-03"),
        ("since February", "2025-02-01..2025-06-17", "2025-09-17..2026-01-31"),
    ],
)
def test_a_period_to_date_is_compared_with_the_same_part(text: str, year_ago: str, previous: str) -> None:
    (match,) = find_periods(text, TODAY)
    assert baseline(match.period, "year_ago").name == year_ago
    assert baseline(match.period, "previous").name == previous


@pytest.mark.parametrize(
    ("name", "year_ago", "previous"),
    [("FY2027-Q1", "FY2026-Q1", "FY2026-Q4"), ("FY2027", "FY2026", "FY2026"), ("FY2027-H2", "FY2026-H2", "FY2027-H1")],
)
def test_fiscal_units_have_fiscal_baselines(name: str, year_ago: str, previous: str) -> None:
    period = period_named(name, fiscal_year_start=4)
    assert baseline(period, "year_ago").name == year_ago
    assert baseline(period, "previous").name == previous


@given(DAYS, st.sampled_from(UNITS), st.integers(1, 12), st.sampled_from(["year_ago", "previous"]))
def test_a_baseline_is_of_the_same_kind_and_earlier(day: date, unit: Any, fiscal: int, kind: Any) -> None:
    period = unit_at(day, unit, fiscal_year_start=fiscal)
    before = baseline(period, kind)
    assert kind_of(before.name) == kind_of(period.name)
    assert before.end < period.start


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("2026-06-17", "17 June 2026", "2026年6月17日"),
        ("2026-06", "June 2026", "2026年6月"),
        ("2026-Q2", "Q2 2026", "2026年二季度"),
        ("FY2027-Q1", "Q1 FY2027", "2027财年一季度"),
        ("2026-H1", "H1 2026", "2026年上半年"),
        ("2026", "2026", "2026年"),
        ("FY2027", "FY2027", "2027财年"),
        ("2026-03..2026-05", "March 2026 – May 2026", "2026年3月至2026年5月"),
        ("2026-01-05..2026-01-20", "5 January 2026 – 20 January 2026", "2026年1月5日至2026年1月20日"),
        ("..2026-03-31", "up to 31 March 2026", "截至2026年3月31日"),
        ("2026-07-01..", "from 1 July 2026 on", "2026年7月1日起"),
        ("2026-W25", "week 25 of 2026 (15 June 2026 – 21 June 2026)", "2026年第25周（2026年6月15日至2026年6月21日）"),
    ],
)
def test_labels(name: str, en: str, zh: str) -> None:
    period = period_named(name, fiscal_year_start=4)
    assert label_of(period, "en") == en
    assert label_of(period, "zh") == zh
