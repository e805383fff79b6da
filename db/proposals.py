"""What waits for a person's word."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.escalations import new_name
from db.tables import Proposal

WAITING, CONFIRMED, DECLINED, EXPIRED = "waiting", "confirmed", "declined", "expired"
LIFE = timedelta(hours=24)


def keep(  # noqa: PLR0913 (a proposal has that many parts)
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    person_id: int,
    thread_id: str | None,
    escalation_id: int | None = None,
    now: datetime,
) -> Proposal:
    """Keep it for a day. What was proposed before in the same thread waits no more: a yes is to what was last said."""
    if thread_id is not None:
        before = update(Proposal).where(Proposal.thread_id == thread_id, Proposal.person_id == person_id)
        session.execute(before.where(Proposal.state == WAITING).values(state=EXPIRED, decided_at=now))
    row = Proposal(name=new_name(), kind=kind, payload=dict(payload), thread_id=thread_id, person_id=person_id)
    row.state, row.created_at, row.expires_at, row.escalation_id = WAITING, now, now + LIFE, escalation_id
    session.add(row)
    session.flush()
    return row


def latest(session: Session, person_id: int, thread_id: str, now: datetime) -> Proposal | None:
    """What the person was last asked in the thread, if it waits."""
    mine = Proposal.person_id == person_id, Proposal.thread_id == thread_id
    waits = Proposal.state == WAITING, Proposal.expires_at > now
    return session.scalar(select(Proposal).where(*mine, *waits).order_by(Proposal.id.desc()).limit(1))


def of_person(session: Session, person_id: int, name: str) -> Proposal | None:
    """A proposal of the person's own."""
    return session.scalar(select(Proposal).where(Proposal.name == name, Proposal.person_id == person_id))


def waiting_of(session: Session, person_id: int, now: datetime) -> list[Proposal]:
    """All that wait for the person's word, the latest first."""
    waits = Proposal.person_id == person_id, Proposal.state == WAITING, Proposal.expires_at > now
    return list(session.scalars(select(Proposal).where(*waits).order_by(Proposal.id.desc())))


def settle(proposal: Proposal, state: str, by: int, now: datetime, escalation_id: int | None = None) -> None:
    """It was decided."""
    proposal.state, proposal.decided_at, proposal.decided_by = state, now, by
    proposal.escalation_id = escalation_id or proposal.escalation_id
