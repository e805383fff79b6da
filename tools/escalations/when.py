"""From words to a moment to come: an appointment ("at 3") or a deadline ("by Friday"), in the zone that was meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from core.escalations import DeadlinePast, Role
from core.language import fold
from tools.escalations.clocks import Clock, business, clock_of
from tools.escalations.days import DAY, WEEK, Day, Here, Lapse, OtherDay, day_of
from tools.escalations.pieces import Piece, find_pieces, tables

Kind = Literal["appointment", "deadline"]
Problem = Literal["past", "several", "which_day", "which_zone"]
Rule = Literal["gap", "twice"]
MOST_STEPS = 14
WHOLE = frozenset({"day", "clock"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to come, in UTC. `zone` is where it was meant, `exact` that a time of day or a length was said.

    `rule` where the clocks change: `gap`, a time that is left out that day is moved on by as much; `twice`, of a time
    that comes twice the first is taken.
    """

    kind: Kind
    at: datetime
    zone: str
    exact: bool
    rule: Rule | None = None
    told: frozenset[str] = frozenset()
    """Which of day and clock were said; both for a length of time."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text says of when, and where it says so; `problem` is why no moment was understood from what it says."""

    moment: Moment | None = None
    problem: Problem | None = None
    spans: tuple[tuple[int, int], ...] = ()


class Span(NamedTuple):
    """A day of work, as times of day."""

    start: time
    end: time


@dataclass
class _Cluster:
    """Pieces that stand together and tell one moment."""

    pieces: list[Piece] = field(default_factory=list)
    ranged: bool = False

    def of(self, kind: str) -> list[Piece]:
        return [one for one in self.pieces if one.kind == kind]

    @property
    def tells(self) -> bool:
        return any(one.kind in ("day", "clock", "part", "soon") for one in self.pieces)


def read_when(text: str, now: datetime, zone: str, *, working_days: Sequence[str] = (), opening: bool = False) -> Heard:
    """What the text says of when. `now` is aware; `zone` is the asker's, unless the text names another.

    `opening` reads a day, or a part of one, as its beginning: "snooze until Monday".
    """
    clusters = [one for one in _clusters(text) if one.tells]
    clusters = [one for one in clusters if not _bygone(one, now, zone)]
    if len(clusters) > 1:
        clusters = [one for one in clusters if not _only_soon(one)] or clusters[:1]
    if not clusters:
        return Heard()
    spans = tuple((one.start, one.end) for cluster in clusters for one in cluster.pieces)
    try:
        meant = {
            _moment(cluster, _here(now, zone, tuple(working_days)), zone, opening) for cluster in _merged(clusters)
        }
    except DeadlinePast:
        return Heard(problem="past", spans=spans)
    except OtherDay:
        return Heard(problem="which_day", spans=spans)
    except _OtherZone:
        return Heard(problem="which_zone", spans=spans)
    if len(meant) > 1:
        return Heard(problem="several", spans=spans)
    return Heard(meant.pop(), spans=spans)


def default_due(role: Role, now: datetime, zone: str, *, working_days: Sequence[str] = ()) -> Moment:
    """The deadline where none is said: the end of a working day, by role."""
    here = _here(now, zone, tuple(working_days))
    day = here.ahead(int(tables()["defaults"][role]))
    return _at("deadline", day, work_hours().end, zone, exact=False)


@cache
def work_hours() -> Span:
    """When work begins and ends."""
    hours = tables()["hours"]
    return Span(time.fromisoformat(hours["start"]), time.fromisoformat(hours["end"]))


class _OtherZone(ValueError):
    """A name that several time zones have."""


def _here(now: datetime, zone: str, working_days: tuple[str, ...]) -> Here:
    local = now.astimezone(ZoneInfo(zone))
    return Here(local, working_days) if working_days else Here(local)


def _clusters(text: str) -> list[_Cluster]:
    folded, found = fold(text), list[_Cluster]()
    for piece in find_pieces(text):
        last = found[-1] if found else None
        between = folded[last.pieces[-1].end : piece.start] if last else ""
        ranged = last is not None and _is_range(last.pieces[-1], piece, between)
        if last is None or not (ranged or (re.search(tables()["glue"], between) and not _starts_anew(last, piece))):
            found.append(last := _Cluster())
        last.pieces.append(piece)
        last.ranged = last.ranged or ranged
    return found


