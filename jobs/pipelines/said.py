"""Reading what was said with the product's own parts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.settings import Settings
from db import signals
from db.engine import system_session
from db.notices import Telling
from jobs.pipelines.hands import Readings
from tools.escalations.delivery import DELIVER
from tools.escalations.telling import Teller
from tools.escalations.triggers import Triggers
from tools.notices.alerts import Alerts

if TYPE_CHECKING:
    from tools.workbench import Workbench


class Said:
    """Finds signals and facts in conversations, and keeps them."""

    def __init__(self, settings: Settings, engine: Engine, workbench: "Workbench") -> None:
        self._clock = settings.clock
        self._engine = engine
        self._workbench = workbench
        self._triggers = Triggers(Teller(DELIVER, settings.lang))
        self._alerts = Alerts(settings.lang, settings.public_url)

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

    def escalate(self, session: Session, conversation_id: int, messages: list[int]) -> int:
        """Open what was said calls for; how many escalations."""
        return self._triggers.look(session, conversation_id, messages, self._clock.now())

    def tell(self, session: Session, tellings: Sequence[Telling]) -> int:
        """Tell people; how much of it is new."""
        return self._alerts.tell(session, tellings, self._clock.now())

    def learn(self, session: Session, conversation_id: int) -> None:
        """Make facts of what was said."""
        self._workbench.profiles.learn(session, conversation_id)
