"""Escalations as rows: found in the asker's scope, held while they change, and their history."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.identity import Identity
from db import audit
from db.engine import reader, system_session
from db.tables import Account, Conversation, Escalation, EscalationEvent, Person, Proposal


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and through which channel; nobody where the product does it by itself."""

    person_id: int | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """The account an escalation is about, and whose it is."""

    id: int
    name: str
    owner_id: int | None
    region: str | None


@contextmanager
def held(engine: Engine, identity: Identity, name: str) -> Iterator[tuple[Session, Escalation]]:
    """The escalation, if the asker may see it, held for this transaction alone; NotFound if not."""
    escalation_id = find(engine, identity, name)
    with system_session(engine) as session:
        yield session, hold(session, escalation_id)


def find(engine: Engine, identity: Identity, name: str) -> int:
    """The row of an escalation the asker may see; NotFound if there is none."""
    with reader(engine, identity) as records:
        rows = records.scope.rows(Escalation)
        found = records.execute(select(rows.c.id).where(rows.c.name == name)).scalar()
    if found is None:
        raise NotFound(id=name)
    return int(found)


def hold(session: Session, escalation_id: int) -> Escalation:
    """The row as it is now; whoever else wants to change it waits for this transaction to end."""
    # A write, not FOR UPDATE: SQLite holds nothing before the first write, and what was read before it may be old.
    session.execute(update(Escalation).where(Escalation.id == escalation_id).values(state=Escalation.state))
    return session.get_one(Escalation, escalation_id, populate_existing=True)


def hold_open(session: Session, open_key: str) -> Escalation | None:
    """The open one of a cause and account, held likewise."""
    held_key = update(Escalation).where(Escalation.open_key == open_key).values(state=Escalation.state)
    found = session.scalar(held_key.returning(Escalation.id))
    return None if found is None else session.get_one(Escalation, found, populate_existing=True)


def open_one(session: Session, open_key: str) -> Escalation | None:
    """The open one of a cause and account, to look at."""
    return session.scalar(select(Escalation).where(Escalation.open_key == open_key))


def row_of(session: Session, name: str) -> int:
    """The row of an escalation that this transaction knows of."""
    return session.scalars(select(Escalation.id).where(Escalation.name == name)).one()


def may_see(engine: Engine, identity: Identity, account_id: int, conversation_id: int | None) -> None:
    """NotFound unless the asker may see the account, and the conversation if there is one."""
    with reader(engine, identity) as records:
        accounts = records.scope.rows(Account)
        if records.execute(select(accounts.c.id).where(accounts.c.id == account_id)).first() is None:
            raise NotFound(id=account_id)
        talks = records.scope.rows(Conversation)
        mine = select(talks.c.id).where(talks.c.id == conversation_id)
        if conversation_id is not None and records.execute(mine).first() is None:
            raise NotFound(id=conversation_id)


def client_of(session: Session, account_id: int) -> Client:
    """The account; NotFound if it is gone. Its region is its owner's."""
    row = session.get(Account, account_id)
    if row is None:
        raise NotFound(id=account_id)
    owner = session.get(Person, row.owner_id) if row.owner_id else None
    return Client(row.id, row.name, row.owner_id, owner.region if owner else None)


def new_name() -> str:
    """An id for the outside."""
    return uuid4().hex


@contextmanager
def proposed(engine: Engine, identity: Identity, name: str) -> Iterator[tuple[Session, Proposal]]:
    """A proposal of the asker's own, held for this transaction alone; NotFound if it is anybody else's."""
    with system_session(engine) as session:
        held_row = update(Proposal).where(Proposal.name == name, Proposal.person_id == identity.person_id)
        found = session.scalar(held_row.values(state=Proposal.state).returning(Proposal.id))
        if found is None:
            raise NotFound(id=name)
        yield session, session.get_one(Proposal, found, populate_existing=True)


@contextmanager
def writing(engine: Engine, identity: Identity, account_id: int, conversation_id: int | None) -> Iterator[Session]:
    """A transaction about an account, if the asker may see it."""
    may_see(engine, identity, account_id, conversation_id)
    with system_session(engine) as session:
        yield session


@contextmanager
def looking(engine: Engine, identity: Identity) -> Iterator[Session]:
    """A session to read what is the asker's own: proposals and preferences, by their person."""
    with system_session(engine) as session:
        yield session


def happened(
    session: Session, escalation: Escalation, action: str, detail: Mapping[str, Any], *, by: Actor, now: datetime
) -> str:
    """Write it into the history and the audit; the key of the entry. Call it last: audit writers wait for each other.

    `detail` may hold `before`, `after` and `why`.
    """
    mine = select(func.count()).where(EscalationEvent.escalation_id == escalation.id)
    key = f"{escalation.name}:{session.scalar(mine) or 0}"
    row = EscalationEvent(escalation_id=escalation.id, key=key, at=now, actor_id=by.person_id, channel=by.channel)
    row.action, row.detail = action, dict(detail)
    session.add(row)
    session.flush()
    about = {"channel": by.channel, **detail}
    audit.record(
        session,
        actor_id=by.person_id,
        action=f"escalation.{action}",
        subject=f"escalation:{escalation.name}",
        detail=about,
        now=now,
    )
    return key
