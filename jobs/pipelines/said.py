"""Reading what was said with the product's own parts."""

from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.settings import Settings
from db import signals
from db.engine import system_session
from jobs.pipelines.hands import Readings

if TYPE_CHECKING:
    from tools.workbench import Workbench


class Said:
    """Finds signals and facts in conversations, and keeps them."""

    def __init__(self, settings: Settings, engine: Engine, workbench: "Workbench") -> None:
        self._clock = settings.clock
        self._engine = engine
        self._workbench = workbench

    def read(self, conversation_id: int) -> Readings:
        """What the lines that nobody has read carry, by message; nothing of the database is held meanwhile."""
        with system_session(self._engine) as session:
            unread = signals.unread(session, conversation_id)
        readings = self._workbench.signals.detect([line.utterance for line in unread])
        return [(line.message_id, reading) for line, reading in zip(unread, readings, strict=True)]

    def store(self, session: Session, readings: Readings) -> list[int]:
        """Keep what was found; which messages have signals."""
        detector = self._workbench.signals.version
        signals.store_readings(session, readings, detector=detector, now=self._clock.now())
        return [message_id for message_id, reading in readings if reading.signals]

    def learn(self, session: Session, conversation_id: int) -> None:
        """Make facts of what was said."""
        self._workbench.profiles.learn(session, conversation_id)
