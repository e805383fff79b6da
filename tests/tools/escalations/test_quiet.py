"""Quiet hours, days off and absences, in each person's zone, across changes to daylight saving."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tools.escalations.quiet import Rest

SHANGHAI, NEW_YORK, BERLIN = (ZoneInfo(name) for name in ("Asia/Shanghai", "America/New_York", "Europe/Berlin"))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "waking"),
    [
        ("2026-06-17 12:00", "2026-06-17 12:00"),
        ("2026-06-17 20:59", "2026-06-17 20:59"),
        ("2026-06-17 21:00", "2026-06-18 08:00"),
        ("2026-06-17 23:30", "2026-06-18 08:00"),
        ("2026-06-18 07:59", "2026-06-18 08:00"),
        ("2026-06-18 08:00", "2026-06-18 08:00"),
        ("2026-06-19 21:30", "2026-06-22 08:00"),
        ("2026-06-20 12:00", "2026-06-22 08:00"),
        ("2026-06-21 03:00", "2026-06-22 08:00"),
    ],
)
def test_nights_and_weekends_are_quiet(moment: str, waking: str) -> None:
    assert Rest(SHANGHAI).waking(at(moment)) == at(waking)


def test_a_day_off_can_be_worked_but_not_its_night() -> None:
    rest = Rest(SHANGHAI)
    assert rest.waking(at("2026-06-20 12:00"), any_day=True) == at("2026-06-20 12:00")
    assert rest.waking(at("2026-06-20 22:00"), any_day=True) == at("2026-06-21 08:00")


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    lunch = Rest(SHANGHAI, time(12), time(14))
    assert lunch.waking(at("2026-06-17 13:00")) == at("2026-06-17 14:00")
    assert lunch.waking(at("2026-06-17 23:00")) == at("2026-06-17 23:00")
    never = Rest(SHANGHAI, time(0), time(0))
    assert never.waking(at("2026-06-17 03:00")) == at("2026-06-17 03:00")
    assert never.waking(at("2026-06-20 03:00")) == at("2026-06-22 00:00")


def test_whoever_is_away_is_asked_when_they_are_back_and_awake() -> None:
    rest = Rest(SHANGHAI, away=((at("2026-06-17 09:00"), at("2026-06-18 23:00")),))
    assert rest.waking(at("2026-06-17 12:00")) == at("2026-06-19 08:00")


def test_the_same_wall_clock_after_a_change_to_or_from_daylight_saving() -> None:
    rest = Rest(NEW_YORK)
    friday = at("2026-03-06 22:00", NEW_YORK)
    assert rest.waking(friday) - friday == timedelta(days=2, hours=9)  # the clock goes forward on Sunday
    friday = at("2026-10-30 22:00", NEW_YORK)
    assert rest.waking(friday) - friday == timedelta(days=2, hours=11)


def test_an_hour_that_is_missing_or_comes_twice_ends_the_quiet_once() -> None:
    every_day = frozenset(range(7))
    missing = Rest(BERLIN, time(22), time(2, 30), every_day)
    assert missing.waking(at("2026-03-29 01:00", BERLIN)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    twice = Rest(BERLIN, time(22), time(2, 30), every_day)
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert twice.waking(first - timedelta(hours=1)) == first
    assert twice.waking(first) == first
    assert twice.waking(first + timedelta(minutes=45)) == second
    assert twice.waking(second) == second


def test_every_moment_of_a_year_has_a_waking_one_that_is_not_before_it() -> None:
    for rest in (Rest(NEW_YORK), Rest(BERLIN, time(1), time(3)), Rest(SHANGHAI)):
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        last = moment
        while moment < datetime(2027, 1, 1, tzinfo=UTC):
            found = rest.waking(moment)
            assert found >= max(moment, last)
            assert rest.waking(found) == found
            assert found - moment < timedelta(days=3)
            moment, last = moment + timedelta(minutes=47), found
