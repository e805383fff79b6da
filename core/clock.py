"""The product's only source of now and today."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _system_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Tells the time in UTC and the calendar day in a company's time zone; can stand still."""

    def __init__(self, fixed: datetime | None = None, source: Callable[[], datetime] = _system_now) -> None:
        if fixed is not None and fixed.tzinfo is None:
            fixed = fixed.replace(tzinfo=UTC)
        self._fixed = fixed
        self._source = source

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return (self._fixed or self._source()).astimezone(UTC)

    def today(self, timezone: str = "UTC") -> date:
        """The calendar day at `timezone` (an IANA name)."""
        return self.now().astimezone(ZoneInfo(timezone)).date()
