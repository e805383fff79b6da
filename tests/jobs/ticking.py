"""A worker process that fires timers of escalations, and counts each delivery where nothing hides a second one."""

from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from core.channels import Content
from db.ladders import DEADLINE, RUNG, WAKE
from db.tables import Outbound
from jobs.flow import Plan
from jobs.timers import Kinds
from tests.conftest import NOW
from tests.jobs.parts import work_on
from tools.escalations.firing import fire_rung, miss, wake
from tools.escalations.telling import Teller


def deliver(session: Session, person_id: int, notice_id: int, content: Content) -> None:
    """A row each time, under a key that is never the same."""
    about = {"channel": "test", "place": "p", "state": "waiting", "due_at": NOW, "created_at": NOW}
    session.add(Outbound(key=uuid4().hex, person_id=person_id, notice_id=notice_id, content={}, **about))


def kinds() -> Kinds:
    teller = Teller(deliver, "en")
    return {RUNG: partial(fire_rung, teller), WAKE: partial(wake, teller), DEADLINE: partial(miss, teller)}


def work(arguments: dict[str, Any]) -> None:
    """A worker process of timers: dies at its points, and whenever it is killed."""
    work_on(lambda settings, engine, watch: Plan((), (), watch, timers=kinds()), arguments)
