"""Escalations and proposals as their readers see them: people and accounts by name, with ladder and history."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, case, func, or_, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.escalations import OPEN, EscalationView, Evidence, Happened, LadderStep, State
from core.identity import Identity
from db.engine import reader, system_session
from db.tables import Account, Conversation, Escalation, EscalationEvent, Person, Proposal, Rung

WAITING = "waiting"


def read_view(engine: Engine, identity: Identity, name: str) -> EscalationView | None:
    """One escalation that the asker may see."""
    with reader(engine, identity) as records:
        rows = records.scope.rows(Escalation)
        found = records.execute(select(rows.c.id).where(rows.c.name == name)).scalar()
    return None if found is None else views_of(engine, [found])[0]


def list_views(  # noqa: PLR0913 (a search has that many parts)
    engine: Engine,
    identity: Identity,
    *,
    states: Sequence[State] | None,
    account_id: int | None,
    mine: bool = False,
    skip: int,
    limit: int,
) -> list[EscalationView]:
    """Those the asker may see: the open ones by deadline, then the latest closed ones; without their history."""
    with reader(engine, identity) as records:
        rows = records.scope.rows(Escalation)
        over = case((rows.c.state.in_(OPEN), 0), else_=1)
        statement = select(rows.c.id).order_by(over, case((over == 0, rows.c.due_at)), rows.c.id.desc())
        if states is not None:
            statement = statement.where(rows.c.state.in_(states))
        if account_id is not None:
            statement = statement.where(rows.c.account_id == account_id)
        if mine:
            own = rows.c.person_id, rows.c.owner_id, rows.c.asked_by
            statement = statement.where(or_(*(one == identity.person_id for one in own)))
        ids = records.execute(statement.offset(skip).limit(limit)).scalars().all()
    return views_of(engine, ids)


def count_asked(engine: Engine, identity: Identity) -> int:
    """In how many the asker is the one who is asked and has not said anything yet."""
    with reader(engine, identity) as records:
        rows = records.scope.rows(Escalation)
        asked = rows.c.person_id == identity.person_id, rows.c.state == "scheduled"
        return int(records.execute(select(func.count()).where(*asked)).scalar() or 0)


def views_of(engine: Engine, ids: Sequence[int]) -> list[EscalationView]:
    """Those that were found in an asker's scope, in this order: what belongs to one may be read by who it is for."""
    with system_session(engine) as session:
        rows = {row.id: row for row in session.scalars(select(Escalation).where(Escalation.id.in_(ids)))}
        return [view_of(session, rows[one]) for one in ids if one in rows]


def view_of(session: Session, row: Escalation) -> EscalationView:
    """One as it stands in this transaction."""
    session.flush()
    rungs = session.scalars(select(Rung).where(Rung.escalation_id == row.id).order_by(Rung.number)).all()
    mine = EscalationEvent.escalation_id == row.id
    events = session.scalars(select(EscalationEvent).where(mine).order_by(EscalationEvent.id)).all()
    ids = [row.person_id, row.owner_id, row.asked_by, row.confirmed_by]
    names = _names(session, [*ids, *(one.person_id for one in rungs), *(one.actor_id for one in events)])
    return EscalationView(
        id=row.name,
        account_id=row.account_id,
        account=_account(session, row.account_id),
        conversation=_conversation(session, row.conversation_id),
        role=row.role,  # type: ignore[arg-type]
        person=names.get(row.person_id),
        person_id=row.person_id,
        owner=names.get(row.owner_id),
        cause=row.cause,
        trigger=row.trigger,
        note=row.note,
        evidence=evidence_of(row.evidence),
        appointment_at=row.appointment_at,
        due_at=row.due_at,
        time_zone=row.time_zone,
        state=row.state,  # type: ignore[arg-type]
        snoozed_until=row.snoozed_until,
        asked_by=names.get(row.asked_by),
        confirmed_by=names.get(row.confirmed_by),
        outcome=row.outcome,  # type: ignore[arg-type]
        outcome_note=row.outcome_note,
        created_at=row.created_at,
        ladder=tuple(
            LadderStep(one.number, names.get(one.person_id), one.due_at, one.fired_at, one.cancelled_at is not None)
            for one in rungs
        ),
        history=tuple(Happened(one.at, one.action, names.get(one.actor_id), one.channel, one.detail) for one in events),
    )


