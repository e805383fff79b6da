"""Who is asked when, one after the other, until somebody steps in: all of it before the deadline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from yaml import safe_load

from core.escalations import Role
from db.duties import Colleague
from db.ladders import Step
from tools.escalations.quiet import Rest, rest_of
from tools.escalations.routing import Route

FACTORS = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05, 0.02)
SHARE = 0.9
"""Of the time until the deadline, when quiet hours leave no other way: the last who is asked still has the rest."""


class Line(BaseModel):
    """One line of the file: who, and how many hours after the one before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: Literal["first", "next", "manager", "director"]
    after: float = Field(ge=0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone to be asked, how long after the one before, and when they rest."""

    person_id: int
    gap: timedelta
    rest: Rest


def plan(session: Session, role: Role, route: Route, now: datetime, end: datetime) -> list[Step]:
    """Who is asked when, from `now`; the last before `end`.

    Quiet hours and days off are kept if the ladder can be climbed around them; if not, days off are worked; and if
    even that is too late, the deadline outranks the quiet.
    """
    people = [Waiting(one.id, gap, rest_of(session, one.id, one.away)) for one, gap in _people(role, route)]
    for any_day in (False, True):
        for factor in FACTORS:
            steps = _climb(people, now, factor, any_day=any_day)
            if steps[-1].due_at < end:
                return steps
    return _hurried(people, now, end)


def _people(role: Role, route: Route) -> Iterator[tuple[Colleague, timedelta]]:
    """Each person once, in order; what a step that finds nobody would have waited is not waited."""
    asked: set[int] = set()
    for line in ladders()[role]:
        for one in _candidates(line, route):
            if one.id not in asked:
                asked.add(one.id)
                yield one, timedelta(hours=line.after)
                break


def _candidates(line: Line, route: Route) -> Sequence[Colleague]:
    if line.who == "first":
        return (route.first,)
    if line.who == "next":
        return route.others
    if line.who == "manager":
        return route.above
    return (route.top,) if route.top else ()


def _climb(people: Sequence[Waiting], now: datetime, factor: float, *, any_day: bool) -> list[Step]:
    steps: list[Step] = []
    at = now
    for one in people:
        at = one.rest.waking(at + one.gap * factor, any_day=any_day)
        steps.append(Step(one.person_id, at))
    return steps


def _hurried(people: Sequence[Waiting], now: datetime, end: datetime) -> list[Step]:
    whole = sum((one.gap for one in people), timedelta())
    factor = min(1.0, max(end - now, timedelta()) * SHARE / whole) if whole else 1.0
    steps: list[Step] = []
    at = now
    for one in people:
        at += one.gap * factor
        steps.append(Step(one.person_id, at))
    return steps


@cache
def ladders() -> dict[Role, list[Line]]:
    """The ladder of each role, as the file has it."""
    read = safe_load(Path(__file__).with_name("ladder.yaml").read_text(encoding="utf-8"))
    return {role: [Line.model_validate(line) for line in lines] for role, lines in read.items()}
