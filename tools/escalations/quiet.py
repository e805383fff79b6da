"""When a person may be asked: not while they sleep, on days off or away. Worked out in their zone, kept in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.company import Weekday
from db.company import load_company
from db.duties import Away, Habits, habits_of

QUIET_FROM, QUIET_TO = time(21), time(8)
WEEK: tuple[str, ...] = get_args(Weekday)
MOST_STEPS = 1500
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """When a person rests: `quiet_from` to `quiet_to` in their zone (equal: never), and the days they don't work."""

    zone: ZoneInfo
    quiet_from: time = QUIET_FROM
    quiet_to: time = QUIET_TO
    works: frozenset[int] = frozenset(range(5))
    away: Away = ()

    def waking(self, moment: datetime, *, any_day: bool = False) -> datetime:
        """The first moment from then on at which they may be asked; with `any_day` on a day off too."""
        at = moment
        for _ in range(MOST_STEPS):
            later = self._later(at, any_day=any_day)
            if later is None:
                return at
            at = later
        return moment

    def _later(self, at: datetime, *, any_day: bool) -> datetime | None:
        """A later moment to look at; None if this one will do."""
        for start, end in self.away:
            if start <= at < end:
                return end
        local = at.astimezone(self.zone)
        if self._quiet(local.time()):
            ends = local.date() if local.time() < self.quiet_to else local.date() + DAY
            return self._moment(ends, self.quiet_to, at)
        if any_day or not self.works or local.weekday() in self.works:
            return None
        return self._moment(local.date() + DAY, time(0), at)

    def _moment(self, day: date, clock: time, after: datetime) -> datetime:
        """When their clock shows that: where it does twice, the first that is still to come."""
        shown = datetime.combine(day, clock, self.zone)
        if shown.astimezone(UTC) <= after:
            shown = shown.replace(fold=1)
        return max(shown.astimezone(UTC), after + MINUTE)

    def _quiet(self, now: time) -> bool:
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= now < self.quiet_to
        return now >= self.quiet_from or now < self.quiet_to


def rest_of(session: Session, person_id: int, away: Away = ()) -> Rest:
    """When a person rests: as they said, else as is usual where the company is."""
    company = load_company(session).company
    return _rest(habits_of(session, person_id), company.timezone, company.working_days, away)


def _rest(habits: Habits, zone: str, days: Iterable[str], away: Away) -> Rest:
    return Rest(
        ZoneInfo(habits.time_zone or zone),
        time.fromisoformat(habits.quiet_from) if habits.quiet_from else QUIET_FROM,
        time.fromisoformat(habits.quiet_to) if habits.quiet_to else QUIET_TO,
        frozenset(WEEK.index(day) for day in days),
        away,
    )
