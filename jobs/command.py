"""A process that does durable work and nothing else, until it is told to stop."""

import signal
from collections.abc import Callable
from threading import Event
from types import FrameType

from core.settings import Settings
from db.migrations.run import opened
from jobs.pace import WORKER
from jobs.runtime import open_jobs
from tools.workbench import Workbench


def work(settings: Settings, ready: Callable[[], None]) -> None:
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
                ready()
                while not stop.wait(1.0):
                    pass
        finally:
            workbench.close()
