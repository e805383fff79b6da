"""A conversation in writing, read up to its last message."""

import time
from collections.abc import Mapping
from typing import Any

from jobs.pipelines.hands import Hands
from jobs.pipelines.reading import notify, read
from jobs.work import Work


def heard(hands: Hands, work: Work, payload: Mapping[str, Any]) -> None:
    """Read it and tell whom it concerns; what waited for long is read with rests in between."""
    began = time.monotonic()
    tellings = read(hands, work, payload["conversation_id"], lambda step, progress: None)
    notify(hands, work, tellings)
    if payload.get("later"):
        work.floor.stopping.wait((time.monotonic() - began) * work.floor.rest)