def _is_range(before: Piece, piece: Piece, between: str) -> bool:
    clocks = before.kind == piece.kind == "clock"
    limited = before.kind == "clock" and piece.kind == "part"
    return (clocks or limited) and re.search(tables()["range"], between) is not None and bool(between.strip())


def _starts_anew(cluster: _Cluster, piece: Piece) -> bool:
    """A second day or time of day is another moment."""
    return piece.kind in ("clock", "day") and any(
        one.kind == piece.kind and _edge(one) == _edge(piece) for one in cluster.pieces
    )


def _edge(piece: Piece) -> bool:
    return piece.form in ("end_of_day", "start_of_day")


def _bygone(cluster: _Cluster, now: datetime, zone: str) -> bool:
    """A day that is over, told of and not asked for: "they complained yesterday"."""
    if cluster.of("clock") or cluster.of("limit"):
        return False
    here = _here(now, zone, ())
    try:
        meant = [day_of(one, here) for one in cluster.of("day")]
    except OtherDay:
        return False
    return bool(meant) and all(isinstance(one, Day) and one.past for one in meant)


def _only_soon(cluster: _Cluster) -> bool:
    return bool(cluster.of("soon")) and not (cluster.of("day") or cluster.of("clock") or cluster.of("part"))


def _merged(clusters: list[_Cluster]) -> list[_Cluster]:
    """ "Tomorrow, have someone call at 3" is one moment, told in two places."""
    kinds = ("day", "clock", "part", "zone")
    whole = _Cluster()
    for cluster in clusters:
        if any(whole.of(kind) and cluster.of(kind) for kind in kinds[:2]):
            return clusters
        if whole.pieces and _has_lapse(cluster) != _has_lapse(whole):
            return clusters
        whole.pieces += cluster.pieces
        whole.ranged = whole.ranged or cluster.ranged
    return [whole]


def _has_lapse(cluster: _Cluster) -> bool:
    units = ("minute", "hour")
    pieces = cluster.of("day")
    return any((one.looked_up("unit") if one.get("unit") else one.looked_up("zunit")) in units for one in pieces)


def _moment(cluster: _Cluster, here: Here, zone: str, opening: bool) -> Moment:
    """Days are the asker's own; a time of day is that of the zone that was named with it."""
    there = _zone(cluster) or zone
    days = [day_of(one, here) for one in cluster.of("day")]
    lapse = next((one for one in days if isinstance(one, Lapse)), None)
    limit = _limit(cluster)
    if lapse is not None:
        closing = lapse.closing or limit in ("by", "before")
        return Moment(
            "deadline" if closing else "appointment", _minute(here.now + lapse.length), zone, exact=True, told=WHOLE
        )
    told = [one for one in days if isinstance(one, Day)]
    if not told and not cluster.of("clock") and not cluster.of("part"):
        return replace(_soon(here, zone), told=WHOLE)
    found = _Told(cluster, told, limit, here, there, opening=opening).moment()
    says = {"day": bool(told), "clock": found.exact}
    return replace(found, told=frozenset(name for name, said in says.items() if said))


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _zone(cluster: _Cluster) -> str | None:
    for one in cluster.of("zone"):
        found: str | None = tables()["zones"][one.lang][re.sub(r"\s+", " ", one.get("place") or "")]
        if found is None:
            raise _OtherZone
        return found
    return None


def _limit(cluster: _Cluster) -> str | None:
    return next((one.form for one in cluster.of("limit")), None)


def _soon(here: Here, zone: str) -> Moment:
    """So many hours of work from now."""
    left = timedelta(hours=float(tables()["soon_hours"]))
    hours, start = work_hours(), here.now.replace(tzinfo=None)
    while True:
        opens, closes = (datetime.combine(start.date(), edge) for edge in hours)
        start = max(start, opens)
        if here.works(start.date()) and start < closes:
            if start + left <= closes:
                return replace(_at("deadline", start.date(), (start + left).time(), zone, exact=False))
            left -= closes - start
        start = datetime.combine(start.date() + DAY, hours.start)


def _at(kind: Kind, day: date, clock: time, zone: str, *, exact: bool) -> Moment:
    """The local time in UTC; where the clocks change by the stated rules."""
    local = datetime.combine(day, clock.replace(microsecond=0, second=0), ZoneInfo(zone))
    at = local.astimezone(UTC)
    rule: Rule | None = None
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        rule = "gap"
    elif local.utcoffset() != local.replace(fold=1).utcoffset():
        rule = "twice"
    return Moment(kind, at, zone, exact, rule)


