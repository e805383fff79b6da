"""What an asker's look at memory finds by words: how many messages say something, and which, within their scope."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from core.said import Filters
from db.engine import system_session
from db.memory import Entry, Ledger
from db.recall import COMMON, Recall, Said, Words, recall
from db.tables import Conversation, Person, Remembered
from tests.conftest import NOW
from tests.db.company import Small

EACH = 3
MARK = {"channel": "chat", "kind": "customer", "source": "api", "custom": {}, "loaded_at": NOW, "started_at": NOW}
WAYS: list[list[Words]] = [[("price",)], [("too", "dear"), ("costly",)], [("nowhere",)]]


@pytest.fixture
def revs(small: Small, engine: Engine) -> dict[str, list[int]]:
    """Memory of some messages of two reps' conversations; their revs by the conversation's owner."""
    entries: list[Entry] = []
    owners = {}
    with system_session(engine) as session:
        ids = {row.name: row.id for row in session.execute(select(Person.id, Person.name))}
        for name in ("Ann", "Bo"):
            talk = Conversation(external_id=name, owner_id=ids[name], **MARK)
            session.add(talk)
            session.flush()
            for number in range(EACH):
                message = len(entries) + 1000
                words = ("price too dear", "price costly", "price too high")[number]
                at = NOW + timedelta(minutes=number)
                entries.append(Entry(message, talk.id, at, f"{words} | {name.lower()} |", b"\x01" * 512, "hash", "t"))
                owners[message] = name
    Ledger(engine, "test").keep(entries, gone=[2000])
    found: dict[str, list[int]] = {"Ann": [], "Bo": []}
    with system_session(engine) as session:
        for row in session.execute(select(Remembered.rev, Remembered.message_id).order_by(Remembered.rev)):
            if row.message_id in owners:
                found[owners[row.message_id]].append(row.rev)
    return found


def sorted_revs(said: Said) -> list[int]:
    return sorted(said.revs)


def test_words_are_counted_and_found_within_the_scope(small: Small, engine: Engine, revs: dict[str, list[int]]) -> None:
    both = sorted([*revs["Ann"], *revs["Bo"]])
    for asker, mine in ((small.people["Dana"], both), (small.people["Ann"], revs["Ann"])):
        with recall(engine, asker, Filters()) as look:
            price, dear, nowhere = look.saying(WAYS)
            assert (price.count, sorted_revs(price)) == (len(mine), mine)
            assert dear.count == len(mine) * 2 // EACH
            assert set(dear.revs) < set(mine)
            assert nowhere == Said(0, ())
            assert look.saying([]) == []


def test_filters_narrow_what_says_something(small: Small, engine: Engine, revs: dict[str, list[int]]) -> None:
    with recall(engine, small.people["Dana"], Filters(since=NOW + timedelta(minutes=2))) as look:
        assert sorted_revs(look.saying(WAYS)[0]) == [revs["Ann"][2], revs["Bo"][2]]


def test_what_very_many_say_is_counted_only(small: Small, engine: Engine, revs: dict[str, list[int]]) -> None:
    talk = talk_of(engine)
    entries = [Entry(5000 + n, talk, NOW, "word", b"\x01" * 512, "hash", "t") for n in range(COMMON + 5)]
    Ledger(engine, "test").keep(entries)
    for asker in (small.people["Dana"], small.people["Ann"]):
        with recall(engine, asker, Filters()) as look:
            assert look.saying([[("word",)]]) == [Said(COMMON + 1, ())]


def talk_of(engine: Engine) -> int:
    with system_session(engine) as session:
        return session.scalars(
            select(Conversation.id).where(Conversation.external_id == "Ann", Conversation.source == "api")
        ).one()


def test_candidates_are_taken_by_message_or_rev_and_only_from_the_scope(
    small: Small, engine: Engine, revs: dict[str, list[int]]
) -> None:
    def found(look: Recall) -> set[int]:
        return {one.message_id for one in look.candidates([1000, 1003, 2000], [revs["Ann"][1], revs["Bo"][1]])}

    for name, mine in (("Dana", {1000, 1001, 1003, 1004}), ("Ann", {1000, 1001})):
        with recall(engine, small.people[name], Filters()) as look:
            assert found(look) == mine
