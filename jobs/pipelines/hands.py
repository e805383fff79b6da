"""What the pipelines work with, handed to them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.said import Reading
from core.settings import Settings
from db.notices import Telling
from jobs.request import Request

NEWS = timedelta(days=14)
"""Older than that, nobody is told of what was said."""


class Found(Protocol):
    """What a file turned out to hold."""

    @property
    def seconds(self) -> float:
        """What can be heard."""
        ...

    @property
    def channels(self) -> int:
        """How many there are."""
        ...


Readings = Sequence[tuple[int, Reading]]


@dataclass(frozen=True, slots=True)
class Hands:
    """`kept` makes a stored recording a path of this machine; `hear` puts it into words, telling how far it is.

    `read` reads what of a conversation was not read for signals, `store` keeps what it found and says which messages
    have signals, `learn` makes facts of them, `escalate` opens what they
    call for, `tell` tells people what came in.
    """

    settings: Settings
    engine: Engine
    kept: Callable[[str], AbstractContextManager[Path]]
    probe: Callable[[Path], Found]
    hear: Callable[[Request, Callable[[float], None]], dict[str, Any]]
    hot_words: Callable[[Session, int], tuple[str, ...]]
    read: Callable[[int], Readings]
    store: Callable[[Session, Readings], list[int]]
    learn: Callable[[Session, int], None]
    escalate: Callable[[Session, int, list[int]], int]
    tell: Callable[[Session, Sequence[Telling]], int]

    def now(self) -> datetime:
        """The moment, by the company's clock."""
        return self.settings.clock.now()
