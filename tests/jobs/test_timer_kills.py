"""Workers killed with -9 while rungs fire: each rung fires once, and each person has one notice of it.

Short here; `make soak` kills two hundred times on each database.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from signal import SIGTERM

import pytest
from sqlalchemy import select

from core.escalations import Wanted
from db.audit import verify
from db.engine import system_session
from db.escalations import hold, row_of
from db.ladders import Step, put_up
from db.people import find_person
from db.tables import AuditEntry, EscalationEvent, Notice, Outbound, Rung
from tests.conftest import NOW
from tests.jobs import ticking
from tests.jobs.conftest import Firm, Workers
from tools.escalations.opening import Asked, open_in
from tools.escalations.telling import Teller

SOAK = "DEALHAND_SOAK" in os.environ
KILLS = 200 if SOAK else 3
RUNGS = 5
POINTS = ("rung:begin", "rung:write", "rung:done")
ASKED = "escalation.asked"

pytestmark = pytest.mark.timeout(7200 if SOAK else 300)
Hire = Callable[[Firm, Sequence[str]], Workers]


def escalate(firm: Firm, cause: str) -> None:
    """An escalation of which every rung is due."""
    with system_session(firm.engine) as session:
        due = NOW + timedelta(days=1)
        wanted = Wanted(firm.account, "sales_manager", cause, due, "UTC")
        opened = open_in(session, wanted, Asked(firm.rita.person_id), Teller(ticking.deliver, "en"), NOW)
        row = hold(session, row_of(session, opened.id))
        max_ = find_person(session, "Max").person_id
        steps = [Step(max_, NOW - timedelta(seconds=RUNGS - number)) for number in range(RUNGS)]
        put_up(session, row, steps, NOW)


def fired(firm: Firm) -> int:
    with system_session(firm.engine) as session:
        return len(session.scalars(select(Rung.id).where(Rung.fired_at.is_not(None))).all())


def check(firm: Firm, escalations: int) -> None:
    """Every rung that was to fire did once, in the history and the audit; every notice was handed over once."""
    with system_session(firm.engine) as session:
        due = session.execute(select(Rung.escalation_id, Rung.number).where(Rung.cancelled_at.is_(None))).all()
        asked = select(EscalationEvent.escalation_id, EscalationEvent.detail).where(EscalationEvent.action == "asked")
        events = Counter((row[0], row[1]["rung"]) for row in session.execute(asked))
        audits = session.scalars(select(AuditEntry.id).where(AuditEntry.action == ASKED)).all()
        notices = session.scalars(select(Notice.id)).all()
        handed = Counter(session.scalars(select(Outbound.notice_id)).all())
        broken = verify(session)
    assert len(due) == escalations * RUNGS
    assert events == Counter((row[0], row[1]) for row in due)
    assert len(audits) == len(notices) == len(due)
    assert handed == Counter(notices)
    assert broken == []


def killed_at_random(firm: Firm, hire: Hire) -> None:
    """Two workers, one of which dies whenever some rungs have fired."""
    workers = hire(firm, POINTS)
    workers.target = ticking.work
    chance = random.Random(4)
    for number in range(KILLS):
        escalate(firm, f"cause {number}")
        wanted = number * RUNGS + chance.randint(1, RUNGS)
        workers.until(lambda wanted=wanted: fired(firm) >= wanted, 2, pause=0.01)  # type: ignore[misc]
        time.sleep(chance.random() * 0.02)
        workers.kill(chance)
    workers.until(lambda: fired(firm) == KILLS * RUNGS, 2)
    assert set(workers.stop()) <= {0, -SIGTERM}  # one that has only just begun does not listen yet
    assert workers.deaths >= KILLS
    assert workers.visited() == set(POINTS)
    check(firm, KILLS)


def test_workers_on_sqlite_are_killed_while_rungs_fire(small_firm: Firm, hire: Hire) -> None:
    killed_at_random(small_firm, hire)


@pytest.mark.postgres
def test_workers_on_postgres_are_killed_while_rungs_fire(postgres_firm: Firm, hire: Hire) -> None:
    killed_at_random(postgres_firm, hire)
