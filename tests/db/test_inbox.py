"""What waits is seen, assigned and dismissed within the asker's scope, and what follows moves along."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from core.errors import NotFound
from core.identity import Identity
from core.said import Incoming, IncomingConversation
from db import inbox
from db.engine import system_session
from db.intake import take_in
from db.tables import Account, AuditEntry, Contact, Conversation, Fact, Message, Notice
from tests.db.company import NOW, Small

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def bring(small: Small, key: str, by: str | None = None, **about: object) -> int:
    said = Incoming("m1", "customer", f"hello from {key}", AT, str(about.pop("author", "Wu")))
    with system_session(small.engine) as session:
        talk = IncomingConversation(key, "wechat", (said,), **about)  # type: ignore[arg-type]
        take_in(session, [talk], source="file", by=small.people[by] if by else None, now=NOW)
        found = session.scalar(
            select(Conversation.id).where(Conversation.external_id == key, Conversation.source == "file")
        )
        assert found
        return found


def account(small: Small, key: str) -> int:
    with system_session(small.engine) as session:
        found = session.scalar(select(Account.id).where(Account.external_id == key))
        assert found
        return found


def seen(small: Small, name: str) -> list[str]:
    return [
        row.came.external_id for row in inbox.waiting(small.engine, small.people[name]) if row.came.channel == "wechat"
    ]


def assign(small: Small, name: str, talk: int, key: str) -> inbox.Assigned:
    with system_session(small.engine) as session:
        return inbox.assign(session, small.people[name], talk, account(small, key), NOW)


def test_each_sees_what_waits_in_their_scope(small: Small) -> None:
    bring(small, "of ann", "Ann")
    bring(small, "of nobody")
    bring(small, "matched", account="Ann Ltd")
    assert seen(small, "Ann") == ["of ann"]
    assert seen(small, "Max") == ["of ann"]
    assert seen(small, "Cy") == []
    assert seen(small, "Adam") == []
    assert seen(small, "Dana") == ["of nobody", "of ann"]


def test_candidates_are_the_askers_own_accounts(small: Small) -> None:
    with system_session(small.engine) as session:
        for key in ("Ann", "Cy"):
            there = session.scalars(select(Contact).where(Contact.external_id == key)).one()
            there.email = "wu@both.example"
    bring(small, "both", "Mei", hints=("wu@both.example",))
    bring(small, "unsure", hints=("wu@both.example",))
    row = next(row for row in inbox.waiting(small.engine, small.people["Dana"]) if row.came.external_id == "unsure")
    assert [one.name for one in row.candidates] == ["Ann Ltd", "Cy Ltd"]
    assert {one.why for one in row.candidates} == {"address"}
    assert seen(small, "Mei") == []


def test_assigning_is_bounded_on_both_sides_and_audited(small: Small) -> None:
    talk = bring(small, "of ann", "Ann")
    for name, key in (("Cy", "Cy"), ("Ann", "Cy"), ("Adam", "Ann"), ("Tess", "Ann")):
        with pytest.raises(NotFound):
            assign(small, name, talk, key)
    done = assign(small, "Ann", talk, "Ann")
    assert done.changed
    assert done.work
    assert done.work.key.startswith(f"heard:{talk}:")
    assert assign(small, "Ann", talk, "Ann") == inbox.Assigned(changed=False)
    assert seen(small, "Ann") == []
    with system_session(small.engine) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "conversation.assign")).all()
        assert [entry.actor_id for entry in entries] == [small.people["Ann"].person_id]


def test_assigning_again_moves_what_was_believed(small: Small) -> None:
    talk = bring(small, "c", account="Ann Ltd")
    first = account(small, "Ann")
    with system_session(small.engine) as session:
        for key, origin in (("said", "said"), ("set", "person")):
            session.add(
                Fact(
                    key=key, account_id=first, conversation_id=talk, name="budget", value="1", detail={},
                    confidence=1.0, valid_from=NOW, origin=origin, recorded_at=NOW,
                )
            )  # fmt: skip
    there = assign(small, "Dana", talk, "Bo")
    back = assign(small, "Dana", talk, "Ann")
    assert there.work
    assert back.work
    assert there.work.key != back.work.key
    with system_session(small.engine) as session:
        assert session.scalars(select(Fact.key)).all() == ["set"]


def test_what_had_no_owner_gets_the_accounts(small: Small) -> None:
    talk = bring(small, "of nobody")
    assign(small, "Dana", talk, "Bo")
    assert next(row.external_id for row in inbox.recent(small.engine, small.people["Bo"])) == "of nobody"


def test_who_speaks_becomes_the_contact(small: Small) -> None:
    talk = bring(small, "c", "Ann", author="Ann")
    assign(small, "Ann", talk, "Ann")
    with system_session(small.engine) as session:
        assert session.get_one(Conversation, talk).contact_id is not None


def test_what_is_no_customers_waits_no_longer_even_when_more_comes(small: Small) -> None:
    talk = bring(small, "spam", "Ann")
    with system_session(small.engine) as session:
        with pytest.raises(NotFound):
            inbox.dismiss(session, small.people["Cy"], talk, NOW)
        assert inbox.dismiss(session, small.people["Ann"], talk, NOW)
        assert not inbox.dismiss(session, small.people["Ann"], talk, NOW)
    bring(small, "spam", "Ann", account="Ann Ltd")
    assert seen(small, "Ann") == []
    assert assign(small, "Ann", talk, "Ann").changed


def test_pages_join_without_a_gap(small: Small) -> None:
    keys = [f"c{number}" for number in range(7)]
    for key in keys:
        bring(small, key, "Ann")
    found: list[str] = []
    after = None
    while True:
        rows = inbox.waiting(small.engine, small.people["Ann"], after=after, limit=3)
        found += [row.came.external_id for row in rows[:3] if row.came.channel == "wechat"]
        if len(rows) <= 3:
            break
        after = (rows[2].came.came_at, rows[2].came.id)
    assert sorted(found) == keys


def test_a_row_tells_how_it_last_went_on(small: Small) -> None:
    bring(small, "c", "Ann")
    (row,) = [row for row in inbox.recent(small.engine, small.people["Ann"]) if row.external_id == "c"]
    assert (row.messages, row.said_at, row.author, row.excerpt) == (1, AT, "Wu", "hello from c")
    assert row.owner == "Ann"


def test_a_conversation_without_messages_yet_is_there(small: Small) -> None:
    with system_session(small.engine) as session:
        talk = Conversation(
            source="call", external_id="x", custom={}, loaded_at=NOW, channel="call", started_at=NOW,
            owner_id=small.people["Ann"].person_id,
        )  # fmt: skip
        session.add(talk)
    rows = inbox.recent(small.engine, small.people["Ann"])
    assert next(row for row in rows if row.external_id == "x").messages == 0


def notice(small: Small, key: str, person: Identity) -> int:
    with system_session(small.engine) as session:
        row = Notice(key=key, person_id=person.person_id, kind="signal", detail={}, at=NOW)
        session.add(row)
        session.flush()
        return row.id


def test_notices_are_ones_own_and_seen_once(small: Small) -> None:
    ann, cy = small.people["Ann"], small.people["Cy"]
    mine = notice(small, "a", ann)
    notice(small, "b", cy)
    assert [row.id for row in inbox.notices(small.engine, ann)] == [mine]
    with system_session(small.engine) as session:
        with pytest.raises(NotFound):
            inbox.see_notice(session, cy, mine, NOW)
        assert inbox.see_notice(session, ann, mine, NOW)
        assert not inbox.see_notice(session, ann, mine, NOW)
    assert inbox.notices(small.engine, ann)[0].seen_at == NOW


def test_messages_of_a_thread_with_the_assistant_are_not_to_assign(small: Small) -> None:
    with system_session(small.engine) as session:
        thread = session.scalar(select(Conversation.id).where(Conversation.external_id == "Ann-thread"))
        assert thread
        assert session.scalar(select(Message.id).where(Message.conversation_id == thread))
    with pytest.raises(NotFound):
        assign(small, "Ann", thread, "Ann")
