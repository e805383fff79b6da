"""Reading what customers said, in the asker's scope: lines with signals, and the last exchanges."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, exists, func, select

from core.identity import Identity
from core.said import Filters, Hit
from db.engine import Reader, reader
from db.tables import Account, Contact, Conversation, Message, Person, Segment, Sentiment, Signal

MOST_NAMES = 200
MOST_UNREAD = 10_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line and the signal found in it."""

    hit: Hit
    kind: str
    quote: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Named:
    """The ids that names stand for, within the asker's scope; and whose rows the asker may see."""

    accounts: tuple[int, ...]
    contacts: tuple[int, ...]
    people: tuple[int, ...]
    everything: bool
    visible: frozenset[int]


def find_named(engine: Engine, identity: Identity, names: Mapping[str, Sequence[str]]) -> Named:
    """The ids of names by dimension; a parent stands for its accounts, a region for its people."""
    said = {dimension: list(values) for dimension, values in names.items()}
    people = [*said.get("rep", ()), *said.get("manager", ())]
    with reader(engine, identity) as records:
        mine, known = records.scope.rows(Account), records.scope.rows(Contact)
        accounts = mine.c.name.in_(said.get("account", [])) | mine.c.parent.in_(said.get("parent", []))
        staff = Person.name.in_(people) | Person.region.in_(said.get("region", []))
        return Named(
            _ids(records, select(mine.c.id).where(accounts)),
            _ids(records, select(known.c.id).where(known.c.name.in_(said.get("contact", [])))),
            _ids(records, select(Person.id).where(staff, Person.active)),
            records.scope.everything,
            records.scope.people,
        )


def _ids(records: Reader, statement: Select[Any]) -> tuple[int, ...]:
    return tuple(records.execute(statement.limit(MOST_NAMES)).scalars())


def find_evidence(
    engine: Engine, identity: Identity, kinds: Sequence[str], filters: Filters, limit: int
) -> list[Evidence]:
    """Lines in which signals of these kinds were found, the latest first."""
    with reader(engine, identity) as records:
        lines = Lines(records)
        signals = records.scope.rows(Signal)
        statement = lines.select(signals.c.kind.label("signal"), signals.c.quote, signals.c.confidence)
        statement = statement.select_from(lines.joined.join(signals, signals.c.message_id == lines.messages.c.id))
        statement = statement.where(signals.c.kind.in_(kinds), *lines.within(filters))
        statement = statement.order_by(lines.messages.c.at.desc(), lines.messages.c.id.desc()).limit(limit)
        rows = records.execute(statement).all()
        return [Evidence(hit_of(row), row.signal, row.quote, row.confidence) for row in rows]


def find_latest(engine: Engine, identity: Identity, filters: Filters, limit: int) -> list[Hit]:
    """The last lines of the latest conversation that fits, in the order they were said."""
    with reader(engine, identity) as records:
        lines = Lines(records)
        newest = lines.messages.c.at.desc(), lines.messages.c.id.desc()
        fitting = lines.within(filters)
        latest = select(lines.messages.c.conversation_id).select_from(lines.joined).where(*fitting)
        conversation = records.execute(latest.order_by(*newest).limit(1)).scalar()
        if conversation is None:
            return []
        said = lines.select().select_from(lines.joined).where(lines.messages.c.conversation_id == conversation)
        rows = records.execute(said.order_by(*newest).limit(limit)).all()
        return [hit_of(row) for row in reversed(rows)]


def count_unread(engine: Engine, identity: Identity, filters: Filters) -> int:
    """How many of the customers' lines that fit nobody has read for signals yet; MOST_UNREAD stands for more."""
    with reader(engine, identity) as records:
        lines, read = Lines(records), records.scope.rows(Sentiment)
        unread = ~exists().where(read.c.message_id == lines.messages.c.id)
        fitting = select(lines.messages.c.id).select_from(lines.joined)
        fitting = fitting.where(*lines.within(filters), lines.messages.c.speaker == "customer", unread)
        return records.execute(select(func.count()).select_from(fitting.limit(MOST_UNREAD).subquery())).scalar() or 0


class Lines:
    """Messages of customers' conversations with where and when they were said."""

    def __init__(self, records: Reader) -> None:
        self.messages = records.scope.rows(Message)
        self.conversations = records.scope.rows(Conversation)
        self.accounts = records.scope.rows(Account)
        self.segments = records.scope.rows(Segment)

    @property
    def joined(self) -> Any:
        """Messages joined with their conversation, account and second."""
        conversations = self.messages.join(
            self.conversations, self.conversations.c.id == self.messages.c.conversation_id
        )
        with_account = conversations.outerjoin(self.accounts, self.accounts.c.id == self.conversations.c.account_id)
        return with_account.outerjoin(self.segments, self.segments.c.message_id == self.messages.c.id)

    def select(self, *more: ColumnElement[Any]) -> Select[Any]:
        """The columns of a hit, and more."""
        said, talk = self.messages.c, self.conversations.c
        return select(
            said.id,
            said.conversation_id,
            talk.account_id,
            talk.external_id.label("conversation"),
            said.external_id.label("message"),
            self.accounts.c.name.label("account"),
            talk.channel,
            said.speaker,
            said.author,
            said.text,
            said.at,
            self.segments.c.start.label("second"),
            *more,
        )

    def within(self, filters: Filters) -> list[ColumnElement[bool]]:
        """The conditions of the filters; signals are not among them."""
        said, talk = self.messages.c, self.conversations.c
        found = [talk.kind == "customer", *_any(talk.account_id, filters.accounts)]
        found += [*_any(talk.contact_id, filters.contacts), *_any(talk.owner_id, filters.people)]
        found += [*_any(talk.channel, filters.channels), *_any(said.speaker, filters.speakers)]
        if filters.since is not None:
            found.append(said.at >= filters.since)
        if filters.until is not None:
            found.append(said.at <= filters.until)
        return found


def _any(column: ColumnElement[Any], values: Iterable[Any]) -> list[ColumnElement[bool]]:
    wanted = list(values)
    return [column.in_(wanted)] if wanted else []


def hit_of(row: Any, score: float = 1.0) -> Hit:
    """A row of these columns as a hit."""
    return Hit(
        kind="message" if row.second is None else "segment",
        message_id=row.id,
        conversation_id=row.conversation_id,
        account_id=row.account_id,
        conversation=row.conversation,
        message=row.message,
        account=row.account,
        channel=row.channel,
        speaker=row.speaker,
        author=row.author,
        text=row.text,
        score=score,
        at=row.at,
        second=row.second,
    )


__all__ = ["Evidence", "Named", "count_unread", "find_evidence", "find_latest", "find_named", "hit_of"]
