"""The audit chain shows every later change, and holds when many write at once."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, delete, select, update

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


def test_an_untouched_chain_is_whole(engine: Engine, clock: Clock) -> None:
    for subject in ("a", "b", "c"):
        _record(engine, clock, subject)
    assert _broken(engine) == []


def test_a_changed_entry_is_named(engine: Engine, clock: Clock) -> None:
    for subject in ("a", "b", "c"):
        _record(engine, clock, subject)
    with system_session(engine) as session:
        session.execute(update(AuditEntry).where(AuditEntry.subject == "b").values(detail={}))
        changed = session.scalars(select(AuditEntry.id).where(AuditEntry.subject == "b")).all()
    assert _broken(engine) == list(changed)


def test_a_removed_entry_breaks_the_one_after(engine: Engine, clock: Clock) -> None:
    for subject in ("a", "b", "c"):
        _record(engine, clock, subject)
    with system_session(engine) as session:
        session.execute(delete(AuditEntry).where(AuditEntry.subject == "b"))
        after = session.scalars(select(AuditEntry.id).where(AuditEntry.subject == "c")).all()
    assert _broken(engine) == list(after)


def test_many_writers_make_one_chain(engine: Engine, clock: Clock) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: _record(engine, clock, str(n)), range(24)))
    with system_session(engine) as session:
        assert len(set(session.scalars(select(AuditEntry.previous_hash)))) == 24
    assert _broken(engine) == []
