"""Words for a moment to come, beyond the phrases of the evals: zones, clock changes, working days, what alters what."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.settings import Settings
from evals.measures.scheduling import run
from tools.escalations.when import default_due, moved, read_when

NOW = datetime(2026, 6, 17, 2, 20, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"
DAYS = ("mon", "tue", "wed", "thu", "fri")


def _at(text: str, zone: str = SHANGHAI, now: datetime = NOW) -> str:
    moment = read_when(text, now, zone, working_days=DAYS).moment
    assert moment
    return f"{moment.kind} {moment.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def test_the_phrases_of_the_evals_are_understood() -> None:
    found = run(Settings(_env_file=None))
    assert found.good
    assert found.failures == ()


@pytest.mark.parametrize(
    ("text", "rule", "utc"),
    [
        ("tomorrow at 2:30 am", "gap", "2026-03-08T07:30:00+00:00"),
        ("tomorrow at 3:30 am", None, "2026-03-08T07:30:00+00:00"),
    ],
)
def test_a_time_that_is_left_out_moves_on_by_as_much(text: str, rule: str | None, utc: str) -> None:
    now = datetime(2026, 3, 7, 17, tzinfo=UTC)
    moment = read_when(text, now, "America/New_York").moment
    assert moment
    assert (moment.rule, moment.at.isoformat()) == (rule, utc)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    moment = read_when("tomorrow at 1:30 am", datetime(2026, 10, 31, 16, tzinfo=UTC), "America/New_York").moment
    assert moment
    assert moment.rule == "twice"
    assert moment.at.isoformat() == "2026-11-01T05:30:00+00:00"


def test_a_day_is_the_askers_and_a_named_zone_is_the_clocks() -> None:
    moment = read_when("tomorrow 10:30 New York time", NOW, SHANGHAI).moment
    assert moment
    assert moment.zone == "America/New_York"
    assert moment.at.isoformat() == "2026-06-18T14:30:00+00:00"


def test_working_days_are_the_companys() -> None:
    sunday_to_thursday = ("sun", "mon", "tue", "wed", "thu")
    moment = read_when("end of week", NOW, "Asia/Dubai", working_days=sunday_to_thursday).moment
    assert moment
    assert moment.at.astimezone(ZoneInfo("Asia/Dubai")).strftime("%a %d") == "Sun 21"


def test_without_a_time_it_is_the_end_of_the_next_working_day() -> None:
    friday = datetime(2026, 6, 19, 9, tzinfo=UTC)
    due = default_due("sales_manager", friday, SHANGHAI, working_days=DAYS)
    assert due.kind == "deadline"
    assert due.at.astimezone(ZoneInfo(SHANGHAI)).strftime("%a %d %H:%M") == "Mon 22 18:00"


@pytest.mark.parametrize(
    ("before", "after", "want"),
    [
        ("tomorrow at 3", "at 4", "2026-06-18 16:00"),
        ("tomorrow at 3", "Friday instead", "2026-06-19 15:00"),
        ("tomorrow at 3", "in two hours", "2026-06-17 12:20"),
        ("by Friday", "by Monday", "2026-06-22 18:00"),
        ("明天下午三点", "改到四点", "2026-06-18 16:00"),
    ],
)
def test_what_is_not_said_anew_stays(before: str, after: str, want: str) -> None:
    first, second = (read_when(text, NOW, SHANGHAI, working_days=DAYS).moment for text in (before, after))
    assert first
    assert second
    assert f"{moved(second, first).at.astimezone(ZoneInfo(SHANGHAI)):%Y-%m-%d %H:%M}" == want


@pytest.mark.parametrize(("text", "want"), [("until Monday", "06-22 09:00"), ("tomorrow afternoon", "06-18 13:00")])
def test_until_a_day_is_until_it_opens(text: str, want: str) -> None:
    moment = read_when(text, NOW, SHANGHAI, working_days=DAYS, opening=True).moment
    assert moment
    assert f"{moment.at.astimezone(ZoneInfo(SHANGHAI)):%m-%d %H:%M}" == want


@pytest.mark.parametrize(
    "text",
    ["", "we won 3 deals", "他们有2点建议", "第三季度", "at all", "by Ana", "in the East"],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    heard = read_when(text, NOW, SHANGHAI)
    assert heard.moment is None
    assert heard.problem is None


def test_a_time_at_noon_is_today_until_it_is_over() -> None:
    assert _at("at noon") == "appointment 2026-06-17 12:00"
    assert _at("at noon", now=datetime(2026, 6, 17, 4, tzinfo=UTC)) == "appointment 2026-06-18 12:00"
