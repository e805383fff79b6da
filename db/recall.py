"""What of memory an asker may find: candidates for a question, and what they were in words."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Engine,
    Executable,
    Select,
    String,
    Subquery,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from core.identity import Identity
from core.said import Filters, Hit
from db.engine import Reader, reader
from db.heard import Lines, hit_of
from db.tables import Account, Conversation, Message, Remembered, Signal

COMMON = 1000
"""A word in more messages than this says little; no more of them are looked at."""
MOST_SAYING = 3 * COMMON
"""The latest so many messages that say a word are looked through for those that the asker may find."""

PAGE = 20_000

Words = tuple[str, ...]
WORDS = table("remembered_words", column("rowid"), column("remembered_words"))


@dataclass(frozen=True, slots=True)
class Said:
    """How many messages say something, up to one more than `COMMON`, and unless they are more, by their revs which."""

    count: int
    revs: tuple[int, ...]


class Seen(NamedTuple):
    """A message's vector."""

    message_id: int
    vector: bytes


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a message is judged by."""

    message_id: int
    words: str
    vector: bytes


def _telling() -> Select[Any]:
    """How often each of the ways in `sought` is said and where, for who may find everything there is.

    What is gone has no words, so that nothing has to be looked up beside them.
    """
    ways = func.json_each(bindparam("sought")).table_valued("key", "value")
    said = select(WORDS.c.rowid.label("rev")).where(WORDS.c.remembered_words.match(column("value")))
    latest = said.order_by(WORDS.c.rowid.desc()).limit(COMMON + 1).subquery()
    few = case((func.count() <= COMMON, func.group_concat(latest.c.rev)))
    told = select(func.json_array(func.count(), few).label("told")).select_from(latest).scalar_subquery()
    each = select(ways.c.key, told.label("told")).subquery()
    return select(each.c.key, func.json_extract(each.c.told, "$[0]"), func.json_extract(each.c.told, "$[1]"))


TELLING = _telling()


class Recall:
    """One asker's look at memory, as it stood when it began; nothing outside their conversations is in it."""

    def __init__(self, records: Reader, filters: Filters, dialect: str) -> None:
        self._records = records
        self._dialect = dialect
        self._rows = records.scope.rows(Remembered)
        self._within = _within(records, self._rows, filters)
        self.everything = records.scope.everything and filters == Filters()

    def count(self, most: int) -> int:
        """How many messages there are to find, counted up to `most`; about how many where everything is."""
        if self.everything:
            return self.head()
        some = self._select(literal(1).label("one")).limit(most).subquery()
        return int(self._records.execute(select(func.count()).select_from(some)).scalar() or 0)

    def head(self) -> int:
        """About how many messages there are, by the last number given out."""
        return int(self._records.execute(select(func.max(self._rows.c.rev))).scalar() or 0)

    def vectors(self) -> list[Seen]:
        """Every vector there is; for where `count` says that they are few."""
        # In no order: by rev, SQLite would go through the whole table for the sake of it.
        rows = self._records.execute(self._select(self._rows.c.message_id, self._rows.c.vector))
        return [Seen._make(row) for row in rows]

    def vectors_after(self, rev: int) -> Iterator[list[Seen]]:
        """Every vector kept since `rev`, a page at a time."""
        while True:
            statement = self._select(self._rows.c.rev, self._rows.c.message_id, self._rows.c.vector)
            statement = statement.where(self._rows.c.rev > rev).order_by(self._rows.c.rev).limit(PAGE)
            rows = self._records.execute(statement).all()
            yield [Seen(row.message_id, row.vector) for row in rows]
            if len(rows) < PAGE:
                return
            rev = rows[-1].rev

    def saying(self, ways: Sequence[Sequence[Words]]) -> list[Said]:
        """For each thing sought the messages that say it in one of its ways."""
        if not ways:
            return []
        if self.everything and self._dialect == "sqlite":
            statement: Executable = TELLING.params(sought=json.dumps([_match(one) for one in ways]))
        else:
            statement = union_all(*(self._told(place, one) for place, one in enumerate(ways)))
        told = sorted(tuple(row) for row in self._records.execute(statement))
        return [Said(count, tuple(map(int, revs.split(","))) if revs else ()) for _, count, revs in told]

    def candidates(self, message_ids: Sequence[int] | None = None, revs: Sequence[int] = ()) -> list[Candidate]:
        """These messages as they are judged, or all there are; those that the asker may not find are left out."""
        rows = self._rows
        statement = self._select(rows.c.message_id, rows.c.words, rows.c.vector)
        if message_ids is None:
            return _candidates(self._records.execute(statement))
        wanted = rows.c.message_id.in_(message_ids) | rows.c.rev.in_(revs)
        return _candidates(self._records.execute(statement.where(wanted)))

    def hits(self, scores: dict[int, float]) -> list[Hit]:
        """These messages in words."""
        lines = Lines(self._records)
        statement = lines.select().select_from(lines.joined).where(lines.messages.c.id.in_(scores))
        return [hit_of(row, scores[row.id]) for row in self._records.execute(statement)]

    def _select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        return select(*columns).select_from(self._rows).where(self._rows.c.conversation_id.is_not(None), *self._within)

    def _told(self, place: int, ways: Sequence[Words]) -> Select[Any]:
        # One row for each thing sought: thousands of rows would take longer to hand over than to find.
        saying = self._saying(ways).limit(COMMON + 1).subquery()
        count, revs = func.count(), func.aggregate_strings(cast(saying.c.rev, String), ",")
        few = case((count <= COMMON, revs), else_="")
        return select(literal(place).label("place"), count.label("count"), few.label("revs")).select_from(saying)

    def _saying(self, ways: Sequence[Words]) -> Select[Any]:
        if self._dialect != "sqlite":
            said = " | ".join("(" + " & ".join(f"'{word}'" for word in way) + ")" for way in ways)
            kept = func.array_to_tsvector(func.string_to_array(self._rows.c.words, " "))
            return self._select(self._rows.c.rev).where(kept.bool_op("@@")(cast(literal(said), TSQUERY)))
        latest = select(WORDS.c.rowid).where(WORDS.c.remembered_words.match(_match(ways)))
        latest = latest.order_by(WORDS.c.rowid.desc()).limit(MOST_SAYING)
        return self._select(self._rows.c.rev).where(self._rows.c.rev.in_(latest))


