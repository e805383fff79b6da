"""Facts of accounts as they were said or set; what holds now is worked out from them when someone asks."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.identity import Identity
from core.profiles import Setting
from core.said import Speaker
from db import audit
from db.engine import Reader, reader, system_session
from db.tables import Account, Contact, Conversation, Fact, Message, Person, Product, Segment, Signal

SAID, PERSON = "said", "person"
SEVERAL = ("decision_people", "competitors", "needs", "preferences")


@dataclass(frozen=True, slots=True)
class FactLine:
    """A line to learn from, with the signals found in it as (kind, quote, start, end, confidence)."""

    message_id: int
    speaker: Speaker
    author: str | None
    text: str
    at: datetime
    signals: tuple[tuple[str, str, int, int, float], ...]


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to keep, and the message it rests on."""

    message_id: int
    at: datetime
    name: str
    value: str
    quote: str
    confidence: float
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FactRow:
    """A kept fact; `conversation` and `message` are external ids."""

    id: int
    name: str
    value: str
    detail: dict[str, Any]
    quote: str | None
    confidence: float
    at: datetime
    origin: str
    pinned: bool
    person: str | None
    author: str | None
    conversation: str | None
    message: str | None
    channel: str | None
    second: float | None


def account_of(session: Session, conversation_id: int) -> int | None:
    """The account a customer's conversation belongs to."""
    talk = Conversation.id == conversation_id, Conversation.kind == "customer"
    return session.scalar(select(Conversation.account_id).where(*talk))


def lines_to_learn(session: Session, conversation_id: int) -> list[FactLine]:
    """What was said in a conversation, by the customer and by us, in order, with its signals."""
    columns = Message.id, Message.speaker, Message.author, Message.text, Message.at
    said = select(*columns).where(Message.conversation_id == conversation_id)
    rows = session.execute(said.order_by(Message.at, Message.id))
    found: dict[int, list[tuple[str, str, int, int, float]]] = {}
    for one in session.scalars(select(Signal).where(Signal.conversation_id == conversation_id)):
        found.setdefault(one.message_id, []).append((one.kind, one.quote, one.start, one.end, one.confidence))
    return [FactLine(row.id, row.speaker, row.author, row.text, row.at, tuple(found.get(row.id, ()))) for row in rows]


def names_known(session: Session, account_id: int) -> frozenset[str]:
    """Names that are no rival's: products, the account and its contacts, our own people; folded."""
    account = session.get(Account, account_id)
    names: list[str | None] = [account.name if account else None]
    names += session.scalars(select(Product.name))
    names += session.scalars(select(Product.series))
    names += session.scalars(select(Person.name))
    names += session.scalars(select(Contact.name).where(Contact.account_id == account_id))
    whole = {name.casefold() for name in names if name}
    return frozenset(whole | {part for name in whole for part in name.split() if len(part) > 2})


def names_held(session: Session, account_id: int, before: datetime, *, but: int) -> list[tuple[str, str]]:
    """What other conversations said of people, rivals, needs and wishes until a moment, as (name, value)."""
    mine = Fact.account_id == account_id, Fact.origin == SAID, Fact.valid_from <= before
    other = Fact.conversation_id != but, Fact.name.in_(SEVERAL)
    rows = session.execute(
        select(Fact.name, Fact.value, Fact.detail).where(*mine, *other).order_by(Fact.valid_from, Fact.id)
    )
    held: dict[tuple[str, str], None] = {}
    for name, value, detail in rows:
        held.pop((name, value), None)
        if not detail.get("withdrawn"):
            held[name, value] = None
    return list(held)


def keep_facts(session: Session, conversation_id: int, account_id: int, facts: Iterable[NewFact], now: datetime) -> int:
    """Keep what a conversation says, in place of what was kept of it before; how many facts there are."""
    session.execute(delete(Fact).where(Fact.conversation_id == conversation_id, Fact.origin == SAID))
    kept = {_key(fact): fact for fact in facts}
    for key, fact in kept.items():
        row = Fact(key=key, account_id=account_id, conversation_id=conversation_id, message_id=fact.message_id)
        row.name, row.value, row.detail, row.quote = fact.name, fact.value, fact.detail, fact.quote
        row.confidence, row.valid_from, row.valid_to = fact.confidence, fact.at, None
        row.origin, row.recorded_at = SAID, now
        session.add(row)
    session.flush()
    return len(kept)


