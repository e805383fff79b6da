"""What was accepted and still waits to be worked on."""

from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from db.calls import work_key
from db.tables import Call, Conversation, Message, Sentiment

UNFINISHED = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation with messages nobody has read for signals, and its last message."""

    conversation_id: int
    message_id: int


def unfinished_calls(session: Session) -> list[tuple[str, str]]:
    """Calls that are not done and have not failed, as (call id, the key of their work), the oldest first."""
    found = session.scalars(select(Call).where(Call.status.in_(UNFINISHED)).order_by(Call.id))
    return [(call.content_hash, work_key(call)) for call in found]


def newest_message(session: Session) -> int:
    """The id of the message that was stored last; 0 where there is none."""
    return session.scalar(select(func.max(Message.id))) or 0


def unread_conversations(session: Session, after: int, limit: int) -> list[Waiting]:
    """Conversations in writing with customers' lines that nobody has read, of messages stored after the id `after`;
    the latest talks first."""
    read = exists().where(Sentiment.message_id == Message.id)
    unread = and_(Message.conversation_id == Conversation.id, Message.speaker == "customer", Message.id > after, ~read)
    last = select(func.max(Message.id)).where(Message.conversation_id == Conversation.id).scalar_subquery()
    statement = select(Conversation.id, last).where(Conversation.kind == "customer", Conversation.channel != "call")
    statement = statement.where(exists().where(unread)).order_by(Conversation.started_at.desc(), Conversation.id.desc())
    return [Waiting(*row) for row in session.execute(statement.limit(limit))]
