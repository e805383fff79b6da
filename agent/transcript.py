"""The transcript of record: what was asked is kept before it is answered, and the answer whole."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import NotFound
from core.reply import Reply
from core.wording import Lang
from db.engine import system_session
from db.tables import Conversation, Message
from tools.context import Turn

SOURCE = "dealhand"
KIND = "assistant"
TITLE_LENGTH = 80


class Asked(NamedTuple):
    """A message in a thread; `new` starts the thread."""

    thread_id: str
    text: str
    new: bool


class Transcript:
    """Writes threads with the assistant; each belongs to its asker alone."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def ask(self, turn: Turn, asked: Asked) -> None:
        """Keep what was asked; NotFound for a thread that is not the asker's."""
        now = self._clock.now()
        with system_session(self._engine) as session:
            if asked.new:
                conversation = self._begin(turn, asked, now)
                session.add(conversation)
                session.flush()
                conversation_id = conversation.id
            else:
                conversation_id = _owned(session, asked.thread_id, turn.identity.person_id)
            session.add(
                Message(
                    **_origin(f"{turn.turn_id}:asker", now),
                    conversation_id=conversation_id,
                    speaker="asker",
                    author=turn.identity.name,
                    text=asked.text,
                    lang=turn.lang,
                    at=now,
                    reply=None,
                )
            )

    def answer(self, reply: Reply, lang: Lang) -> None:
        """Keep the reply, whole."""
        now = self._clock.now()
        with system_session(self._engine) as session:
            thread = Conversation.source == SOURCE, Conversation.external_id == reply.thread_id
            conversation_id = session.scalars(select(Conversation.id).where(*thread)).one()
            session.add(
                Message(
                    **_origin(reply.turn_id, now),
                    conversation_id=conversation_id,
                    speaker="assistant",
                    author=None,
                    text=reply.text,
                    lang=lang,
                    at=now,
                    reply=reply.model_dump(mode="json"),
                )
            )

    def stale(self, days: int) -> list[str]:
        """The threads in which nothing was said for that many days."""
        before = self._clock.now() - timedelta(days=days)
        with system_session(self._engine) as session:
            said = (
                select(Message.conversation_id).group_by(Message.conversation_id).having(func.max(Message.at) < before)
            )
            ours = Conversation.source == SOURCE, Conversation.kind == KIND, Conversation.id.in_(said)
            return list(session.scalars(select(Conversation.external_id).where(*ours)))

    def _begin(self, turn: Turn, asked: Asked, now: datetime) -> Conversation:
        return Conversation(
            **_origin(asked.thread_id, now),
            kind=KIND,
            channel=KIND,
            title=asked.text[:TITLE_LENGTH],
            account_id=None,
            contact_id=None,
            owner_id=turn.identity.person_id,
            started_at=now,
        )


def _origin(external_id: str, now: datetime) -> dict[str, object]:
    return {"source": SOURCE, "external_id": external_id, "custom": {}, "loaded_at": now}


def _owned(session: Session, thread_id: str, person_id: int) -> int:
    thread = Conversation.source == SOURCE, Conversation.external_id == thread_id
    mine = Conversation.kind == KIND, Conversation.owner_id == person_id
    found = session.scalar(select(Conversation.id).where(*thread, *mine))
    if found is None:
        raise NotFound
    return found
