"""A small company to test against: two lines of people, a circle of managers, and records of every kind."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.identity import Identity, Role
from db.engine import system_session
from db.people import identity_of
from db.tables import (
    RECORDS,
    Account,
    Activity,
    AuditEntry,
    Base,
    CampaignTouch,
    Contact,
    Conversation,
    Deal,
    Invoice,
    Message,
    Order,
    Payment,
    Person,
    Product,
    Quote,
    QuoteLine,
    Stage,
    Target,
    Ticket,
)

NOW = dt.datetime(2026, 6, 17, 4, 0, tzinfo=dt.UTC)
DAY = NOW.date()

PEOPLE: dict[str, tuple[Role, str | None]] = {
    "Dana": (Role.DIRECTOR, None),
    "Mei": (Role.MANAGER, "Dana"),
    "Max": (Role.MANAGER, "Mei"),
    "Ann": (Role.REP, "Max"),
    "Bo": (Role.REP, "Mei"),
    "Otto": (Role.MANAGER, "Dana"),
    "Cy": (Role.REP, "Otto"),
    "Rita": (Role.MANAGER, "Rolf"),
    "Rolf": (Role.MANAGER, "Rita"),
    "Tess": (Role.TRAINER, "Dana"),
    "Adam": (Role.ADMIN, "Dana"),
}
OWNERS: tuple[str | None, ...] = ("Ann", "Bo", "Cy", "Max", "Rita", "Rolf", None)
SCOPED: tuple[Any, ...] = (
    *(model for name, model in RECORDS.items() if name not in ("person", "product")),
    AuditEntry,
)


@dataclass(frozen=True)
class Small:
    """The company's engine, and its people by name."""

    engine: Engine
    people: dict[str, Identity]


def build(engine: Engine) -> Small:
    """Write the company; every owner has one record of each kind, and so has nobody."""
    with system_session(engine) as session:
        ids = _add_people(session)
        product = _put(session, Product, "p", name="GTX", list_price=Decimal(100))
        for owner in OWNERS:
            _add_records(session, owner, ids[owner] if owner else None, product)
        people = {name: identity_of(session, person_id) for name, person_id in ids.items()}
    return Small(engine, people)


def _put(session: Session, model: type[Base], external_id: str, **values: Any) -> int:
    row: Any = model(source="test", external_id=external_id, custom={}, loaded_at=NOW, **values)
    session.add(row)
    session.flush()
    return int(row.id)


def _add_people(session: Session) -> dict[str, int]:
    ids = {name: _put(session, Person, name, name=name, role=role, active=True) for name, (role, _) in PEOPLE.items()}
    for name, (_, manager) in PEOPLE.items():
        if manager:
            session.get_one(Person, ids[name]).manager_id = ids[manager]
    return ids


def _add_records(session: Session, name: str | None, owner_id: int | None, product: int) -> None:
    key, owner = name or "nobody", {"owner_id": owner_id}
    account = _put(session, Account, key, name=f"{key} Ltd", **owner)
    at = {"account_id": account, **owner}
    money = Decimal(100)
    _put(session, Contact, key, account_id=account, name=key)
    deal = _put(session, Deal, key, stage=Stage.WON, close_date=DAY, close_value=money, **at)
    _put(session, Activity, key, kind="visit", date=DAY, deal_id=deal, **at)
    quote = _put(session, Quote, key, date=DAY, **at)
    _put(session, QuoteLine, key, quote_id=quote, product_id=product, quantity=1, unit_price=money)
    _put(session, Order, key, date=DAY, amount=money, **at)
    _put(session, Invoice, key, date=DAY, amount=money, **at)
    _put(session, Payment, key, date=DAY, amount=money, **at)
    _put(session, Ticket, key, date=DAY, **at)
    _put(session, CampaignTouch, key, date=DAY, campaign="spring", **at)
    _put(session, Target, key, metric="revenue", start_date=DAY, end_date=DAY, value=money, **owner)
    _add_words(session, key, owner_id, "customer")
    _add_words(session, f"{key}-thread", owner_id, "assistant")
    session.add(
        AuditEntry(at=NOW, actor_id=owner_id, action="test", subject=key, detail={}, previous_hash="", hash=key)
    )


def _add_words(session: Session, key: str, owner_id: int | None, kind: str) -> None:
    talk = _put(session, Conversation, key, kind=kind, channel="web", owner_id=owner_id, started_at=NOW)
    _put(session, Message, key, conversation_id=talk, speaker="customer", text="hello", at=NOW)