def _candidates(rows: Iterable[Any]) -> list[Candidate]:
    return [Candidate(message_id, words, vector) for message_id, words, vector in rows]


def _match(ways: Sequence[Words]) -> str:
    return " OR ".join("(" + " AND ".join(f'"{word}"' for word in way) + ")" for way in ways)


def _within(records: Reader, rows: Subquery, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    talks = records.scope.rows(Conversation)
    of_talks = {
        talks.c.account_id: filters.accounts,
        talks.c.contact_id: filters.contacts,
        talks.c.owner_id: filters.people,
        talks.c.channel: filters.channels,
    }
    asked = [column.in_(list(values)) for column, values in of_talks.items() if values]
    if asked:
        found.append(rows.c.conversation_id.in_(select(talks.c.id).where(*asked)))
    if filters.signals:
        signals = records.scope.rows(Signal)
        kinds = signals.c.kind.in_(filters.signals)
        found.append(rows.c.message_id.in_(select(signals.c.message_id).where(kinds)))
    if filters.speakers:
        said = records.scope.rows(Message, "said_by")
        one = select(said.c.id).where(said.c.id == rows.c.message_id, said.c.speaker.in_(filters.speakers))
        found.append(one.exists())
    if filters.since is not None:
        found.append(rows.c.at >= filters.since)
    if filters.until is not None:
        found.append(rows.c.at <= filters.until)
    return found


@contextmanager
def recall(engine: Engine, identity: Identity, filters: Filters) -> Iterator[Recall]:
    """The asker's look at memory."""
    with reader(engine, identity) as records:
        yield Recall(records, filters, engine.dialect.name)


def accounts_called(engine: Engine, identity: Identity, said: str) -> tuple[int, ...]:
    """The asker's accounts of that name, whatever its case, or with that id, the outside's or ours."""
    name = said.strip()
    with reader(engine, identity) as records:
        accounts = records.scope.rows(Account)
        named = func.lower(accounts.c.name) == name.lower()
        called = named | (accounts.c.external_id == name)
        if name.isascii() and name.isdigit() and len(name) < 10:
            called = called | (accounts.c.id == int(name))
        return tuple(records.execute(select(accounts.c.id).where(called)).scalars())
