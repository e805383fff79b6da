"""Which day the words for a day mean, from where the asker stands; and where working days lie."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.periods.calendar import UNITS, Unit, shift, shift_months, start_of
from tools.escalations.pieces import Piece, tables, whole

DAY = timedelta(days=1)
WEEK = 7
HALF_YEAR = 183
EARLY = 2
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AT_ONCE = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}


class OtherDay(ValueError):
    """The words name no day, or two: `which_day`."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day. `closing`: only ever a deadline. `again`: where it is over, the same a week later is meant."""

    date: date
    closing: bool = False
    again: bool = False
    past: bool = False
    part: str | None = None
    edge: str | None = None


@dataclass(frozen=True, slots=True)
class Lapse:
    """A moment so long from now; `closing` when it is to happen within."""

    length: timedelta
    closing: bool = False


@dataclass(frozen=True)
class Here:
    """Where and when the asker stands."""

    now: datetime
    working_days: tuple[str, ...] = WEEKDAYS[:5]

    @property
    def today(self) -> date:
        """The calendar day there."""
        return self.now.date()

    def works(self, day: date) -> bool:
        """Whether people work on that day."""
        return WEEKDAYS[day.weekday()] in self.working_days or not self.working_days

    def working(self, day: date, step: int) -> date:
        """The nearest working day from `day` on, going by `step` days; `day` itself if it is one."""
        while not self.works(day):
            day += DAY * step
        return day

    def ahead(self, count: int) -> date:
        """The working day so many after today."""
        day = self.today
        for _ in range(count):
            day = self.working(day + DAY, 1)
        return day


def day_of(piece: Piece, here: Here) -> Day | Lapse:
    """What a piece of kind day means; OtherDay where there is no such day."""
    return FORMS[piece.form](piece, here)


def _ahead(piece: Piece, here: Here) -> Day:
    count = next(piece.looked_up(slot) for slot in ("ahead", "zahead", "zshort") if piece.get(slot))
    return Day(here.today + DAY * count, past=count < 0)


def _tonight(_: Piece, here: Here) -> Day:
    return Day(here.today, part="evening")


def _today(_: Piece, here: Here) -> Day:
    return Day(here.today)


def _weekday(piece: Piece, here: Here) -> Day:
    wanted = piece.looked_up("weekday") if piece.get("weekday") else piece.looked_up("zday")
    which = piece.looked_up("which") if piece.get("which") else piece.looked_up("zwhich")
    ahead = (wanted - here.today.weekday()) % WEEK
    if which is None:
        return Day(here.today + DAY * ahead, again=True)
    if which == 0.5:
        return Day(here.today + DAY * (ahead or WEEK))
    monday = start_of(here.today, "week")
    return Day(monday + DAY * (WEEK * int(which) + wanted), past=which < 0)


def _weekday_later(piece: Piece, here: Here) -> Day:
    wanted = piece.looked_up("weekday")
    if "after next" in piece.match[0]:
        return Day(start_of(here.today, "week") + DAY * (2 * WEEK + wanted))
    return Day(here.today + DAY * ((wanted - here.today.weekday()) % WEEK + WEEK))


def _weekday_within(piece: Piece, here: Here) -> Day:
    which = piece.looked_up("which")
    return Day(start_of(here.today, "week") + DAY * (WEEK * int(which) + piece.looked_up("weekday")), past=which < 0)


def _week_from(piece: Piece, here: Here) -> Day:
    return Day(here.today + DAY * (piece.looked_up("ahead") + WEEK))


def _date(piece: Piece, here: Here) -> Day:
    month = piece.looked_up("month") or _int(piece.get("m"))
    year, day = piece.get("y"), _int(piece.get("d"))
    return Day(_made(int(year), month, day) if year else _nearest(month, day, here.today))


def _nearest(month: int, day: int, today: date) -> date:
    """The day of that name that is nearest: in June, 5 January is the next one, and 5 May is over."""
    near = _made(today.year, month, day)
    if (today - near).days > HALF_YEAR:
        return _made(today.year + 1, month, day)
    return near


def _slash(piece: Piece, here: Here) -> Day:
    first, second, year = int(piece.get("a") or 0), int(piece.get("b") or 0), piece.get("y")
    if first <= 12 and second <= 12 and first != second:
        raise OtherDay
    month, day = (second, first) if first > 12 else (first, second)
    return Day(_made(int(year), month, day) if year else _nearest(month, day, here.today))


