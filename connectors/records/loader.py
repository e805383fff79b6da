"""Loads a whole source by a mapping: checks everything first, then feed by feed, batch by batch."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from connectors.records.check import Ready, checked
from connectors.records.feed import FeedRun
from connectors.records.ids import Ids
from connectors.records.kinds import record_kinds
from connectors.records.people import PeopleRun
from connectors.records.plan import Plan, Planner
from connectors.records.report import FeedReport, ImportReport
from connectors.records.run import Run
from connectors.records.settle import finish
from connectors.records.source import is_url
from connectors.records.sql import widen_cache
from core.clock import Clock
from core.wording import Lang
from db.engine import system_session

BATCH = 5_000


class Progress(NamedTuple):
    """How far a load is: in which feed, how many rows of it are read, and which part of everything is done."""

    feed: str
    read: int
    done: float


Tell = Callable[[Progress], None]


def load(
    source: str | Path,
    mapping_file: Path,
    engine: Engine,
    clock: Clock,
    progress: Tell | None = None,
    lang: Lang = "en",
) -> ImportReport:
    """Load `source` into `engine`; MappingProblems before anything is written if the mapping does not fit."""
    ready = checked(str(source), mapping_file, engine, lang)
    report = ImportReport(_shown(str(source)), mapping_file.name, clock.now(), lang)
    run = Run(engine, ready.mapping, ready.company, report, clock.now())
    plans = _plans(ready)
    ids = {plan.feed_number: Ids([one for one in plans if one.feed_number == plan.feed_number]) for plan in plans}
    people = PeopleRun(run)
    for number, plan in enumerate(plans):
        if plan.kind.name != "person" and not people.settled:
            people.settle()
        feed = FeedReport(plan.label, plan.kind.name, plan.table.name)
        report.feeds.append(feed)
        _load_feed(FeedRun(run, plan, feed, people, ids[plan.feed_number]), _part(progress, plan, number, len(plans)))
    if not people.settled:
        people.settle()
    finish(run, plans)
    return report


def _shown(source: str) -> str:
    from sqlalchemy import make_url  # noqa: PLC0415

    return make_url(source).render_as_string(hide_password=True) if is_url(source) else source


def _part(progress: Tell | None, plan: Plan, number: int, of: int) -> Callable[[int, float], None]:
    def tell(read: int, done: float) -> None:
        if progress is not None:
            progress(Progress(plan.label, read, (number + min(done, 1.0)) / of))

    return tell


def _load_feed(feed: FeedRun, tell: Callable[[int, float], None]) -> None:
    """Every batch is one transaction: after a kill the next run finds what is there and goes on."""
    rows = feed.plan.table.rows()
    tell(0, 0.0)
    while batch := list(islice(rows, BATCH)):
        with system_session(feed.run.engine) as session:
            widen_cache(session.connection())
            feed.load(session, batch)
        tell(feed.report.read, batch[-1].done)
    feed.finish()
    tell(feed.report.read, 1.0)


def _plans(ready: Ready) -> list[Plan]:
    """The feeds in the order in which kinds are loaded; each knows what other feeds of its kind map."""
    planner = Planner(ready.mapping, ready.company, ready.source)
    plans = [planner.plan(one.feed, one.table, one.label) for one in ready.feeds]
    for plan, one in zip(plans, ready.feeds, strict=True):
        plan.feed_number = one.number
    for plan in plans:
        others = [other for other in plans if other.kind is plan.kind and other.feed_number != plan.feed_number]
        plan.mapped_elsewhere = frozenset().union(*(other.columns for other in others)) - plan.columns
    order = list(record_kinds())
    return sorted(plans, key=lambda plan: order.index(plan.kind.name))
