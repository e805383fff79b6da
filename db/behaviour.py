"""How an account behaves, within what the asker may see: what it says and when, orders, tickets, what it owes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from db.engine import Reader
from db.tables import (
    Account,
    Activity,
    Contact,
    Conversation,
    Deal,
    Invoice,
    Message,
    Order,
    Payment,
    Person,
    Quote,
    Sentiment,
    Signal,
    Stage,
    Ticket,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: whose, when, in which conversation, and how the customer felt (None if not read)."""

    conversation_id: int
    speaker: str
    at: datetime
    score: float | None


@dataclass(frozen=True, slots=True)
class Sign:
    """A signal, when it was said, and its evidence by external ids."""

    kind: str
    at: datetime
    quote: str
    confidence: float
    conversation: str
    message: str


@dataclass(frozen=True, slots=True)
class Bargain:
    """A deal of the account."""

    stage: Stage
    engaged: date | None
    closed: date | None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the scores rest on; lines, signs and deals in order of time. `owed` is (due date, amount unpaid)."""

    account: str
    sector: str | None
    owner: str | None
    contacts: tuple[tuple[str, str | None], ...]
    lines: tuple[Line, ...]
    signs: tuple[Sign, ...]
    deals: tuple[Bargain, ...]
    activities: tuple[date, ...]
    orders: tuple[date, ...]
    quotes: tuple[date, ...]
    tickets: tuple[tuple[date, date | None, str | None], ...]
    owed: tuple[tuple[date, Decimal], ...]


def behaviour_of(records: Reader, account_id: int) -> Behaviour | None:
    """The account's behaviour; None for an account the asker may not see."""
    accounts = records.scope.rows(Account)
    named = select(accounts.c.name, accounts.c.sector, Person.name.label("owner"))
    named = named.select_from(accounts.outerjoin(Person, Person.id == accounts.c.owner_id))
    account = records.execute(named.where(accounts.c.id == account_id)).first()
    if account is None:
        return None
    known = records.scope.rows(Contact)
    contacts = select(known.c.name, known.c.title).where(known.c.account_id == account_id).order_by(known.c.name)
    return Behaviour(
        account=account.name,
        sector=account.sector,
        owner=account.owner,
        contacts=tuple((row.name, row.title) for row in records.execute(contacts)),
        lines=tuple(_lines(records, account_id)),
        signs=tuple(_signs(records, account_id)),
        deals=tuple(_deals(records, account_id)),
        activities=tuple(_dates(records, Activity, account_id)),
        orders=tuple(_dates(records, Order, account_id)),
        quotes=tuple(_dates(records, Quote, account_id)),
        tickets=tuple(_tickets(records, account_id)),
        owed=tuple(_owed(records, account_id)),
    )


def _lines(records: Reader, account_id: int) -> Iterator[Line]:
    said, talks = records.scope.rows(Message), records.scope.rows(Conversation)
    felt = records.scope.rows(Sentiment)
    joined = said.join(talks, talks.c.id == said.c.conversation_id)
    joined = joined.outerjoin(felt, felt.c.message_id == said.c.id)
    statement = select(said.c.conversation_id, said.c.speaker, said.c.at, felt.c.score).select_from(joined)
    statement = statement.where(talks.c.account_id == account_id).order_by(said.c.at, said.c.id)
    yield from (Line(row.conversation_id, row.speaker, row.at, row.score) for row in records.execute(statement))


def _signs(records: Reader, account_id: int) -> Iterator[Sign]:
    signals, said = records.scope.rows(Signal), records.scope.rows(Message)
    talks = records.scope.rows(Conversation)
    joined = signals.join(said, said.c.id == signals.c.message_id)
    joined = joined.join(talks, talks.c.id == signals.c.conversation_id)
    columns = signals.c.kind, signals.c.at, signals.c.quote, signals.c.confidence
    ids = talks.c.external_id.label("conversation"), said.c.external_id.label("message")
    statement = select(*columns, *ids).select_from(joined)
    statement = statement.where(talks.c.account_id == account_id).order_by(signals.c.at, signals.c.id)
    yield from (Sign(**row._mapping) for row in records.execute(statement))


def _deals(records: Reader, account_id: int) -> Iterator[Bargain]:
    deals = records.scope.rows(Deal)
    statement = select(deals.c.stage, deals.c.engage_date, deals.c.close_date)
    statement = statement.where(deals.c.account_id == account_id).order_by(deals.c.engage_date, deals.c.id)
    yield from (Bargain(row.stage, row.engage_date, row.close_date) for row in records.execute(statement))


def _dates(records: Reader, model: type[Any], account_id: int) -> Iterator[date]:
    rows = records.scope.rows(model)
    yield from records.execute(
        select(rows.c.date).where(rows.c.account_id == account_id).order_by(rows.c.date)
    ).scalars()


def _tickets(records: Reader, account_id: int) -> Iterator[tuple[date, date | None, str | None]]:
    rows = records.scope.rows(Ticket)
    statement = select(rows.c.date, rows.c.closed_date, rows.c.kind).where(rows.c.account_id == account_id)
    yield from ((row.date, row.closed_date, row.kind) for row in records.execute(statement.order_by(rows.c.date)))


def _owed(records: Reader, account_id: int) -> Iterator[tuple[date, Decimal]]:
    bills, paid = records.scope.rows(Invoice), records.scope.rows(Payment)
    sums = select(paid.c.invoice_id, func.sum(paid.c.amount).label("paid")).group_by(paid.c.invoice_id).subquery()
    statement = select(bills.c.due_date, bills.c.amount, sums.c.paid)
    statement = statement.select_from(bills.outerjoin(sums, sums.c.invoice_id == bills.c.id))
    statement = statement.where(bills.c.account_id == account_id, bills.c.due_date.is_not(None))
    for row in records.execute(statement.order_by(bills.c.due_date)):
        left = row.amount - (row.paid or Decimal(0))
        if left > 0:
            yield row.due_date, left
