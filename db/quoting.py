"""Turns with the assistant that quote or name what is erased."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, null, select, update
from sqlalchemy.orm import Session

from core.needles import Needles
from db.tables import Conversation, Feedback, Message

LONG = 12
"""Characters from which on a text that stands in a reply was quoted there."""


@dataclass(frozen=True, slots=True)
class QuotingTurn:
    """A question and its reply; `turn_id` is None for a question that was never answered."""

    conversation_id: int
    thread_id: str
    messages: tuple[int, ...]
    turn_id: str | None


def find_turns(session: Session, needles: Needles, texts: Sequence[str], talks: set[str]) -> list[QuotingTurn]:
    """The turns whose words name any of the needles, quote any of the texts, or cite any of the conversations."""
    quoted = [text for text in set(texts) if len(text) >= LONG]
    found = []
    for pair in _pairs(session):
        written = "\n".join(_written(row) for row in pair)
        cited = any(_cites(row.reply, talks) for row in pair)
        if cited or needles.inside(written) or any(text in written for text in quoted):
            turn_id = next((row.reply.get("turn_id") for row in pair if row.reply), None)
            found.append(
                QuotingTurn(pair[0].conversation_id, pair[0].thread_id, tuple(row.id for row in pair), turn_id)
            )
    return found


def blank_turns(session: Session, turns: Sequence[QuotingTurn]) -> None:
    """Take the words out of turns, and what people wrote about them; that they took place stays."""
    for turn in turns:
        session.execute(update(Message).where(Message.id.in_(turn.messages)).values(text="", reply=null(), author=None))
        session.execute(update(Conversation).where(Conversation.id == turn.conversation_id).values(title=""))
        if turn.turn_id:
            session.execute(delete(Feedback).where(Feedback.turn_id == turn.turn_id))


def _pairs(session: Session) -> Iterator[list[Any]]:
    """Questions, each with the reply that followed it."""
    statement = (
        select(Message.id, Message.conversation_id, Message.speaker, Message.text, Message.reply)
        .add_columns(Conversation.external_id.label("thread_id"), Conversation.title)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.kind == "assistant")
        .order_by(Message.conversation_id, Message.at, Message.id)
    )
    pair: list[Any] = []
    for row in session.execute(statement):
        if pair and (row.speaker == "asker" or row.conversation_id != pair[0].conversation_id):
            yield pair
            pair = []
        pair.append(row)
    if pair:
        yield pair


def _written(row: Any) -> str:
    reply = json.dumps(row.reply, ensure_ascii=False) if row.reply else ""
    return f"{row.text}\n{row.title}\n{reply}" if row.text or reply else ""


def _cites(reply: dict[str, Any] | None, talks: set[str]) -> bool:
    return any(source.get("conversation") in talks for source in (reply or {}).get("sources") or ())
