"""What the parts of the reception share."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from connectors.base import Pace
from core.clock import Clock
from core.ports import Assistant, Channel, Jobs, Workbench
from core.settings import Settings
from db.engine import system_session

Result = TypeVar("Result")


@dataclass
class House:
    """What they work with; `channels`, `sent`, which wakes whoever sends what was put out, and `look`, which learns

    which places are customers', are set as it opens.
    """

    settings: Settings
    engine: Engine
    assistant: Assistant
    workbench: Workbench | None = None
    jobs: Jobs | None = None
    pace: Pace = field(default_factory=Pace)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    sent: Callable[[], None] = lambda: None
    look: Callable[[], None] = lambda: None
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="reception"))

    @property
    def clock(self) -> Clock:
        """The company's clock."""
        return self.settings.clock

    @property
    def base(self) -> str:
        """Where people reach the pages."""
        chosen = self.settings
        return (chosen.public_url or f"http://{chosen.host}:{chosen.port}").rstrip("/")

    @property
    def bench(self) -> Workbench:
        """The parts that hear customers."""
        assert self.workbench is not None, "the reception was opened without a workbench"
        return self.workbench

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do what waits for the database or takes long, off the loop."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """The same in one transaction."""

        def in_session() -> Result:
            with system_session(self.engine) as session:
                return work(session)

        return await self.run(in_session)
