"""What came in, as askers may see it: what waits for an account, what is new, and what they were told.

A person assigns a conversation they may see to an account they may see; whatever else there is, is not found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Subquery, delete, func, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.identity import Identity
from core.work import Work
from db import audit
from db.engine import Reader, reader, system_session
from db.intake import work_of
from db.matching import Book, Candidate, Clues
from db.scope import Scope, scope_of
from db.tables import Account, Arrival, Contact, Conversation, Fact, Message, Notice, Person, Signal

EXCERPT = 200
After = tuple[datetime, int]
Said = tuple[int, datetime | None, str | None, str]


@dataclass(frozen=True, slots=True)
class Came:
    """One conversation that came in; `excerpt` is how its last message begins, empty while there is none."""

    id: int
    external_id: str
    channel: str
    title: str | None
    account_id: int | None
    account: str | None
    owner: str | None
    came_at: datetime
    messages: int
    said_at: datetime | None
    author: str | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation without an account: what is known of whose it is, and the asker's accounts it may be."""

    came: Came
    named: str | None
    hints: tuple[str, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Something a person should know of; `message` and `quote` are the signal it is about, if they may read it."""

    id: int
    kind: str
    conversation_id: int | None
    conversation: str | None
    title: str | None
    account: str | None
    message: str | None
    quote: str | None
    detail: dict[str, Any]
    at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of the inbox asks for something: conversations without an account, and notices not seen."""

    unmatched: int
    notices: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """What came of assigning: whether anything changed, and the work that follows from it."""

    changed: bool
    work: Work | None = None


def waiting(engine: Engine, identity: Identity, *, after: After | None = None, limit: int = 20) -> list[Waiting]:
    """The asker's conversations that have no account, the latest first; one more than `limit` if there are more."""
    with system_session(engine) as session:
        scope = scope_of(session, identity)
        came = _came(session, scope, waits=True, after=after, limit=limit)
        known = _arrivals(session, scope, [one.id for one in came])
        book = Book(scope)
        return [_waiting(session, book, one, known.get(one.id)) for one in came]


def recent(
    engine: Engine, identity: Identity, *, account: int | None = None, after: After | None = None, limit: int = 20
) -> list[Came]:
    """The asker's conversations with customers, what came in last first; one more than `limit` if there are more."""
    with system_session(engine) as session:
        return _came(session, scope_of(session, identity), account=account, after=after, limit=limit)


def count(engine: Engine, identity: Identity) -> Counts:
    """How many conversations of the asker's wait for an account, and how many notices they have not seen."""
    with reader(engine, identity) as records:
        talks, arrivals, told = (records.scope.rows(model) for model in (Conversation, Arrival, Notice))
        joined = talks.outerjoin(arrivals, arrivals.c.conversation_id == talks.c.id)
        waits = select(func.count()).select_from(joined).where(*_waits(talks, arrivals))
        unseen = select(func.count()).select_from(told).where(told.c.seen_at.is_(None))
        return Counts(int(records.execute(waits).scalar() or 0), int(records.execute(unseen).scalar() or 0))


def notices(engine: Engine, identity: Identity, *, after: After | None = None, limit: int = 20) -> list[Told]:
    """What the asker was told, the latest first; one more than `limit` if there are more."""
    with reader(engine, identity) as records:
        rows, talks, accounts = (records.scope.rows(model) for model in (Notice, Conversation, Account))
        statement = select(
            rows.c.id, rows.c.kind, talks.c.id.label("conversation_id"), talks.c.external_id, talks.c.title,
            accounts.c.name, rows.c.detail, rows.c.at, rows.c.seen_at,
        )  # fmt: skip
        joined = rows.outerjoin(talks, talks.c.id == rows.c.conversation_id)
        statement = statement.select_from(joined.outerjoin(accounts, accounts.c.id == talks.c.account_id))
        if after is not None:
            statement = statement.where(_before(rows.c.at, rows.c.id, after))
        statement = statement.order_by(rows.c.at.desc(), rows.c.id.desc()).limit(limit + 1)
        found = records.execute(statement).all()
        quotes = _quotes(records, [row.detail for row in found])
    return [
        Told(
            id=row.id,
            kind=row.kind,
            conversation_id=row.conversation_id,
            conversation=row.external_id,
            title=row.title,
            account=row.name,
            message=said[0],
            quote=said[1],
            detail=row.detail,
            at=row.at,
            seen_at=row.seen_at,
        )
        for row in found
        for said in [quotes.get((row.detail.get("message_id"), row.detail.get("signal")), (None, None))]
    ]


def _quotes(
    records: Reader, details: Sequence[dict[str, Any]]
) -> dict[tuple[int | None, str | None], tuple[str | None, str | None]]:
    """The message and the words of the signals that notices name, by our id of the message and kind."""
    signals, messages = records.scope.rows(Signal), records.scope.rows(Message)
    named = [detail["message_id"] for detail in details if "message_id" in detail]
    statement = select(signals.c.message_id, signals.c.kind, messages.c.external_id, signals.c.quote)
    statement = statement.join(messages, messages.c.id == signals.c.message_id).where(messages.c.id.in_(named))
    rows = records.execute(statement.order_by(signals.c.start.desc()))
    return {(row.message_id, row.kind): (row.external_id, row.quote) for row in rows}


def see_notice(session: Session, identity: Identity, notice_id: int, now: datetime) -> bool:
    """Note that the asker saw a notice of theirs; whether it was the first time. NotFound if it is not theirs."""
    row = session.get(Notice, notice_id)
    if row is None or row.person_id != identity.person_id:
        raise NotFound()
    first = row.seen_at is None
    row.seen_at = row.seen_at or now
    return first


def assign(session: Session, identity: Identity, conversation_id: int, account_id: int, now: datetime) -> Assigned:
    """Say whose a conversation is. What was believed because of it moves along; doing it again changes nothing."""
    scope = scope_of(session, identity)
    talk = _mine(session, scope, conversation_id)
    accounts = scope.rows(Account)
    owner = session.execute(select(accounts.c.owner_id).where(accounts.c.id == account_id)).first()
    if owner is None:
        raise NotFound()
    if talk.account_id == account_id:
        return Assigned(changed=False)
    before, talk.account_id, talk.contact_id = talk.account_id, account_id, _contact(session, talk, account_id)
    if talk.owner_id is None:
        talk.owner_id = owner.owner_id
    _settle(session, identity, talk, "assigned", now)
    # What was read out of it was about another account; reading it again says it of this one.
    session.execute(delete(Fact).where(Fact.conversation_id == talk.id, Fact.origin == "said"))
    detail = {"account": account_id, "before": before}
    entry = _record(session, identity, "conversation.assign", talk, detail, now)
    last = session.scalar(select(func.max(Message.id)).where(Message.conversation_id == talk.id))
    return Assigned(changed=True, work=work_of(talk.id, last, f"a{entry}") if last is not None else None)


def dismiss(session: Session, identity: Identity, conversation_id: int, now: datetime) -> bool:
    """Say that a conversation is no customer's: it waits no longer. Whether that changed anything."""
    talk = _mine(session, scope_of(session, identity), conversation_id)
    arrival = session.get(Arrival, talk.id)
    if talk.account_id is not None or (arrival is not None and arrival.state == "dismissed"):
        return False
    _settle(session, identity, talk, "dismissed", now)
    _record(session, identity, "conversation.dismiss", talk, {}, now)
    return True


def _mine(session: Session, scope: Scope, conversation_id: int) -> Conversation:
    """A customer's conversation the asker may see, which nobody else changes before the transaction ends."""
    session.execute(update(Conversation).where(Conversation.id == conversation_id).values(channel=Conversation.channel))
    talks = scope.rows(Conversation)
    seen = session.scalar(select(talks.c.id).where(talks.c.id == conversation_id, talks.c.kind == "customer"))
    if seen is None:
        raise NotFound()
    return session.get_one(Conversation, conversation_id)


def _settle(session: Session, identity: Identity, talk: Conversation, state: str, now: datetime) -> None:
    arrival = session.get(Arrival, talk.id)
    if arrival is None:
        arrival = Arrival(conversation_id=talk.id, account=None, hints=[], why=None, at=now)
        session.add(arrival)
    arrival.state, arrival.person_id = state, identity.person_id


def _record(
    session: Session, identity: Identity, action: str, talk: Conversation, detail: dict[str, Any], now: datetime
) -> int:
    subject = f"conversation:{talk.id}"
    return audit.record(session, actor_id=identity.person_id, action=action, subject=subject, detail=detail, now=now).id


def _contact(session: Session, talk: Conversation, account_id: int) -> int | None:
    """The one contact of the account who speaks in the conversation."""
    spoke = select(Message.author).where(Message.conversation_id == talk.id, Message.speaker == "customer")
    there = select(Contact.id).where(Contact.account_id == account_id)
    found = session.scalars(there.where(Contact.name.in_(spoke) | func.lower(Contact.email).in_(spoke))).all()
    return found[0] if len(found) == 1 else None


def _came(
    session: Session,
    scope: Scope,
    *,
    waits: bool = False,
    account: int | None = None,
    after: After | None,
    limit: int,
) -> list[Came]:
    talks, accounts = scope.rows(Conversation), scope.rows(Account)
    at = talks.c
    statement = select(
        at.id, at.external_id, at.channel, at.title, accounts.c.id.label("account_id"),
        accounts.c.name.label("account"), Person.name.label("owner"), at.loaded_at,
    ).where(at.kind == "customer")  # fmt: skip
    joined = talks.outerjoin(accounts, accounts.c.id == at.account_id).outerjoin(Person, Person.id == at.owner_id)
    if waits:
        arrivals = scope.rows(Arrival)
        joined = joined.outerjoin(arrivals, arrivals.c.conversation_id == at.id)
        statement = statement.where(*_waits(talks, arrivals))
    if account is not None:
        statement = statement.where(at.account_id == account)
    if after is not None:
        statement = statement.where(_before(at.loaded_at, at.id, after))
    statement = statement.select_from(joined).order_by(at.loaded_at.desc(), at.id.desc()).limit(limit + 1)
    rows = session.execute(statement).all()
    said = _last_said(session, [row.id for row in rows])
    return [_row(row, said.get(row.id, (0, None, None, ""))) for row in rows]


def _waits(talks: Subquery, arrivals: Subquery) -> tuple[ColumnElement[bool], ...]:
    dismissed = arrivals.c.state.is_not_distinct_from("dismissed")
    return talks.c.kind == "customer", talks.c.account_id.is_(None), ~dismissed


def _row(row: Any, said: Said) -> Came:
    number, last, author, excerpt = said
    return Came(
        row.id,
        row.external_id,
        row.channel,
        row.title,
        account_id=row.account_id,
        account=row.account,
        owner=row.owner,
        came_at=row.loaded_at,
        messages=number,
        said_at=last,
        author=author,
        excerpt=excerpt,
    )


def _last_said(session: Session, conversations: Sequence[int]) -> dict[int, Said]:
    """For each conversation: how many messages, and when, by whom and how the last one begins."""
    counted = select(Message.conversation_id, func.count().label("number"), func.max(Message.at).label("last"))
    totals = counted.where(Message.conversation_id.in_(conversations)).group_by(Message.conversation_id).subquery()
    excerpt = func.substr(Message.text, 1, EXCERPT)
    statement = (
        select(totals.c.conversation_id, totals.c.number, Message.at, Message.author, excerpt)
        .join(Message, (Message.conversation_id == totals.c.conversation_id) & (Message.at == totals.c.last))
        .order_by(Message.id)
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in session.execute(statement)}


def _waiting(session: Session, book: Book, came: Came, arrival: Clues | None) -> Waiting:
    clues = arrival or Clues(None, (came.title,) if came.title else ())
    return Waiting(came, clues.account, clues.hints, book.match(session, clues).candidates)


def _arrivals(session: Session, scope: Scope, conversations: Sequence[int]) -> dict[int, Clues]:
    rows = scope.rows(Arrival)
    statement = select(rows.c.conversation_id, rows.c.account, rows.c.hints)
    found = session.execute(statement.where(rows.c.conversation_id.in_(conversations)))
    return {row.conversation_id: Clues(row.account, tuple(row.hints)) for row in found}


def _before(at: Any, key: Any, after: After) -> Any:
    moment, last = after
    return (at < moment) | ((at == moment) & (key < last))
