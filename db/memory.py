"""What memory keeps in the records database: written by whoever indexes, read in the asker's scope."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Engine,
    ScalarSelect,
    Select,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from db.engine import system_session
from db.tables import Account, Conversation, Message, Remembered, ToRemember, VectorStore

LOCK = 4_271_960_016
TURN = 4_271_960_015
BEFORE = 3
"""How many of the lines before it a message is indexed with."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message to index, with what it is said in: the lines before it, and the names of its conversation."""

    message_id: int
    conversation_id: int
    at: datetime
    text: str
    before: str
    names: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a message."""

    message_id: int
    conversation_id: int
    at: datetime
    words: str
    vector: bytes
    text_hash: str
    version: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The next changes to index: `queued` are done with once the rest is kept, `gone` are messages that are no more."""

    queued: tuple[int, ...]
    heard: tuple[Heard, ...]
    gone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Older:
    """Messages that are kept by another version, with the hashes they are kept with; `gone` are no more."""

    heard: tuple[Heard, ...]
    hashes: dict[int, str | None]
    gone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One step of what is kept; without a vector the message is gone."""

    rev: int
    message_id: int
    vector: bytes | None


class Ledger:
    """Everything that is kept, for code that indexes; it acts for nobody."""

    def __init__(self, engine: Engine, version: str) -> None:
        self._engine = engine
        self._version = version

    def waiting(self) -> bool:
        """Whether anything waits to be indexed."""
        with system_session(self._engine) as session:
            return session.scalar(select(ToRemember.id).limit(1)) is not None

    def backlog(self) -> int:
        """How many changes wait to be indexed."""
        with system_session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(ToRemember)) or 0

    def batch(self, limit: int) -> Batch:
        """The latest changes that wait."""
        with system_session(self._engine) as session:
            rows = session.execute(
                select(ToRemember.id, ToRemember.message_id).order_by(ToRemember.id.desc()).limit(limit)
            ).all()
            wanted = {row.message_id for row in rows}
            heard = tuple(_heard(session, Message.id.in_(wanted)))
        gone = tuple(sorted(wanted - {one.message_id for one in heard}))
        return Batch(tuple(row.id for row in rows), heard, gone)

    def keep(self, entries: Sequence[Entry], gone: Sequence[int] = (), queued: Sequence[int] = ()) -> None:
        """Replace what was kept of these messages; all of it or nothing."""
        with self._alone() as session:
            session.execute(delete(ToRemember).where(ToRemember.id.in_(queued)))
            changed = [*(entry.message_id for entry in entries), *gone]
            session.execute(delete(Remembered).where(Remembered.message_id.in_(changed)))
            if entries:
                session.execute(insert(Remembered), [asdict(entry) for entry in entries])
            if gone:
                empty = [{"message_id": message, "words": "", "version": self._version} for message in gone]
                session.execute(insert(Remembered), empty)

    def older(self, limit: int) -> Older:
        """Some of what is kept by another version, the latest first."""
        statement = select(Remembered.message_id, Remembered.text_hash)
        hashes: dict[int, str | None] = {}
        with system_session(self._engine) as session:
            for other in self._others():
                latest = statement.where(other, Remembered.conversation_id.is_not(None))
                latest = latest.order_by(Remembered.version.desc(), Remembered.rev.desc()).limit(limit - len(hashes))
                hashes.update((row.message_id, row.text_hash) for row in session.execute(latest))
            heard = tuple(_heard(session, Message.id.in_(hashes))) if hashes else ()
        return Older(heard, hashes, tuple(sorted(hashes.keys() - {one.message_id for one in heard})))

    def count_older(self) -> int:
        """How many messages are kept by another version."""
        count = select(func.count()).select_from(Remembered).where(Remembered.conversation_id.is_not(None))
        with system_session(self._engine) as session:
            return sum(session.scalar(count.where(other)) or 0 for other in self._others())

    def renew(self, entries: Sequence[Entry], hashes: dict[int, str | None]) -> None:
        """Replace what is kept of these messages, except where it is not any more what `hashes` says."""
        if not entries:
            return
        ids = [entry.message_id for entry in entries]
        kept = select(Remembered.message_id, Remembered.text_hash)
        kept = kept.where(Remembered.message_id.in_(ids), Remembered.conversation_id.is_not(None))
        with self._alone() as session:
            same = {row.message_id for row in session.execute(kept) if row.text_hash == hashes[row.message_id]}
            rows = [asdict(entry) for entry in entries if entry.message_id in same]
            session.execute(delete(Remembered).where(Remembered.message_id.in_(same)))
            if rows:
                session.execute(insert(Remembered), rows)

    def forget(self, message_ids: Sequence[int]) -> None:
        """Keep nothing of these messages but that they are gone."""
        with self._alone() as session:
            session.execute(delete(ToRemember).where(ToRemember.message_id.in_(message_ids)))
        self.keep((), gone=message_ids)

    def queue_missing(self) -> int:
        """Queue what should be kept and is not, or is and should not; how many messages that are."""
        with self._alone() as session:
            queued = 0
            for ids in self._missing():
                queued += session.scalar(select(func.count()).select_from(ids.subquery())) or 0
                session.execute(insert(ToRemember).from_select(["message_id"], ids))
            return queued

    def missing(self) -> int:
        """How many messages are not kept as they should be, apart from those that wait."""
        with system_session(self._engine) as session:
            return sum(session.scalar(select(func.count()).select_from(ids.subquery())) or 0 for ids in self._missing())

    def heard_after(self, message_id: int, limit: int) -> list[tuple[Heard, str | None]]:
        """The next messages in order of id, each with the hash that is kept of it."""
        with system_session(self._engine) as session:
            found = _heard(session, Message.id > message_id, limit)
            ids = [one.message_id for one in found]
            rows = select(Remembered.message_id, Remembered.text_hash).where(Remembered.message_id.in_(ids))
            hashes = {row.message_id: row.text_hash for row in session.execute(rows)}
        return [(one, hashes.get(one.message_id)) for one in found]

    def queue(self, message_ids: Sequence[int]) -> None:
        """Have these messages indexed anew."""
        with system_session(self._engine) as session:
            if message_ids:
                session.execute(insert(ToRemember), [{"message_id": message} for message in message_ids])

    def changes(self, after: int, limit: int) -> list[Change]:
        """What changed since `after`, oldest first."""
        statement = select(Remembered.rev, Remembered.message_id, Remembered.vector).where(Remembered.rev > after)
        with system_session(self._engine) as session:
            return [Change(*row) for row in session.execute(statement.order_by(Remembered.rev).limit(limit))]

    def changed(self, after: int) -> int:
        """How many changes there are after a certain rev."""
        with system_session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(Remembered).where(Remembered.rev > after)) or 0

    def kept(self) -> int:
        """How many messages have a vector."""
        statement = select(func.count()).select_from(Remembered).where(Remembered.conversation_id.is_not(None))
        with system_session(self._engine) as session:
            return session.scalar(statement) or 0

    def kept_ids(self) -> set[int]:
        """The messages that have a vector."""
        with system_session(self._engine) as session:
            return set(session.scalars(select(Remembered.message_id).where(Remembered.vector.is_not(None))))

    def head(self) -> int:
        """The last rev."""
        with system_session(self._engine) as session:
            return session.scalar(select(func.max(Remembered.rev))) or 0

    def reached(self, store: str) -> int:
        """How far a store of vectors has come."""
        with system_session(self._engine) as session:
            return session.scalar(select(VectorStore.rev).where(VectorStore.store == store)) or 0

    def reach(self, store: str, rev: int) -> None:
        """Note how far a store of vectors has come."""
        with system_session(self._engine) as session:
            session.merge(VectorStore(store=store, rev=rev))

    def start_over(self) -> None:
        """Have whoever owns a store of vectors put everything in again."""
        with system_session(self._engine) as session:
            session.execute(update(VectorStore).values(rev=0))

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether this process may write to a shared store until the end; only one may at a time."""
        with system_session(self._engine) as session:
            if session.get_bind().dialect.name == "postgresql":
                yield bool(session.scalar(select(func.pg_try_advisory_xact_lock(literal(TURN)))))
            else:
                yield True

    def _others(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        # SQLite looks for neither more nor less in an index only when it is asked one at a time.
        return Remembered.version > self._version, Remembered.version < self._version

    def _missing(self) -> list[Select[int]]:
        mine = exists().where(Remembered.message_id == Message.id)
        heard = select(Message.id.label("message_id")).join(Conversation, Conversation.id == Message.conversation_id)
        alive = exists().where(Message.id == Remembered.message_id)
        orphans = select(Remembered.message_id).where(Remembered.vector.is_not(None), ~alive)
        waiting = select(ToRemember.message_id)
        return [
            heard.where(Conversation.kind == "customer", ~mine, Message.id.not_in(waiting)),
            orphans.where(Remembered.message_id.not_in(waiting)),
        ]

    @contextmanager
    def _alone(self) -> Iterator[Session]:
        """One writer at a time, so that revs appear in their order."""
        with system_session(self._engine) as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(select(func.pg_advisory_xact_lock(literal(LOCK))))
            else:
                # The first statement writes, so that SQLite takes its lock before anything is read.
                session.execute(delete(ToRemember).where(ToRemember.id < 0))
            yield session


def _heard(session: Session, condition: ColumnElement[bool], limit: int | None = None) -> list[Heard]:
    said = [aliased(Message) for _ in range(BEFORE)]
    columns = (Message.id, Message.conversation_id, Message.at, Message.text, Conversation.title, Account.name)
    statement = (
        select(*columns, *(one.text for one in said))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Account, Account.id == Conversation.account_id)
        .where(Conversation.kind == "customer", condition)
        .order_by(Message.id)
        .limit(limit)
    )
    for place, one in enumerate(said):
        statement = statement.outerjoin(one, one.id == _earlier(place))
    return [
        Heard(
            *row[:4], before="\n".join(filter(None, reversed(row[6:]))), names=" ".join(filter(None, (row[5], row[4])))
        )
        for row in session.execute(statement)
    ]


def _earlier(place: int) -> ScalarSelect[int]:
    """The message so many lines before the one just before a message."""
    before = aliased(Message)
    earlier = or_(before.at < Message.at, (before.at == Message.at) & (before.id < Message.id))
    ids = select(before.id).where(before.conversation_id == Message.conversation_id, earlier)
    ids = ids.order_by(before.at.desc(), before.id.desc()).offset(place).limit(1)
    return ids.correlate(Message).scalar_subquery()
