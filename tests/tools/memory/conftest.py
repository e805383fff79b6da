"""Two reps, their manager, and what their customers said; a memory over it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from core.identity import Identity, Role
from core.settings import Settings
from db.engine import system_session
from db.people import add_person
from db.tables import Account, Conversation, Message
from tests.conftest import NOW
from tools.memory.memory import Memory

PEOPLE = (
    ("Dora", Role.DIRECTOR, None), ("Max", Role.MANAGER, "Dora"), ("Rita", Role.REP, "Max"), ("Ross", Role.REP, "Dora"),
    ("Tess", Role.TRAINER, "Dora"),
)  # fmt: skip


@dataclass
class Talks:
    """Writes what was said; everything is by external id."""

    engine: Engine
    people: dict[str, Identity]
    accounts: dict[str, int] = field(default_factory=dict)
    said: int = 0

    def add(
        self, owner: str | None, *lines: str, account: str | None = None, channel: str = "chat", at: datetime = NOW
    ) -> list[int]:
        """A conversation of these lines, the customer's first; the ids of its messages."""
        mark = {"source": "api", "custom": {}, "loaded_at": NOW}
        with system_session(self.engine) as session:
            owner_id = self.people[owner].person_id if owner else None
            if account and account not in self.accounts:
                row = Account(external_id=account, name=account, owner_id=owner_id, **mark)
                session.add(row)
                session.flush()
                self.accounts[account] = row.id
            self.said += 1
            talk = Conversation(
                external_id=f"talk-{self.said}", channel=channel, owner_id=owner_id, started_at=at,
                account_id=self.accounts[account] if account else None, **mark,
            )  # fmt: skip
            session.add(talk)
            session.flush()
            rows = [
                Message(
                    external_id=f"{talk.external_id}.{number}", conversation_id=talk.id, text=text,
                    speaker="rep" if number % 2 else "customer", at=at + timedelta(seconds=number), **mark,
                )
                for number, text in enumerate(lines)
            ]  # fmt: skip
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def edit(self, message_id: int, text: str) -> None:
        with system_session(self.engine) as session:
            session.execute(update(Message).where(Message.id == message_id).values(text=text))

    def erase(self, *message_ids: int) -> None:
        with system_session(self.engine) as session:
            session.execute(delete(Message).where(Message.id.in_(message_ids)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, now=NOW, _env_file=None)


@pytest.fixture
def talks(engine: Engine) -> Talks:
    people = {}
    with system_session(engine) as session:
        for name, role, manager in PEOPLE:
            people[name] = add_person(session, name, role=role, region=None, manager=manager, now=NOW)
    return Talks(engine, people)


@pytest.fixture
def memory(settings: Settings, engine: Engine) -> Iterator[Memory]:
    made = Memory(settings, engine)
    yield made
    made.close()


@pytest.fixture
def find(memory: Memory, talks: Talks) -> Callable[..., list[int]]:
    """The ids that a person finds, e.g. `find("Rita", "who wants a discount?")`."""

    def search(who: str, query: str, k: int = 3) -> list[int]:
        return [hit.message_id for hit in memory.search(talks.people[who], query, k=k)]

    return search
