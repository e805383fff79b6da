"""Everything a process of the product can work on, wired to its parts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.settings import Settings
from db import inbound, outbound
from db.ladders import DEADLINE, RUNG, WAKE
from db.names import names_heard
from jobs.flow import Flow, Plan, Schedule
from jobs.pipelines.call import call
from jobs.pipelines.hands import Hands
from jobs.pipelines.heard import heard
from jobs.pipelines.said import Said
from jobs.scribe import Scribe
from jobs.timers import Kinds
from jobs.work import Work
from tools.calls.probe import probe
from tools.calls.storage import RecordingGone
from tools.calls.transcript import Limits
from tools.escalations.delivery import DELIVER
from tools.escalations.firing import fire_rung, miss, wake
from tools.escalations.telling import Teller
from tools.escalations.triggers import UNANSWERED, Triggers
from tools.notices.alerts import DIGEST, Alerts

if TYPE_CHECKING:
    from tools.workbench import Workbench

NIGHTLY = "15 3 * * *"
TRAFFIC_KEPT = timedelta(days=30)


def plan_of(hands: Hands) -> Plan:
    """The pipelines over these hands."""
    return Plan((Flow("call", partial(call, hands)), Flow("heard", partial(heard, hands))))


def open_plan(settings: Settings, engine: Engine, workbench: "Workbench") -> Plan:
    """The pipelines over the parts of the product, and the removal of audio whose time is over."""
    scribe, said = Scribe(), Said(settings, engine, workbench)
    hands = Hands(
        settings=settings,
        engine=engine,
        kept=partial(_kept, workbench),
        probe=partial(probe, limits=Limits.of(settings)),
        hear=scribe.hear,
        hot_words=names_heard,
        read=said.read,
        store=said.store,
        learn=said.learn,
        escalate=said.escalate,
        tell=said.tell,
    )
    retention = Schedule("retention", NIGHTLY, partial(_expire, workbench))
    traffic = Schedule("traffic", NIGHTLY, partial(_forget_traffic, settings))
    return Plan(plan_of(hands).flows, (retention, traffic), hurry=scribe.hurry, timers=timers_of(settings))


def timers_of(settings: Settings) -> Kinds:
    """What is done when a timer of each kind is due."""
    teller = Teller(DELIVER, settings.lang)
    return {
        RUNG: partial(fire_rung, teller),
        WAKE: partial(wake, teller),
        DEADLINE: partial(miss, teller),
        UNANSWERED: Triggers(teller).unanswered,
        DIGEST: Alerts(settings.lang, settings.public_url).digest,
    }


@contextmanager
def _kept(workbench: "Workbench", file: str) -> Iterator[Path]:
    if not file:
        raise RecordingGone
    with workbench.calls.storage.local(file) as path:
        yield path


def _forget_traffic(settings: Settings, work: Work, payload: Mapping[str, Any]) -> None:
    """What went through channels is kept in the transcripts; the queues need it no longer."""

    def write(session: Session) -> None:
        before = settings.clock.now() - TRAFFIC_KEPT
        inbound.forget(session, before)
        outbound.forget(session, before)

    work.once("forget", write)


def _expire(workbench: "Workbench", work: Work, payload: Mapping[str, Any]) -> None:
    work.step("expire", workbench.calls.sweep)
