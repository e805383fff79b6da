"""Whose account is whose: channel accounts linked to people by a code, a verified address, or an admin.

Call these with a session of `db.engine.system_session`.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import CursorResult, Select, delete, select, update
from sqlalchemy.orm import Session

from core.identity import Identity
from db import audit, outbound
from db.people import identity_of
from db.tables import ChannelAccount, Credential, Person

KIND = "channel"
CODE_LIFE = timedelta(minutes=10)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""None that looks like another."""
LENGTH = 8
How = Literal["code", "email", "admin"]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One account of a person; `address` is where direct messages to it go, once that is known."""

    channel: str
    account: str
    address: str | None
    how: str
    linked_at: datetime


def make_code(session: Session, person_id: int, now: datetime) -> str:
    """A code that links one account to the person, once, within ten minutes; only its hash is kept.

    It ends the code that was made before.
    """
    identity_of(session, person_id)
    unused = Credential.person_id == person_id, Credential.kind == KIND, Credential.used_at.is_(None)
    session.execute(delete(Credential).where(*unused))
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    session.add(
        Credential(person_id=person_id, kind=KIND, secret_hash=_hash(code), created_at=now, expires_at=now + CODE_LIFE)
    )
    subject = f"person:{person_id}"
    audit.record(session, actor_id=person_id, action="link.code", subject=subject, detail={}, now=now)
    return f"{code[:4]}-{code[4:]}"


def redeem_code(session: Session, code: str, channel: str, account: str, now: datetime) -> Identity | None:
    """Link the account to whoever the code was made for; None if it is unknown, used or too old."""
    mine = Credential.secret_hash == _hash(code)
    good = (Credential.kind == KIND) & Credential.used_at.is_(None) & (Credential.expires_at > now)
    used = session.execute(update(Credential).where(mine, good).values(used_at=now))
    assert isinstance(used, CursorResult)
    if used.rowcount != 1:
        return None
    person = session.scalar(select(Person.id).join(Credential, Credential.person_id == Person.id).where(mine))
    assert person is not None
    identity = identity_of(session, person)
    link(session, channel, account, person, how="code", by=person, now=now)
    return identity


def link(  # noqa: PLR0913 (a link has that many parts)
    session: Session, channel: str, account: str, person_id: int, *, how: How, by: int | None, now: datetime
) -> None:
    """Have the account be the person's, and nobody else's; `by` is who did it."""
    row = session.scalar(_row(channel, account))
    before = None if row is None else row.person_id
    if before == person_id:
        return
    if row is None:
        row = ChannelAccount(channel=channel, external_id=account, address=None)
        session.add(row)
    row.person_id, row.how, row.linked_at = person_id, how, now
    session.flush()
    if before is not None:
        outbound.withdraw(session, channel, before)
    detail = {"before": before, "after": person_id, "why": how, "channel": channel, "account": account}
    subject = f"person:{person_id}"
    audit.record(session, actor_id=by, action="channel.link", subject=subject, detail=detail, now=now)


def unlink(
    session: Session, channel: str, *, person_id: int, by: int | None, now: datetime, account: str | None = None
) -> int:
    """Take a channel's accounts, or one of them, from a person; how many they were. It holds from the next look on."""
    rows = select(ChannelAccount).where(ChannelAccount.channel == channel, ChannelAccount.person_id == person_id)
    if account is not None:
        rows = rows.where(ChannelAccount.external_id == account)
    gone = session.scalars(rows).all()
    for row in gone:
        detail = {"before": person_id, "after": None, "channel": channel, "account": row.external_id}
        session.delete(row)
        subject = f"person:{person_id}"
        audit.record(session, actor_id=by, action="channel.unlink", subject=subject, detail=detail, now=now)
    if gone:
        outbound.withdraw(session, channel, person_id)
    return len(gone)


def lookup(session: Session, channel: str, account: str) -> Identity | None:
    """Whose account it is; None if it is nobody's, or theirs who left."""
    linked = ChannelAccount.channel == channel, ChannelAccount.external_id == account
    person = session.scalar(
        select(Person).join(ChannelAccount, ChannelAccount.person_id == Person.id).where(*linked, Person.active)
    )
    return None if person is None else Identity(person.id, person.name, person.role, person.region)


def links_of(session: Session, person_id: int) -> list[LinkRow]:
    """The accounts of a person, the latest first."""
    rows = select(ChannelAccount).where(ChannelAccount.person_id == person_id)
    rows = rows.order_by(ChannelAccount.linked_at.desc(), ChannelAccount.id.desc())
    return [LinkRow(row.channel, row.external_id, row.address, row.how, row.linked_at) for row in session.scalars(rows)]


def keep_address(session: Session, channel: str, account: str, address: str) -> None:
    """Remember where direct messages to an account go."""
    here = ChannelAccount.channel == channel, ChannelAccount.external_id == account
    session.execute(update(ChannelAccount).where(*here).values(address=address))


def address_of(session: Session, channel: str, account: str) -> str | None:
    """Where direct messages to an account go, if that is known."""
    row = session.scalar(_row(channel, account))
    return None if row is None else row.address


def _row(channel: str, account: str) -> Select[ChannelAccount]:
    return select(ChannelAccount).where(ChannelAccount.channel == channel, ChannelAccount.external_id == account)


def _hash(code: str) -> str:
    plain = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(f"{KIND}:{plain}".encode()).hexdigest()
