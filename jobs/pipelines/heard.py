"""A conversation in writing, read up to its last message."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from jobs.pipelines.hands import Hands
from jobs.pipelines.reading import notify, read
from jobs.work import Work


def heard(hands: Hands, work: Work, payload: Mapping[str, Any]) -> None:
    """Read it and tell whom it concerns; what waited for long can wait a little longer."""
    with work.unhurried() if payload.get("later") else nullcontext():
        notify(hands, work, read(hands, work, payload["conversation_id"], _unseen))


def _unseen(step: str, progress: float) -> None:
    """Nobody watches the reading of a text."""
