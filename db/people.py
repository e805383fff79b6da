"""Who is known, and how they prove it. Call these with a session of `db.engine.system_session`."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.errors import UnknownPerson, UserError
from core.identity import Identity, Role
from db import audit
from db.tables import Credential, Person

SOURCE = "dealhand"
LINK_LIFE = timedelta(hours=24)
TOKEN_MARK = "dht_"  # noqa: S105 (what tokens begin with)
LINK_MARK = "dhl_"


class AmbiguousPerson(UserError):
    """Several active people answer to that name."""

    code = "ambiguous_person"
    http_status = 409


class PersonExists(UserError):
    """Someone of that name is known already."""

    code = "person_exists"
    http_status = 409


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One active person as lists show them; `manager` is a name."""

    id: int
    name: str
    role: Role
    region: str | None
    manager: str | None


def find_person(session: Session, name: str) -> Identity:
    """The active person called `name`: exactly, else whatever the case and spaces, else by external id or email."""
    wanted = _fold(name)
    exact = _matches(session, Person.name == name)
    if not exact and wanted:
        exact = [person for person in _matches(session) if _fold(person.name) == wanted]
    if not exact:
        exact = _matches(session, or_(Person.external_id == name, func.lower(Person.email) == name.strip().lower()))
    if not exact:
        raise UnknownPerson(name=name)
    if len(exact) > 1:
        raise AmbiguousPerson(name=name, choices=", ".join(person.email or person.external_id for person in exact))
    return _identity(exact[0])


def identity_of(session: Session, person_id: int) -> Identity:
    """The identity of an active person by id."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        raise UnknownPerson(name=person_id)
    return _identity(person)


def person_of_email(session: Session, email: str) -> Identity | None:
    """The one active person with that address, whatever its case; None if there is none, or several."""
    found = _matches(session, func.lower(Person.email) == email.strip().lower())
    return _identity(found[0]) if len(found) == 1 else None


def list_people(session: Session) -> list[PersonRow]:
    """Every active person, by role from the top and then by name."""
    manager = aliased(Person)
    rank = [Role.DIRECTOR, Role.MANAGER, Role.REP, Role.TRAINER, Role.ADMIN]
    statement = (
        select(Person.id, Person.name, Person.role, Person.region, manager.name)
        .outerjoin(manager, Person.manager_id == manager.id)
        .where(Person.active)
    )
    rows = [PersonRow(*row) for row in session.execute(statement)]
    return sorted(rows, key=lambda row: (rank.index(row.role), row.region or "", row.name))


def sources(session: Session) -> set[str]:
    """The source systems that people came from."""
    return set(session.scalars(select(Person.source).distinct()))


def add_person(
    session: Session, name: str, *, role: Role, region: str | None, manager: str | None, now: datetime
) -> Identity:
    """Make a person known; PersonExists if the name is taken, UnknownPerson if the manager's is not."""
    name = " ".join(name.split())
    if any(_fold(person.name) == _fold(name) for person in session.scalars(select(Person))):
        raise PersonExists(name=name)
    manager_id = find_person(session, manager).person_id if manager else None
    person = Person(
        source=SOURCE,
        external_id=_fold(name),
        custom={},
        loaded_at=now,
        name=name,
        role=role,
        region=region,
        manager_id=manager_id,
        email=None,
        active=True,
    )
    session.add(person)
    session.flush()
    detail = {"name": name, "role": role.value, "region": region, "manager_id": manager_id}
    audit.record(session, actor_id=None, action="person.add", subject=f"person:{person.id}", detail=detail, now=now)
    return _identity(person)


def make_token(session: Session, person_id: int, now: datetime) -> str:
    """A new API token of the person; only its hash is kept."""
    return _issue(session, person_id, "token", TOKEN_MARK, now=now, expires_at=None)


def make_link(session: Session, person_id: int, now: datetime) -> str:
    """A secret that signs the person in once, within a day; only its hash is kept."""
    return _issue(session, person_id, "link", LINK_MARK, now=now, expires_at=now + LINK_LIFE)


def redeem_link(session: Session, secret: str, now: datetime) -> Identity | None:
    """Whom the link signs in; None if it is unknown, used or too old. Of two at once, one succeeds."""
    mine = Credential.secret_hash == _hash(secret)
    good = (Credential.kind == "link") & Credential.used_at.is_(None) & (Credential.expires_at > now)
    used = session.execute(update(Credential).where(mine, good).values(used_at=now))
    assert isinstance(used, CursorResult)
    return _holder(session, mine) if used.rowcount == 1 else None


def identify_token(session: Session, token: str) -> Identity | None:
    """Whose API token it is; None if it is nobody's, or theirs who left."""
    return _holder(session, (Credential.secret_hash == _hash(token)) & (Credential.kind == "token"))


def _issue(
    session: Session, person_id: int, kind: str, mark: str, *, now: datetime, expires_at: datetime | None
) -> str:
    identity_of(session, person_id)
    secret = mark + secrets.token_urlsafe(32)
    session.add(
        Credential(person_id=person_id, kind=kind, secret_hash=_hash(secret), created_at=now, expires_at=expires_at)
    )
    audit.record(session, actor_id=None, action=f"{kind}.make", subject=f"person:{person_id}", detail={}, now=now)
    return secret


def _holder(session: Session, condition: ColumnElement[bool]) -> Identity | None:
    statement = select(Person).join(Credential, Credential.person_id == Person.id).where(condition, Person.active)
    person = session.scalar(statement)
    return None if person is None else _identity(person)


def _matches(session: Session, *conditions: ColumnElement[bool]) -> list[Person]:
    return list(session.scalars(select(Person).where(Person.active, *conditions).order_by(Person.id)))


def _identity(person: Person) -> Identity:
    return Identity(person.id, person.name, person.role, person.region)


def _fold(name: str) -> str:
    return "".join(name.split()).casefold()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
