"""Workflows, as they are registered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobs.timers import Kinds
from jobs.work import Work, unwatched

Run = Callable[[Work, Mapping[str, Any]], None]


def nothing() -> None:
    """There is nothing to close."""


@dataclass(frozen=True, slots=True)
class Flow:
    """`run` is given the work and the payload it was enqueued with; it must do the same steps in the same order."""

    name: str
    run: Run


@dataclass(frozen=True, slots=True)
class Schedule:
    """A workflow that starts by itself: `cron` has five fields, or six with seconds first."""

    name: str
    cron: str
    run: Run
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one process can work on. `hurry` ends what a step waits for, when the process is to stop; `timers` are
    the kinds of timers it fires."""

    flows: Sequence[Flow]
    schedules: Sequence[Schedule] = ()
    watch: Callable[[str], None] = unwatched
    hurry: Callable[[], None] = nothing
    timers: Kinds = field(default_factory=dict)
