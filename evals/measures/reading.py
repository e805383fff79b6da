"""What was said, read by the steps of the pipeline that reads it."""

from datetime import datetime

from sqlalchemy import Engine

from db import signals
from db.engine import system_session
from tools.escalations.triggers import Triggers
from tools.signals.detector import Detector


def read_in(engine: Engine, conversation: int, detector: Detector, triggers: Triggers, now: datetime) -> list[int]:
    """Find and keep signals in what nobody has read, and open what they call for; which messages have any."""
    with system_session(engine) as session:
        unread = signals.unread(session, conversation)
    readings = detector.detect([one.utterance for one in unread])
    found = [(one.message_id, reading) for one, reading in zip(unread, readings, strict=True)]
    with system_session(engine) as session:
        signals.store_readings(session, found, detector=detector.version, now=now)
    messages = [message for message, reading in found if reading.signals]
    with system_session(engine) as session:
        triggers.look(session, conversation, messages, now)
    return messages
