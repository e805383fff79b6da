"""The audit chain shows every later change, and holds when many write at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Delete, Engine, Update, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from core.clock import Clock
from db import audit
from db.engine import system_session
from db.tables import AuditEntry


def _record(engine: Engine, clock: Clock, subject: str) -> None:
    with system_session(engine) as session:
        detail = {"from": 1, "to": {"b": "张", "a": None}}
        audit.record(session, actor_id=None, action="rule.change", subject=subject, detail=detail, now=clock.now())


def _broken(engine: Engine) -> list[int]:
    with system_session(engine) as session:
        return audit.verify(session)


def _tamper(engine: Engine, statement: Update | Delete) -> None:
    """Change the log as only someone with the whole database in their hands could."""
    with system_session(engine) as session:
        for verb in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER audit_no_{verb}{'' if engine.name == 'sqlite' else ' ON audit'}"))
        session.execute(statement)


@pytest.mark.parametrize("statement", [update(AuditEntry).values(subject="x"), delete(AuditEntry)])
def test_the_database_changes_and_removes_no_entry(engine: Engine, clock: Clock, statement: Update | Delete) -> None:
    _record(engine, clock, "a")
    with pytest.raises(DBAPIError, match="only grows"), system_session(engine) as session:
        session.execute(statement)
    assert _broken(engine) == []


def test_an_untouched_chain_is_whole(engine: Engine, clock: Clock) -> None:
    for subject in ("a", "b", "c"):
        _record(engine, clock, subject)
    assert _broken(engine) == []


def test_a_changed_entry_is_named(engine: Engine, clock: Clock) -> None:
    for subject in ("a", "b", "c"):
        _record(engine, clock, subject)
    _tamper(engine, update(AuditEntry).where(AuditEntry.subject == "b").values(detail={}))
    with system_session(engine) as session:
        changed = session.scalars(select(AuditEntry.id).where(AuditEntry.subject == "b")).all()
    assert _broken(engine) == list(changed)


def test_a_removed_entry_breaks_the_one_after(engine: Engine, clock: Clock) -> None:
    for subject in ("a", "b", "c"):
        _record(engine, clock, subject)
    _tamper(engine, delete(AuditEntry).where(AuditEntry.subject == "b"))
    with system_session(engine) as session:
        after = session.scalars(select(AuditEntry.id).where(AuditEntry.subject == "c")).all()
    assert _broken(engine) == list(after)


def test_many_writers_make_one_chain(engine: Engine, clock: Clock) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: _record(engine, clock, str(n)), range(24)))
    with system_session(engine) as session:
        assert len(set(session.scalars(select(AuditEntry.previous_hash)))) == 24
    assert _broken(engine) == []
