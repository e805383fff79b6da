"""The transcript of record: what was asked is kept before it is answered, and the answer whole."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select

from core.clock import Clock
from core.errors import NotFound
from core.reply import Reply, Status
from db.guard import SYSTEM
from db.tables import Conversation, Message
from tools.context import Turn

SOURCE = "dealhand"
KIND = "assistant"
TITLE_LENGTH = 80
LOOKED_BACK = 20


class Asked(NamedTuple):
    """A message in a thread; `new` starts the thread."""

    thread_id: str
    text: str
    new: bool


class Transcript:
    """Writes threads with the assistant; each belongs to its asker alone. Acts for nobody, so it sees all of them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine.execution_options(scope=SYSTEM)
        self._clock = clock

    def ask(self, turn: Turn, asked: Asked) -> int:
        """Keep what was asked, and say in which conversation; NotFound for a thread that is not the asker's."""
        now = self._clock.now()
        said = {"speaker": "asker", "author": turn.identity.name, "text": asked.text, "lang": turn.lang, "at": now}
        with self._engine.begin() as connection:
            conversation = _begin(connection, turn, asked, now) if asked.new else _owned(connection, turn, asked)
            row = _origin(f"{turn.turn_id}:asker", now) | said | {"conversation_id": conversation, "reply": None}
            connection.execute(insert(Message), row)
        return conversation

    def answer(self, conversation: int, reply: Reply) -> None:
        """Keep the reply, whole."""
        now = self._clock.now()
        said = {"speaker": "assistant", "author": None, "text": reply.text, "lang": reply.lang, "at": now}
        whole = {"conversation_id": conversation, "reply": reply.model_dump(mode="json")}
        with self._engine.begin() as connection:
            connection.execute(insert(Message), _origin(reply.turn_id, now) | said | whole)

    def answers(self, conversation: int, action: str) -> bool:
        """Whether a yes or no now is to this action: a reply here showed it, and no reply since asked anything back."""
        mine = Message.conversation_id == conversation, Message.speaker == "assistant"
        latest = select(Message.reply).where(*mine).order_by(Message.id.desc()).limit(LOOKED_BACK)
        with self._engine.connect() as connection:
            for reply in connection.scalars(latest):
                if any(one["id"] == action for one in (reply or {}).get("actions", ())):
                    return True
                if (reply or {}).get("status") == Status.CLARIFY.value:
                    return False
        return False

    def stale(self, days: int) -> list[str]:
        """The threads in which nothing was said for that many days."""
        before = self._clock.now() - timedelta(days=days)
        with self._engine.connect() as connection:
            said = (
                select(Message.conversation_id).group_by(Message.conversation_id).having(func.max(Message.at) < before)
            )
            ours = Conversation.source == SOURCE, Conversation.kind == KIND, Conversation.id.in_(said)
            return list(connection.scalars(select(Conversation.external_id).where(*ours)))


def _origin(external_id: str, now: datetime) -> dict[str, object]:
    return {"source": SOURCE, "external_id": external_id, "custom": {}, "loaded_at": now}


def _begin(connection: Connection, turn: Turn, asked: Asked, now: datetime) -> int:
    row = _origin(asked.thread_id, now) | {
        "kind": KIND,
        "channel": KIND,
        "title": asked.text[:TITLE_LENGTH],
        "account_id": None,
        "contact_id": None,
        "owner_id": turn.identity.person_id,
        "started_at": now,
    }
    made = connection.execute(insert(Conversation), row).inserted_primary_key
    assert made is not None
    return int(made[0])


def _owned(connection: Connection, turn: Turn, asked: Asked) -> int:
    thread = Conversation.source == SOURCE, Conversation.external_id == asked.thread_id
    mine = Conversation.kind == KIND, Conversation.owner_id == turn.identity.person_id
    found = connection.scalar(select(Conversation.id).where(*thread, *mine))
    if found is None:
        raise NotFound
    return found
