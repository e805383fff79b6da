"""Conversations read for signals and facts at once, as the pipelines do it a step at a time."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.settings import Settings
from db.engine import open_engine, system_session
from db.signals import store_readings, unread
from db.tables import Conversation
from tools.workbench import Workbench


def understand(session: Session, workbench: Workbench, conversation_id: int, now: datetime) -> None:
    """Read what of a conversation nobody has read, keep its signals and make facts of them."""
    lines = unread(session, conversation_id)
    readings = workbench.signals.detect([line.utterance for line in lines])
    kept = [(line.message_id, reading) for line, reading in zip(lines, readings, strict=True)]
    store_readings(session, kept, detector=workbench.signals.version, now=now)
    session.flush()
    workbench.profiles.learn(session, conversation_id)


def hear_all(settings: Settings) -> None:
    """Read every customer's conversation in the home of `settings`, and let memory index all of it."""
    engine = open_engine(settings.database)
    workbench = Workbench(settings, engine)
    try:
        with system_session(engine) as session:
            for conversation_id in session.scalars(select(Conversation.id).where(Conversation.kind == "customer")):
                understand(session, workbench, conversation_id, settings.clock.now())
        workbench.memory.catch_up()
    finally:
        workbench.close()
        engine.dispose()
