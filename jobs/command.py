"""A process that does durable work and nothing else, until it is told to stop."""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import Event
from types import FrameType

from sqlalchemy import Engine

from core.ports import Jobs
from core.settings import Settings
from db.migrations.run import opened
from jobs.pace import WORKER
from jobs.runtime import open_jobs
from tools.workbench import Workbench

Beside = Callable[[Settings, Engine, Workbench, Jobs], AbstractContextManager[None]]
"""What else is done in the process while it is open."""


def alone(settings: Settings, engine: Engine, workbench: Workbench, jobs: Jobs) -> AbstractContextManager[None]:
    """Nothing else."""
    return nullcontext()


def work(settings: Settings, ready: Callable[[], None], beside: Beside = alone) -> None:
    """Work until SIGTERM or SIGINT; says `ready` once it looks for work. What had begun then goes on elsewhere."""
    stop = Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    settings = settings.model_copy(update={"worker": True})
    with opened(settings.database) as engine:
        workbench = Workbench(settings, engine)
        try:
            with open_jobs(settings, engine, workbench, pace=WORKER) as jobs:
                jobs.opened()
                with beside(settings, engine, workbench, jobs):
                    ready()
                    while not stop.wait(1.0):
                        pass
        finally:
            workbench.close()
