"""Telling people what came in: whom a signal concerns, and that a call could not be heard."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.tables import Account, Call, Conversation, Message, Notice, Person, Signal

SIGNAL, CALL_FAILED = "signal", "call_failed"
MANAGERS_TOO = ("churn_risk", "complaint")
SOME = 500


@dataclass(frozen=True, slots=True)
class Telling:
    """What one person is to be told, once under its key; `detail` names rows and holds nobody's words."""

    key: str
    person_id: int
    kind: str
    conversation_id: int | None
    detail: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The same as JSON values."""
        return asdict(self)


def tell(session: Session, tellings: Iterable[Telling], now: datetime) -> int:
    """Tell people what they were not told before; how many notices are new."""
    table = Notice.__table__
    assert isinstance(table, Table)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = 0
    for telling in tellings:
        statement = insert(table).values(**telling.plain(), at=now).on_conflict_do_nothing(index_elements=["key"])
        new += session.execute(statement.returning(table.c.id)).first() is not None
    return new


def notice_id(session: Session, key: str) -> int:
    """The id of what was told under `key`."""
    return session.scalars(select(Notice.id).where(Notice.key == key)).one()


def concerning(session: Session, conversation_id: int, messages: Sequence[int], since: datetime) -> list[Telling]:
    """Whom the signals of these messages concern, of those said after `since`: each person once a kind and day.

    That is whoever owns the conversation, or its account; their manager too where a customer may go or complains.
    """
    owner = _owner(session, conversation_id)
    if owner is None:
        return []
    manager = _active(session, owner.manager_id)
    found: dict[str, Telling] = {}
    for signal in _signals(session, messages, since):
        people = [owner.id, manager.id] if manager and signal.kind in MANAGERS_TOO else [owner.id]
        for person in people:
            key = f"{SIGNAL}:{conversation_id}:{signal.kind}:{signal.at.date().isoformat()}:{person}"
            detail = {"signal": signal.kind, "message_id": signal.message_id}
            found.setdefault(key, Telling(key, person, SIGNAL, conversation_id, detail))
    return list(found.values())


def failure(session: Session, call_id: str, key: str, code: str) -> list[Telling]:
    """Whom it concerns that a call could not be worked on: whoever brought it, else its owner."""
    call = session.scalar(select(Call).where(Call.content_hash == call_id))
    if call is None:
        return []
    person = _active(session, call.uploaded_by) or _owner(session, call.conversation_id)
    if person is None:
        return []
    detail = {"call_id": call_id, "code": code}
    return [Telling(f"{CALL_FAILED}:{key}:{person.id}", person.id, CALL_FAILED, call.conversation_id, detail)]


def _signals(session: Session, messages: Sequence[int], since: datetime) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for start in range(0, len(messages), SOME):
        some = list(messages[start : start + SOME])
        statement = select(Signal.kind, Signal.at, Signal.message_id).join(Message, Message.id == Signal.message_id)
        statement = statement.where(Signal.message_id.in_(some), Signal.at >= since)
        found.extend(session.execute(statement.order_by(Signal.at, Signal.id)))
    return found


def _owner(session: Session, conversation_id: int) -> Person | None:
    talk = session.get(Conversation, conversation_id)
    if talk is None:
        return None
    account = session.get(Account, talk.account_id) if talk.account_id else None
    return _active(session, talk.owner_id) or _active(session, account.owner_id if account else None)


def _active(session: Session, person_id: int | None) -> Person | None:
    person = session.get(Person, person_id) if person_id else None
    return person if person and person.active else None
