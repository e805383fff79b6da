"""Which places are customers' rooms: known without asking the database each time something is said anywhere."""

import asyncio
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from core.channels import Arrived
from db import channel_settings
from db.engine import system_session

log = structlog.get_logger("reception")


@dataclass
class Rooms:
    """The rooms as they were a moment ago; other processes and pages set them too."""

    engine: Engine
    _known: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def hears(self, arrived: Arrived) -> bool:
        """Whether it is said by somebody in a customer's room; of no program, and nothing but messages."""
        if arrived.kind != "message" or arrived.private or arrived.robot:
            return False
        return (arrived.channel, arrived.place) in self._known

    def look(self) -> None:
        """Learn which rooms there are now; where the database is away, they stay as they were known."""
        try:
            with system_session(self.engine) as session:
                self._known = channel_settings.rooms(session)
        except DBAPIError:
            log.warning("rooms.not_read", exc_info=True)

    async def keep_looking(self, seconds: float) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.look)
