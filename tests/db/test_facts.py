"""Facts are kept once, bounded by the asker, and corrected with a trace; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core.errors import NotFound
from core.profiles import Setting
from db.engine import reader, system_session
from db.facts import NewFact, facts_of, keep_facts, lines_to_learn, set_fact
from db.tables import Account, AuditEntry, Conversation, Fact, Message, Signal
from tests.db.company import NOW, Small
from tests.db.test_inbox import account, bring

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def said(small: Small, talk: int, name: str = "budget", value: str = "200000") -> None:
    with system_session(small.engine) as session:
        message = session.scalars(select(Message.id).where(Message.conversation_id == talk)).first()
        where = session.scalars(select(Conversation.account_id).where(Conversation.id == talk)).one()
        assert message
        assert where
        keep_facts(session, talk, where, [NewFact(message, AT, name, value, "hello", 0.8, {})], NOW)


def known(small: Small, name: str, account_id: int) -> list[str]:
    with reader(small.engine, small.people[name]) as records:
        return [row.value for row in facts_of(records, account_id)]


def test_learning_again_changes_nothing(small: Small) -> None:
    talk = bring(small, "one", account="Ann Ltd")
    said(small, talk)
    said(small, talk)
    with system_session(small.engine) as session:
        assert session.scalar(select(func.count()).select_from(Fact)) == 1


def test_facts_are_the_askers_who_may_read_the_conversation(small: Small) -> None:
    talk = bring(small, "one", account="Ann Ltd")
    said(small, talk)
    where = account(small, "Ann")
    assert [known(small, name, where) for name in ("Ann", "Max", "Dana", "Cy", "Adam", "Tess")] == [
        ["200000"],
        ["200000"],
        ["200000"],
        [],
        [],
        [],
    ]


def test_lines_come_with_their_signals(small: Small) -> None:
    talk = bring(small, "one", account="Ann Ltd")
    with system_session(small.engine) as session:
        message = session.scalars(select(Message).where(Message.conversation_id == talk)).one()
        row = Signal(message_id=message.id, conversation_id=talk, kind="demand", quote="hello", start=0, end=5)
        row.confidence, row.method, row.at, row.found_at = 0.9, "rules", AT, NOW
        session.add(row)
    with system_session(small.engine) as session:
        (line,) = lines_to_learn(session, talk)
    assert line.signals == (("demand", "hello", 0, 5, 0.9),)


def test_a_correction_is_the_askers_own_is_audited_and_is_made_once(small: Small) -> None:
    where, ann = account(small, "Ann"), small.people["Ann"]
    setting = Setting(name="budget", value="90000")
    first = set_fact(small.engine, ann, where, setting, NOW)
    assert set_fact(small.engine, ann, where, setting, NOW + timedelta(seconds=1)) == first
    with pytest.raises(NotFound):
        set_fact(small.engine, small.people["Cy"], where, setting, NOW)
    with system_session(small.engine) as session:
        assert session.scalars(select(AuditEntry.action).where(AuditEntry.action == "fact.set")).all() == ["fact.set"]
        assert session.scalars(select(Account.id).where(Account.id == where)).one() == where
    assert known(small, "Ann", where) == ["90000"]


def test_a_correction_may_be_made_again_after_another(small: Small) -> None:
    where, ann = account(small, "Ann"), small.people["Ann"]
    values = ("90000", "80000", "90000")
    for later, value in enumerate(values):
        set_fact(small.engine, ann, where, Setting(name="budget", value=value), NOW + timedelta(minutes=later))
    assert known(small, "Ann", where) == list(values)
