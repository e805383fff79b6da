"""Taking in what was said. Whatever comes again changes nothing, from however many sides at once.

A conversation is known by (source, external id). A message is known by its external id within its conversation: its
own `source` is `message_source(...)`, so two conversations may both have an "m1", and `external_id` is always what the
sender called it. The first text of a message counts; sent again with another, it is a duplicate all the same.

Who brings a conversation bounds what it may touch. A rep or manager adds only to conversations they may see, is
matched only against accounts they may see, and it is owned by someone of their own line: an account named that they
don't see is as one that does not exist, and the conversation waits in their queue. What a director, an admin's
integration or a command at the desk brings is matched against all accounts, and is its rep's or the account's owner's.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Table, false, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.identity import Identity
from core.language import detect
from core.said import Incoming, IncomingConversation, Intake, Rejected
from core.wording import Lang, say
from core.work import Work
from db.arrivals import Desk, Talk, open_desk
from db.engine import system_session
from db.incoming import clean, cleaned, fault_of, sift
from db.tables import Base, Conversation, Message

HEARD = "heard"
"""The workflow that reads what came in: signals, profile, triggers, notices."""

CHUNK = 500
ENOUGH = 2_000
"""Characters that tell the language of a text."""


def message_source(source: str, conversation_id: int) -> str:
    """The `source` of the messages of a conversation, within which their external ids are unique."""
    return f"{source}/{conversation_id}"


def take_in(
    session: Session,
    conversations: Iterable[IncomingConversation],
    *,
    source: str,
    by: Identity | None,
    now: datetime,
    lang: Lang = "en",
) -> Intake:
    """Take conversations in within the session's transaction; what can't be is told in `lang`, the rest comes in."""
    door = Door(source=source, by=by, now=now, lang=lang)
    for conversation in conversations:
        door.take(session, conversation)
    return door.done


def receive(engine: Engine, conversations: Iterable[IncomingConversation], door: "Door") -> Intake:
    """Take conversations in, each in a transaction of its own; as `door` counts them."""
    for conversation in conversations:
        with system_session(engine) as session:
            door.take(session, conversation)
    return door.done


def heard(engine: Engine, conversations: Iterable[int]) -> list[Work]:
    """The jobs that read these conversations up to their last messages."""
    wanted = sorted(set(conversations))
    last = func.max(Message.id)
    with system_session(engine) as session:
        found = [
            row
            for start in range(0, len(wanted), CHUNK)
            for row in session.execute(
                select(Message.conversation_id, last)
                .where(Message.conversation_id.in_(wanted[start : start + CHUNK]))
                .group_by(Message.conversation_id)
            )
        ]
    return [work_of(conversation_id, message_id) for conversation_id, message_id in found]


def conversation_of(session: Session, source: str, message_ids: Sequence[str], least: int) -> str | None:
    """The external id of the conversation that has most of these messages; None if none has `least` of them."""
    counted = func.count()
    statement = (
        select(Conversation.external_id, counted)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.source == source, Message.external_id.in_(list(message_ids)[:CHUNK]))
        .group_by(Conversation.id, Conversation.external_id)
        .order_by(counted.desc(), Conversation.id)
    )
    found = session.execute(statement.limit(1)).first()
    return found[0] if found is not None and found[1] >= least else None


def work_of(conversation_id: int, message_id: int, again: str = "") -> Work:
    """The job that reads a conversation up to a message; `again` tells a later reading of the same from the first."""
    key = f"{HEARD}:{conversation_id}:{message_id}" + (f":{again}" if again else "")
    return Work(HEARD, key, {"conversation_id": conversation_id, "message_id": message_id})


class Door:
    """Takes in one batch; `done` says what became of it, `touched` which conversations it was about, new or not."""

    def __init__(self, *, source: str, by: Identity | None, now: datetime, lang: Lang = "en") -> None:
        self.touched: set[int] = set()
        self._source, self._by, self._now, self._lang = source, by, now, lang
        self._accepted = self._duplicates = 0
        self._rejected: list[Rejected] = []
        self._new: dict[int, None] = {}
        self._desk: Desk | None = None

    @property
    def done(self) -> Intake:
        """What became of everything taken so far."""
        return Intake(self._accepted, self._duplicates, tuple(self._rejected), tuple(self._new))

    def refuse(self, external_id: str, reason: str) -> None:
        """Note something that did not even become a conversation."""
        self._rejected.append(Rejected(clean(external_id), reason))

    def take(self, session: Session, conversation: IncomingConversation) -> None:
        """Take one conversation in, within the session's transaction."""
        conversation = cleaned(conversation)
        fault = fault_of(conversation, self._lang)
        if fault is not None:
            self._rejected.append(fault)
            return
        sifted = sift(conversation.messages, self._now, self._lang)
        self._rejected += sifted.bad
        if not sifted.good:
            return
        if self._desk is None:
            self._desk = open_desk(session, self._by)
        talk = self._conversation(session, conversation, list(sifted.good.values()))
        if not self._desk.may_add(talk):
            self.refuse(conversation.external_id, say("intake.reason.not_yours", self._lang))
            return
        added = self._add(session, talk, sifted.good)
        self._accepted += added
        self._duplicates += len(sifted.good) - added + sifted.repeated
        self.touched.add(talk.id)
        if added:
            self._new[talk.id] = None
        self._desk.decide(session, talk, conversation, self._now)

    def _conversation(self, session: Session, incoming: IncomingConversation, messages: list[Incoming]) -> Talk:
        """The conversation of that id, made if there is none; nobody else changes it before the transaction ends."""
        # In SQLite a transaction that reads first can't go on to write once another has written.
        session.execute(update(Conversation).where(false()).values(channel=""))
        values = {
            "source": self._source, "external_id": incoming.external_id, "custom": {}, "loaded_at": self._now,
            "kind": "customer", "channel": incoming.channel, "title": incoming.title,
            "started_at": min(message.at for message in messages),
        }  # fmt: skip
        made = session.scalar(_insert(session, Conversation).values(values).returning(_table(Conversation).c.id))
        known = _table(Conversation).c
        statement = select(known.id, known.kind, known.account_id, known.owner_id, known.started_at)
        statement = statement.where(known.source == self._source, known.external_id == incoming.external_id)
        row = session.execute(statement.with_for_update()).one()
        return Talk(row.id, row.kind, row.account_id, row.owner_id, row.started_at, made is not None)

    def _add(self, session: Session, talk: Talk, messages: dict[str, Incoming]) -> int:
        """How many of the messages were new, and are there now."""
        source = message_source(self._source, talk.id)
        rows: list[dict[str, Any]] = [
            {
                "source": source, "external_id": one.external_id, "custom": {}, "loaded_at": self._now,
                "conversation_id": talk.id, "speaker": one.speaker, "author": _author(one), "text": clean(one.text),
                "lang": detect(one.text[:ENOUGH]), "at": one.at,
            }
            for one in messages.values()
        ]  # fmt: skip
        statement = _insert(session, Message).returning(_table(Message).c.id)
        added = len(session.execute(statement, rows).all())
        if added:
            first = min(talk.started_at, *(one.at for one in messages.values()))
            changed = update(Conversation).where(Conversation.id == talk.id)
            session.execute(changed.values(loaded_at=self._now, started_at=first))
        return added


def _author(message: Incoming) -> str | None:
    return clean(message.author).strip() or None if message.author else None


def _table(model: type[Base]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__


def _insert(session: Session, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An insert that leaves alone what is there under the same key."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(_table(model)).on_conflict_do_nothing(index_elements=["source", "external_id"])
