"""The clock stands still when told to, and knows the day where the company is."""

from datetime import UTC, date, datetime, timedelta, timezone

from core.clock import Clock


def test_a_fixed_clock_stands_still() -> None:
    clock = Clock(datetime(2026, 6, 17, 20, 0, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 6, 17, 20, 0, tzinfo=UTC)


def test_the_day_is_that_of_the_time_zone() -> None:
    clock = Clock(datetime(2026, 6, 17, 20, 0, tzinfo=UTC))
    assert clock.today() == date(2026, 6, 17)
    assert clock.today("Asia/Shanghai") == date(2026, 6, 18)


def test_any_offset_is_told_in_utc_and_none_is_taken_for_it() -> None:
    east = timezone(timedelta(hours=8))
    assert Clock(datetime(2026, 6, 17, 4, 0, tzinfo=east)).now().hour == 20
    assert Clock(datetime(2026, 6, 17, 4, 0)).now() == datetime(2026, 6, 17, 4, 0, tzinfo=UTC)  # noqa: DTZ001


def test_without_a_fixed_moment_time_goes_on() -> None:
    clock = Clock()
    assert clock.now() <= clock.now()
    assert clock.now().tzinfo is UTC