def proposal_view(session: Session, row: Proposal, now: datetime) -> EscalationView:
    """A proposal of a new one, as it would be; `history` says what is proposed."""
    wanted = row.payload["wanted"]
    names = _names(session, [row.person_id, row.decided_by, wanted["owner_id"], wanted["person_id"]])
    return EscalationView(
        id=row.name,
        account_id=wanted["account_id"],
        account=_account(session, wanted["account_id"]),
        conversation=_conversation(session, wanted["conversation_id"]),
        role=wanted["role"],
        person=names.get(wanted["person_id"]),
        person_id=wanted["person_id"],
        owner=names.get(wanted["owner_id"]),
        cause=wanted["cause"],
        trigger=wanted["trigger"],
        note=wanted["note"],
        evidence=evidence_of(wanted["evidence"]),
        appointment_at=moment(wanted["appointment_at"]),
        due_at=_moment(wanted["due_at"]),
        time_zone=wanted["time_zone"],
        state=proposal_state(row, now),
        snoozed_until=None,
        asked_by=names.get(row.person_id),
        confirmed_by=names.get(row.decided_by) if row.state == "confirmed" else None,
        outcome=None,
        outcome_note=None,
        created_at=row.created_at,
        history=(Happened(row.created_at, "proposed", names.get(row.person_id), None, _said(row)),),
    )


def _said(row: Proposal) -> dict[str, Any]:
    return {"verb": row.kind, "merges": row.payload["merges"]}


def proposal_state(row: Proposal, now: datetime) -> State:
    """What became of a proposal."""
    if row.state == WAITING:
        return "proposed" if row.expires_at > now else "expired"
    return "declined" if row.state == "declined" else "expired" if row.state == "expired" else "scheduled"


def evidence_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """What is kept of the customer's words."""
    return tuple(
        Evidence(one["quote"], one.get("kind"), one.get("message_id"), moment(one.get("at"))) for one in stored
    )


def stored_evidence(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """The same as JSON values."""
    return [
        {
            "quote": one.quote,
            "kind": one.kind,
            "message_id": one.message_id,
            "at": one.at.isoformat() if one.at else None,
        }
        for one in evidence
    ]


def moment(text: str | None) -> datetime | None:
    """A moment out of JSON."""
    return _moment(text) if text else None


def name_of(session: Session, person_id: int | None) -> str | None:
    """What a person is called."""
    return _names(session, [person_id]).get(person_id)


def tallies(engine: Engine, identity: Identity) -> list[tuple[str, int, int, int]]:
    """Of those the asker may see, by trigger: how many there were, were useful, and were not."""
    with reader(engine, identity) as records:
        rows = records.scope.rows(Escalation)
        told = [
            func.coalesce(func.sum(case((rows.c.outcome == one, 1), else_=0)), 0) for one in ("useful", "not_useful")
        ]
        statement = select(rows.c.trigger, func.count(), *told)
        found = records.execute(statement.group_by(rows.c.trigger).order_by(rows.c.trigger))
        rows_found: list[Any] = list(found)
    return [(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows_found]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _names(session: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = {one for one in ids if one is not None}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _account(session: Session, account_id: int) -> str:
    found = session.scalar(select(Account.name).where(Account.id == account_id))
    if found is None:
        raise NotFound(id=account_id)
    return found


def _conversation(session: Session, conversation_id: int | None) -> str | None:
    return session.scalar(select(Conversation.external_id).where(Conversation.id == conversation_id))
