"""A worker process that fires timers of escalations, and counts each delivery where nothing hides a second one."""

import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.channels import Content
from core.settings import Settings
from db.ladders import DEADLINE, RUNG, WAKE
from db.tables import Outbound
from jobs.flow import Plan
from jobs.timers import Kinds
from tests.conftest import NOW
from tests.jobs.parts import QUICK
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
    """A worker process: dies once at each of its points, and whenever it is killed."""
    from db.engine import open_engine  # noqa: PLC0415 (in the worker's own process)
    from jobs.runtime import open_jobs  # noqa: PLC0415 (the same)

    settings = Settings(_env_file=None, **arguments["settings"])
    points, marks = set(arguments["points"]), Path(arguments["marks"])
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))

    def watch(moment: str) -> None:
        if moment in points and _first(marks / moment.replace(":", "-")):
            os.kill(os.getpid(), signal.SIGKILL)

    def plan(settings: Settings, engine: Engine, workbench: object) -> Plan:
        return Plan((), (), watch, timers=kinds())

    engine = open_engine(settings.database)
    with open_jobs(settings, engine, None, pace=QUICK, plan=plan):  # type: ignore[arg-type]
        while not stopped:
            time.sleep(0.05)
    engine.dispose()


def _first(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
