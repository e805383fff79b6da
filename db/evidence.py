"""Where words that make an escalation necessary were said, by the ids they came in with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, Subquery, select

from core.errors import NotFound
from core.identity import Identity
from db.engine import reader
from db.tables import Conversation, Message


@dataclass(frozen=True, slots=True)
class SaidAt:
    """A message of a customer's conversation: ours and the outside's id, and the outside's of its conversation."""

    id: int
    message: str
    conversation: str
    at: datetime


def said_at(engine: Engine, identity: Identity, message_ids: Collection[int]) -> dict[int, SaidAt]:
    """Those of the messages that the asker may read, by our id."""
    if not message_ids:
        return {}
    with reader(engine, identity) as records:
        said, talks = records.scope.rows(Message), records.scope.rows(Conversation)
        rows = records.execute(_said(said, talks).where(said.c.id.in_(message_ids))).all()
    return {row.id: _place(row) for row in rows}


def find_said(engine: Engine, identity: Identity, message: str, account_id: int) -> SaidAt:
    """What came in as `message` in a conversation of the account; NotFound unless the asker may read it."""
    with reader(engine, identity) as records:
        said, talks = records.scope.rows(Message), records.scope.rows(Conversation)
        mine = _said(said, talks).where(said.c.external_id == message, talks.c.account_id == account_id)
        row = records.execute(mine.order_by(said.c.at.desc()).limit(1)).first()
    if row is None:
        raise NotFound(id=message)
    return _place(row)


def _said(said: Subquery, talks: Subquery) -> Select[Any]:
    names = said.c.external_id.label("message"), talks.c.external_id.label("conversation")
    return select(said.c.id, *names, said.c.at).join(talks, talks.c.id == said.c.conversation_id)


def _place(row: Any) -> SaidAt:
    return SaidAt(row.id, row.message, row.conversation, row.at)
