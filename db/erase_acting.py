"""Erasing from what was made of a customer's words: escalations, proposals, and what went through channels."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, null, select, update
from sqlalchemy.orm import Session

from core.needles import Needles
from db.quoting import LONG
from db.tables import Escalation, EscalationEvent, Inbound, Notice, Outbound, Proposal, Rung, Timer

ESCALATION = "escalation"


def erase_account_acts(session: Session, account_id: int) -> None:
    """Remove the account's escalations with their history, and what was told of them."""
    gone = {row.id: row.name for row in session.scalars(select(Escalation).where(Escalation.account_id == account_id))}
    rungs = set(session.scalars(select(Rung.id).where(Rung.escalation_id.in_(gone))))
    for timer in session.execute(select(Timer.id, Timer.payload)).all():
        if timer.payload.get("rung") in rungs or timer.payload.get("escalation") in gone:
            session.execute(delete(Timer).where(Timer.id == timer.id))
    _forget_notices(session, _about(session, set(gone.values())))
    _erase_proposals(session, account_id, set(gone), None)
    for model in (Rung, EscalationEvent):
        session.execute(delete(model).where(model.escalation_id.in_(gone)))
    session.execute(delete(Escalation).where(Escalation.id.in_(gone)))


def erase_person_acts(session: Session, account_id: int | None, needles: Needles, messages: Sequence[int]) -> None:
    """Take a person's words and name out of the account's escalations; that somebody was to step in stays."""
    gone = set(messages)
    touched: set[str] = set()
    ids: set[int] = set()
    for row in session.scalars(select(Escalation).where(Escalation.account_id == account_id)):
        left = [one for one in row.evidence if one["message_id"] not in gone and not needles.inside(one["quote"])]
        if len(left) != len(row.evidence) or needles.inside(f"{row.note} {row.outcome_note} {row.cause}"):
            touched.add(row.name)
            ids.add(row.id)
        row.evidence = left
        row.note, row.outcome_note = _blotted(needles, row.note), _blotted(needles, row.outcome_note)
        row.cause = needles.blotted(row.cause)
    for event in session.scalars(select(EscalationEvent).where(EscalationEvent.escalation_id.in_(ids))):
        event.detail = json.loads(needles.blotted(json.dumps(event.detail, ensure_ascii=False)))
    _forget_notices(session, _about(session, touched))
    _erase_proposals(session, account_id, set(), needles)


def leave_conversations(session: Session, conversations: Sequence[int]) -> None:
    """Let nothing point to conversations that are about to go."""
    here = Escalation.conversation_id.in_(conversations)
    session.execute(update(Escalation).where(here).values(conversation_id=null()))
    _forget_notices(session, session.scalars(select(Notice.id).where(Notice.conversation_id.in_(conversations))).all())


def erase_traffic(session: Session, needles: Needles, texts: Sequence[str], talks: set[str]) -> None:
    """Remove what went through channels and names the people, quotes the texts or cites the conversations."""
    quoted = [text for text in set(texts) if len(text) >= LONG]

    def theirs(plain: dict[str, Any]) -> bool:
        written = "\n".join(_strings(plain))
        return needles.inside(written) or any(text in written for text in quoted) or _cites(plain, talks)

    for row in session.execute(select(Outbound.id, Outbound.content)).all():
        if theirs(row.content):
            _forget_outbound(session, Outbound.id == row.id)
    for row in session.execute(select(Inbound.id, Inbound.payload)).all():
        if theirs(row.payload):
            # Its key stays, so that the channel's delivering it again does not bring it back.
            session.execute(update(Inbound).where(Inbound.id == row.id).values(payload={}, state="done"))


def _about(session: Session, escalations: set[str]) -> list[int]:
    rows = session.execute(select(Notice.id, Notice.detail).where(Notice.kind == ESCALATION)).all()
    return [row.id for row in rows if row.detail.get("escalation") in escalations]


def _forget_notices(session: Session, notices: Sequence[int]) -> None:
    _forget_outbound(session, Outbound.notice_id.in_(notices))
    session.execute(delete(Notice).where(Notice.id.in_(notices)))


def _forget_outbound(session: Session, those: ColumnElement[bool]) -> None:
    session.execute(delete(Outbound).where(those))


def _erase_proposals(session: Session, account_id: int | None, escalations: set[int], needles: Needles | None) -> None:
    for row in session.scalars(select(Proposal)):
        theirs = row.escalation_id in escalations or (row.payload.get("wanted") or {}).get("account_id") == account_id
        if theirs and (needles is None or needles.inside("\n".join(_strings(row.payload)))):
            session.delete(row)
    session.flush()


def _blotted(needles: Needles, text: str | None) -> str | None:
    return None if text is None else needles.blotted(text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _cites(plain: dict[str, Any], talks: set[str]) -> bool:
    sources = (plain.get("reply") or {}).get("sources") or ()
    return any(source.get("conversation") in talks for source in sources)