class _Told:
    """A day, a time of day or a part of a day, put together."""

    def __init__(
        self, cluster: _Cluster, days: list[Day], limit: str | None, here: Here, zone: str, *, opening: bool
    ) -> None:
        self._opening = opening
        self._here = here
        self._zone = zone
        self._limit = limit
        self._edge = next((one.edge for one in days if one.edge), None)
        self._days = [one for one in days if not one.edge]
        part = next((one.part for one in self._days if one.part), None)
        part = next((one.form for one in cluster.of("part")), part)
        self._part = tables()["parts"][part] if part else None
        self._clocks = [clock_of(one) for one in cluster.of("clock")]
        self._ranged = cluster.ranged

    def moment(self) -> Moment:
        """The moment; DeadlinePast if it is over."""
        if len({one.date for one in self._days}) > 1:
            raise OtherDay
        day = self._days[0] if self._days else None
        there = self._here.now.astimezone(ZoneInfo(self._zone)).date()
        found = self._on(day.date if day else there)
        for _ in range(MOST_STEPS):
            if found.at > self._here.now:
                return found
            if day is not None and not day.again:
                break
            step = self._here.working(self._local(found) + DAY, 1) if day is None else self._local(found) + DAY * WEEK
            found = self._on(step)
        raise DeadlinePast

    def _local(self, found: Moment) -> date:
        return found.at.astimezone(ZoneInfo(self._zone)).date()

    def _on(self, day: date) -> Moment:
        if self._clocks:
            return self._by_clock(day)
        if self._edge == "start":
            kind: Kind = "deadline" if self._limit else "appointment"
            return self._made(kind, day, work_hours().start, exact=True)
        if self._part is not None and self._edge is None:
            return self._by_part(day, self._part)
        if (self._opening or self._limit == "before") and self._edge is None:
            return self._made("deadline", day, work_hours().start, exact=False)
        return self._end(day, exact=self._edge is not None)

    def _by_clock(self, day: date) -> Moment:
        clocks = self._clocks
        if self._ranged and clocks[0].meridiem is None:
            clocks = [replace(clocks[0], meridiem=clocks[-1].meridiem), *clocks[1:]]
        said, later = business(clocks[-1] if self._ranged else clocks[0], self._part)
        if self._limit == "after" and not self._ranged:
            return self._end(day, exact=True, after=said)
        closing = self._ranged or self._limit is not None or any(one.closing for one in self._days)
        return self._made("deadline" if closing else "appointment", day + DAY * later, said, exact=True)

    def _by_part(self, day: date, part: dict[str, str]) -> Moment:
        if "at" in part and self._limit != "after" and not self._opening:
            kind: Kind = "deadline" if self._limit else "appointment"
            return self._made(kind, day, time.fromisoformat(part["at"]), exact=True)
        edge = part["from"] if self._opening or self._limit == "before" else part["to"]
        return self._made("deadline", day, time.fromisoformat(edge), exact=True)

    def _end(self, day: date, *, exact: bool, after: time | None = None) -> Moment:
        """The end of work on that day; of today when work is over, the end of the day."""
        closes = self._made("deadline", day, work_hours().end, exact=exact)
        over = day == self._here.today and closes.at <= self._here.now
        if over or (after is not None and after >= work_hours().end):
            return self._made("deadline", day, time.fromisoformat(tables()["hours"]["nights"]), exact=exact)
        return closes

    def _made(self, kind: Kind, day: date, clock: time, *, exact: bool) -> Moment:
        return _at(kind, day, clock, self._zone, exact=exact)


def moved(moment: Moment, before: Moment) -> Moment:
    """A moment that alters another: a new time on the day that was said before, a new day at the time before."""
    if moment.told == WHOLE or not before.told - moment.told:
        return moment
    zone = ZoneInfo(moment.zone)
    new, old = moment.at.astimezone(zone), before.at.astimezone(zone)
    if "clock" in moment.told:
        return replace(_at(moment.kind, old.date(), new.time(), moment.zone, exact=True), told=WHOLE)
    if not before.exact or before.kind == "deadline":
        return moment
    return replace(_at("appointment", new.date(), old.time(), moment.zone, exact=True), told=WHOLE)


__all__ = ["Clock", "Heard", "Moment", "default_due", "moved", "read_when", "work_hours"]