def _key(fact: NewFact) -> str:
    said = f"{fact.message_id}|{fact.name}|{fact.value}"
    return f"said:{hashlib.sha256(said.encode()).hexdigest()}"


def facts_of(records: Reader, account_id: int) -> list[FactRow]:
    """Every fact of the account that the asker may see, the oldest first."""
    facts, said = records.scope.rows(Fact), records.scope.rows(Message)
    talks = records.scope.rows(Conversation)
    joined = facts.outerjoin(said, said.c.id == facts.c.message_id)
    joined = joined.outerjoin(talks, talks.c.id == facts.c.conversation_id)
    heard = records.scope.rows(Segment)
    joined = joined.outerjoin(heard, heard.c.message_id == facts.c.message_id)
    statement = select(
        facts.c.id,
        facts.c.name,
        facts.c.value,
        facts.c.detail,
        facts.c.quote,
        facts.c.confidence,
        facts.c.valid_from.label("at"),
        facts.c.origin,
        facts.c.pinned,
        Person.name.label("person"),
        said.c.author,
        talks.c.external_id.label("conversation"),
        said.c.external_id.label("message"),
        talks.c.channel,
        heard.c.start.label("second"),
    ).select_from(joined.outerjoin(Person, Person.id == facts.c.person_id))
    rows = records.execute(statement.where(facts.c.account_id == account_id).order_by(facts.c.valid_from, facts.c.id))
    return [FactRow(**row._mapping) for row in rows]


def set_fact(engine: Engine, identity: Identity, account_id: int, setting: Setting, now: datetime) -> int:
    """Correct or pin a fact of an account the asker may see; NotFound for any other. The same again changes nothing."""
    with reader(engine, identity) as records:
        mine = records.scope.rows(Account)
        if records.execute(select(mine.c.id).where(mine.c.id == account_id)).first() is None:
            raise NotFound
    with system_session(engine) as session:
        last = _last_word(session, account_id, setting)
        if last is not None:
            return last
        row = _person_fact(identity, account_id, setting, now)
        session.add(row)
        session.flush()
        about = {"name": setting.name, "pinned": setting.pinned, "withdrawn": setting.value is None, "fact": row.id}
        subject = f"account:{account_id}"
        audit.record(session, actor_id=identity.person_id, action="fact.set", subject=subject, detail=about, now=now)
        return row.id


def _last_word(session: Session, account_id: int, setting: Setting) -> int | None:
    """The fact that says just this already, if nothing was said by a person since."""
    mine = Fact.account_id == account_id, Fact.name == setting.name, Fact.origin == PERSON
    last = session.scalars(select(Fact).where(*mine).order_by(Fact.id.desc()).limit(1)).first()
    if last is None:
        return None
    said = Setting(
        name=last.name,
        value=None if last.detail.get("withdrawn") else last.value,
        pinned=last.pinned,
        instead_of=last.detail.get("instead_of"),
    )
    return last.id if said == setting else None


def _person_fact(identity: Identity, account_id: int, setting: Setting, now: datetime) -> Fact:
    written = f"{account_id}|{identity.person_id}|{setting!r}|{now.isoformat()}"
    return Fact(
        key=f"person:{hashlib.sha256(written.encode()).hexdigest()}",
        account_id=account_id,
        name=setting.name,
        value=setting.value or setting.instead_of or "",
        detail={"withdrawn": setting.value is None, "instead_of": setting.instead_of},
        confidence=1.0,
        valid_from=now,
        origin=PERSON,
        pinned=setting.pinned,
        person_id=identity.person_id,
        recorded_at=now,
    )


__all__: Sequence[str] = (
    "PERSON",
    "SAID",
    "FactLine",
    "FactRow",
    "NewFact",
    "account_of",
    "facts_of",
    "keep_facts",
    "lines_to_learn",
    "names_held",
    "names_known",
    "set_fact",
)
