"""DBOS behind our port: started with our workflows, stopped so that what was running goes on elsewhere."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, make_url

from core.settings import Settings
from db.engine import open_engine
from db.guard import SYSTEM
from jobs.flow import Flow, Plan, Run, Schedule
from jobs.library import dbos
from jobs.pace import Pace
from jobs.queues import AT_ONCE, QUEUE_OF, TALKS
from jobs.work import Floor, Stopping, Work

if TYPE_CHECKING:
    from dbos import DBOSClient, DBOSConfig, EnqueueOptions, ScheduleInput, SQLAlchemyDatasource

APPLICATION = "dealhand"
VERSION = "1"
"""Pinned: by default a change of the workflows' source would leave every unfinished one behind."""
POOL = 8
MOST_RECOVERIES = 20
"""Deaths of its process after which a workflow is thought to be their cause, and left alone."""


@dataclass
class Running:
    """How many workflows run at this moment."""

    count: int = 0
    _lock: Lock = field(default_factory=Lock)

    def add(self, number: int) -> None:
        """Count one more, or one less."""
        with self._lock:
            self.count += number


def open_client(url: str) -> "DBOSClient":
    """Talks to the engine's tables, which it makes if they are missing; runs nothing."""
    from dbos import DBOSClient  # noqa: PLC0415 (see jobs.library)

    _quiet()
    _prepare(url)
    dbos().migrate(url)
    return DBOSClient(
        system_database_url=url,
        system_database_pool_size=POOL,
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )


def enqueue(client: "DBOSClient", name: str, key: str, payload: Mapping[str, Any], queue: str | None = None) -> None:
    """Have the workflow `name` done once under `key`, on its own queue unless another is named."""
    options: EnqueueOptions = {
        "workflow_name": name,
        "queue_name": queue or QUEUE_OF.get(name, TALKS),
        "workflow_id": key,
        "app_version": VERSION,
        "application_name": APPLICATION,
    }
    client.enqueue(options, dict(payload))


def open_writes(settings: Settings, engine: Engine, executor_id: str, pace: Pace) -> "SQLAlchemyDatasource":
    """Configure the engine of this process; what it hands back are transactions over the records that are remembered
    with what they wrote, and act for nobody."""
    from dbos import SQLAlchemyDatasource  # noqa: PLC0415 (see jobs.library)

    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": settings.jobs,
        "application_version": VERSION,
        "executor_id": executor_id,
        "sys_db_pool_size": POOL,
        "log_level": "WARNING",
        "notification_listener_polling_interval_sec": min(1.0, pace.poll),
        "run_migrations": False,
    }
    dbos()(config=config)
    url = engine.url.render_as_string(hide_password=False)
    return SQLAlchemyDatasource.create(url, engine=engine.execution_options(scope=SYSTEM))


def launch(plan: Plan, floor: Floor, running: Running, pace: Pace) -> None:
    """Set the configured engine to work on the plan."""
    for flow in plan.flows:
        _register(flow, floor, running)
    schedules: list[ScheduleInput] = [
        {
            "schedule_name": one.name,
            "workflow_fn": _register_scheduled(one, floor, running),
            "schedule": one.cron,
            "context": None,
            "cron_timezone": one.timezone,
        }
        for one in plan.schedules
    ]
    dbos().launch()
    for queue, at_once in AT_ONCE.items():
        dbos().register_queue(queue, worker_concurrency=at_once, polling_interval_sec=pace.poll)
    dbos().apply_schedules(schedules)


def abandon() -> None:
    """Take down what was only half started, so that it can be started again."""
    dbos().destroy(destroy_registry=True)


def stop(running: Running, grace: float) -> None:
    """End the engine once what runs has come to the end of its step, or after `grace`."""
    until = time.monotonic() + grace
    while running.count and time.monotonic() < until:
        time.sleep(0.02)
    dbos().destroy(destroy_registry=True)


def give_back(client: "DBOSClient", executor_id: str) -> None:
    """Put what `executor_id` had begun back in its queues, for whoever lives."""
    left = client.list_workflows(status="PENDING", executor_id=executor_id, load_input=False, load_output=False)
    for one in left:
        client._sys_db.reenqueue_for_recovery(one.workflow_id, [executor_id], one.queue_name or "_dbos_internal_queue")


def recover(dead: str) -> None:
    """Put what a dead process had begun back in its queues; whoever else does so too changes nothing."""
    dbos()._recover_pending_workflows([dead])


def orphans(client: "DBOSClient", living: set[str]) -> set[str]:
    """Who began work that is not ended, and is not among the living."""
    begun = client.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {one.executor_id for one in begun if one.executor_id} - living


def _register(flow: Flow, floor: Floor, running: Running) -> None:
    def workflow(payload: dict[str, Any]) -> None:
        _run(flow.run, payload, floor, running)

    dbos().workflow(name=flow.name, max_recovery_attempts=MOST_RECOVERIES)(workflow)


def _register_scheduled(schedule: Schedule, floor: Floor, running: Running) -> Callable[[datetime, Any], None]:
    def workflow(at: datetime, context: Any) -> None:
        _run(schedule.run, {"at": at.isoformat()}, floor, running)

    return dbos().workflow(name=schedule.name)(workflow)


def _run(run: Run, payload: Mapping[str, Any], floor: Floor, running: Running) -> None:
    if floor.stopping.is_set():
        raise Stopping
    running.add(1)
    try:
        run(Work(dbos().workflow_id or "", floor), payload)
    finally:
        running.add(-1)


def _quiet() -> None:
    """The engine's own lines go where ours go, and only what matters."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)


def _prepare(url: str) -> None:
    """A SQLite file is there, and its readers do not wait for its writers."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = open_engine(url)
        with engine.connect():
            pass
        engine.dispose()
