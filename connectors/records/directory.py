"""Finds the records that rows point to: by external id in batches, by name or e-mail from an index."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from connectors.records.kinds import RecordKind
from connectors.records.names import name_id, name_key, nearest, plain, turned
from connectors.records.values import BadValue
from core.identity import Role

CARRIED = ("owner_id", "account_id", "list_price")
CACHED_IDS = 100_000
IDS_A_QUERY = 5_000


class Hit(NamedTuple):
    """A record that was found, with what a row takes over from it."""

    id: int
    owner_id: int | None = None
    account_id: int | None = None
    list_price: Decimal | None = None


class Directory:
    """The records of one kind, as links look for them. Those of the mapping's own source come first."""

    def __init__(self, kind: RecordKind, source: str, aliases: dict[str, list[str]]) -> None:
        self.kind = kind
        self._source = source
        self._aliases = {name_key(way): canonical for canonical, ways in aliases.items() for way in ways}
        self._names: dict[str, list[Hit]] | None = None
        self._spelt: dict[str, str] = {}
        self._emails: dict[str, list[Hit]] = {}
        self._ids: dict[tuple[str, str], Hit | None] = {}
        self._answers: dict[str, Hit | BadValue] = {}

    def prepare(self, session: Session, texts: Iterable[str], source: str | None) -> None:
        """Look up the external ids of a batch at once."""
        own = source or self._source
        if len(self._ids) > CACHED_IDS:
            self._ids.clear()
        unknown = sorted({text for text in texts if (own, text) not in self._ids})
        table = self.kind.table
        for start in range(0, len(unknown), IDS_A_QUERY):
            part = unknown[start : start + IDS_A_QUERY]
            found = select(table.c.external_id, *self._columns()).where(
                table.c.source == own, table.c.external_id.in_(part)
            )
            self._ids |= {(own, text): None for text in part}
            self._ids |= {(own, row[0]): self._hit(row[1:]) for row in session.execute(found)}

    def by_id(self, text: str, source: str | None) -> Hit:
        """The record of that external id, once `prepare` has looked for it."""
        hit = self._ids.get((source or self._source, text))
        if hit is None:
            raise BadValue("no_id", record=self.kind.name)
        return hit

    def by_name(self, session: Session, text: str) -> Hit:
        """The one record of that name; spelling may differ in case, spaces, width, accents and punctuation."""
        found = self._answers.get(text)
        if found is None:
            if len(self._answers) >= CACHED_IDS:
                self._answers.clear()
            found = self._answers[text] = self._search(self._load(session), text)
        if isinstance(found, BadValue):
            raise found
        return found

    def _search(self, names: dict[str, list[Hit]], text: str) -> Hit | BadValue:
        wanted = self._aliases.get(name_key(text), text)
        for key in dict.fromkeys((f"={plain(wanted)}", name_key(wanted), name_key(turned(wanted)))):
            found = names.get(key, [])
            if len(found) == 1:
                return found[0]
            if len(found) > 1:
                return BadValue("two_names", record=self.kind.name, count=len(found))
        near = nearest(wanted, self._spelt.values())
        return BadValue("no_name_near" if near else "no_name", record=self.kind.name, near=near)

    def by_email(self, session: Session, text: str) -> Hit:
        """The one person with that address, whatever its case."""
        self._load(session)
        found = self._emails.get(plain(text), [])
        if len(found) != 1:
            raise BadValue("two_names" if found else "no_email", record=self.kind.name, count=len(found))
        return found[0]

    def create(self, session: Session, text: str, match: str, now: datetime, role: Role = Role.REP) -> Hit:
        """Make a record of which only the name or id is known."""
        external_id = text if match == "id" else name_id(self.kind.name, text)
        values: dict[str, Any] = {"source": self._source, "external_id": external_id, "name": text, "loaded_at": now}
        if self.kind.name == "person":
            values["role"] = role
        made = session.execute(insert(self.kind.table).values(values).returning(self.kind.table.c.id)).scalar_one()
        hit = Hit(made)
        self._ids[(self._source, external_id)] = hit
        self._answers.clear()
        if self._names is not None:
            self._enter(text, None, hit)
        return hit

    def forget(self) -> None:
        """Read names and ids again at the next look-up."""
        self._names = None
        self._ids.clear()
        self._answers.clear()

    def _columns(self) -> list[Any]:
        table = self.kind.table
        return [table.c.id, *(table.c[name] for name in CARRIED if name in table.c)]

    def _hit(self, row: Any) -> Hit:
        carried = [name for name in CARRIED if name in self.kind.table.c]
        return Hit(row[0], **dict(zip(carried, row[1:], strict=True)))

    def _load(self, session: Session) -> dict[str, list[Hit]]:
        if self._names is not None:
            return self._names
        self._names, self._emails, self._spelt = {}, {}, {}
        table = self.kind.table
        email = [table.c.email] if "email" in table.c else []
        statement = select(table.c.source, table.c.name, *self._columns(), *email).order_by(table.c.id)
        rows = list(session.execute(statement))
        for own in (True, False):
            before = set(self._names)
            for row in rows:
                if (row[0] == self._source) == own and row[1] is not None:
                    cells = row[2 : len(row) - len(email)]
                    self._enter(row[1], row[-1] if email else None, self._hit(cells), frozenset(before))
        return self._names

    def _enter(self, name: str, email: str | None, hit: Hit, taken: frozenset[str] = frozenset()) -> None:
        """Enter one record under its spellings, but not under those a record of our own source has."""
        assert self._names is not None
        for key in {f"={plain(name)}", name_key(name), name_key(turned(name))} - taken:
            self._names.setdefault(key, []).append(hit)
        self._spelt.setdefault(plain(name), name)
        if email:
            self._emails.setdefault(plain(email), []).append(hit)