def _month_day(piece: Piece, here: Here) -> Day:
    said, day = piece.get("this") or "", _int(piece.get("d"))
    first = here.today.replace(day=1)
    if said:
        ahead = said not in ("this", *_these())
        return Day(_in_month(shift_months(first, 1) if ahead else first, day))
    return Day(_in_month(first if day >= here.today.day else shift_months(first, 1), day))


def _these() -> tuple[str, ...]:
    return tuple(word for word, count in tables()["words"]["zwhich"].items() if count == 0)


def _in_month(first: date, day: int) -> date:
    return _made(first.year, first.month, day)


def _later(piece: Piece, here: Here) -> Day | Lapse:
    return _counted(piece, here, closing=False)


def _within(piece: Piece, here: Here) -> Day | Lapse:
    if piece.number is None:
        unit = piece.looked_up("unit")
        if unit in AT_ONCE:
            return Lapse(AT_ONCE[unit], closing=True)
        return Day(here.today if unit != "week" else _last_working("week", 0, here), closing=True)
    return _counted(piece, here, closing=True)


def _counted(piece: Piece, here: Here, *, closing: bool) -> Day | Lapse:
    count = piece.number
    unit = piece.looked_up("unit") if piece.get("unit") else piece.looked_up("zunit")
    if count is None:
        raise OtherDay
    if unit in AT_ONCE:
        return Lapse(AT_ONCE[unit] * count, closing=closing)
    if unit == "workday":
        return Day(here.ahead(int(count)), closing=closing)
    if count != int(count):
        return Lapse(DAY * count * (WEEK if unit == "week" else 30 if unit == "month" else 1), closing=closing)
    return Day(shift(here.today, unit, int(count)), closing=closing)


def _end_of(piece: Piece, here: Here) -> Day:
    short = piece.get("short")
    unit: Unit = next((one for one in UNITS if short and one[0] == short[-1] and one != "day"), "week")
    if not short:
        unit = piece.looked_up("span") or piece.looked_up("zspan") or _written_unit(piece.match[0])
    count = piece.looked_up("zwhich") if piece.get("zwhich") else 1 if piece.get("next") else 0
    return Day(_last_working(unit, int(count), here), closing=True, past=count < 0)


def _written_unit(said: str) -> Unit:
    """The unit of a Chinese word for an end that stands by itself."""
    spans: dict[str, Unit] = tables()["words"]["zspan"]
    return spans[said[0]]


def _span(piece: Piece, here: Here) -> Day:
    said = piece.match[0]
    count = _count(piece, said)
    unit: Unit = piece.looked_up("span") or _inner_unit(said)
    if piece.get("early"):
        first = here.working(shift(start_of(here.today, unit), unit, count), 1)
        for _ in range(EARLY - 1):
            first = here.working(first + DAY, 1)
        return Day(first, closing=True)
    return Day(_last_working(unit, count, here), closing=True)


def _count(piece: Piece, said: str) -> int:
    if said.endswith("after next"):
        return 2
    when = piece.get("when")
    if when is None:
        return 0
    known = tables()["words"]["zwhich"].get(when)
    return int(known) if known is not None else 0 if when == "this" else 1


def _inner_unit(said: str) -> Unit:
    spans: dict[str, Unit] = {**tables()["words"]["zspan"], **tables()["words"]["span"]}
    return next((unit for word, unit in spans.items() if word in said), "week")


def _last_working(unit: Unit, count: int, here: Here) -> date:
    """The last working day of this unit, or of one so many later; its last day once that is over."""
    first = shift(start_of(here.today, unit), unit, count)
    end = shift(first, unit, 1) - DAY
    last = here.working(end, -1)
    return last if last >= here.today else end


def _end_of_day(piece: Piece, here: Here) -> Day:
    return Day(here.ahead(1) if piece.get("next") else here.today, closing=True, edge="end")


def _start_of_day(_: Piece, here: Here) -> Day:
    return Day(here.today, edge="start")


def _int(said: str | None) -> int:
    value = whole(said) if said else None
    if value is None:
        raise OtherDay
    return int(value)


def _made(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise OtherDay from error


FORMS: dict[str, Callable[[Piece, Here], Day | Lapse]] = {
    "ahead": _ahead,
    "tonight": _tonight,
    "today": _today,
    "weekday": _weekday,
    "weekday_later": _weekday_later,
    "weekday_within": _weekday_within,
    "week_from": _week_from,
    "date": _date,
    "slash": _slash,
    "month_day": _month_day,
    "later": _later,
    "within": _within,
    "end_of": _end_of,
    "span": _span,
    "end_of_day": _end_of_day,
    "start_of_day": _start_of_day,
}
