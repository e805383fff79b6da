"""Handing work over, and waiting a little for it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from core.errors import OperatorError
from core.ports import Jobs

log = structlog.get_logger("work")


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of durable work: the workflow, the key it is done under once, and its JSON values."""

    name: str
    key: str
    payload: Mapping[str, Any]


def hand_over(jobs: Jobs, works: Sequence[Work], *, seconds: float) -> bool:
    """Enqueue all of it and wait up to `seconds`; whether it ended. Durable work that is away is no error here:
    what the work is about was kept, and is found when it is back."""
    for work in works:
        jobs.enqueue(work.name, work.key, work.payload)
    until = time.monotonic() + seconds
    try:
        return all(jobs.settled(work.key, max(0.0, until - time.monotonic())) for work in works)
    except OperatorError:
        log.warning("work.away", exc_info=True)
        return False
