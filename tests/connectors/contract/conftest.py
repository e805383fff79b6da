"""The reception over a real database, a scripted assistant, and one rig after the other."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from connectors.base import Pace
from connectors.reception.house import House
from connectors.reception.reception import Reception, open_reception
from core.channels import Arrived, Content
from core.clock import Clock
from core.identity import Identity, Role
from core.settings import Settings
from db import links
from db.engine import system_session
from db.people import add_person
from db.tables import Inbound, Outbound
from tests.conftest import NOW
from tests.connectors.contract.memory_rig import MemoryRig
from tests.connectors.contract.rig import Rig, Seen, Where
from tests.connectors.contract.scripted import Scripted
from tests.connectors.contract.slack_rig import SlackRig, SocketRig
from tests.connectors.contract.telegram_rig import PollingRig, TelegramRig

RIGS: dict[str, Callable[[], Rig]] = {
    "memory": MemoryRig,
    "slack": SlackRig,
    "slack-socket": SocketRig,
    "telegram": TelegramRig,
    "telegram-polling": PollingRig,
}
"""Every channel that has to pass; a new one is one line."""

PACE = Pace(busy_after=0.1, lease=2.0, beat=0.1, poll=0.05, retry=0.05, rooms=0.1, watch=0.05, send=1.0, backoff=0.05)


@dataclass
class World:
    """A company whose Rita and Max are linked, its reception, and the outside."""

    rig: Rig
    engine: Engine
    settings: Settings
    assistant: Scripted
    people: dict[str, Identity]
    workbench: Any = None
    jobs: Any = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _reception: Reception | None = None

    async def start(self) -> None:
        """Open the reception over the rig's channel."""
        self._reception = await self._open.enter_async_context(
            open_reception(
                House(self.settings, self.engine, self.assistant, self.workbench, self.jobs, PACE), [self.rig.channel]
            )
        )

    async def stop(self) -> None:
        """Close it."""
        await self._open.aclose()
        self._open = AsyncExitStack()
        self._reception = None

    async def restart(self) -> None:
        """Close it, and open it over a new channel."""
        await self.stop()
        await self.rig.restart()
        await self.start()

    def accept(self, arrived: Arrived) -> bool:
        """What the channel gives things to."""
        assert self._reception is not None
        return self._reception.desk.accept(arrived)

    async def tell(self, text: str, **how: Any) -> Any:
        """Somebody writes something, and it is delivered once."""
        event = self.rig.said(text, **how)
        assert await self.rig.deliver(event) == 200
        return event

    async def until(self, good: Callable[[], bool], seconds: float = 25.0) -> None:
        """Wait for something to be so."""
        end = time.monotonic() + seconds
        while not good():
            assert time.monotonic() < end, self.rig.seen()
            await asyncio.sleep(0.02)

    async def read(self, count: int = 1, where: Where = "private", *, by: str = "rita") -> list[Seen]:
        """What is seen once there are that many messages and nothing moves any more."""
        await self.until(lambda: len(self.rig.seen(where, by=by)) >= count)
        await self.quiet()
        return self.rig.seen(where, by=by)

    async def quiet(self) -> None:
        """Wait until everything that arrived is done and everything that is due is sent."""

        def busy() -> int:
            with system_session(self.engine) as session:
                waits = select(func.count()).where(Inbound.state.in_(["waiting", "taken"]))
                due = select(func.count()).where(Outbound.state.in_(["waiting", "sending"]))
                return (session.scalar(waits) or 0) + (session.scalar(due) or 0)

        await self.until(lambda: not busy())

    def lapse(self) -> None:
        """Have every lease be over, as it is some seconds after a kill."""
        long_ago = NOW.replace(year=2020)
        with system_session(self.engine) as session:
            for table in (Inbound, Outbound):
                session.execute(update(table).where(table.taken_until.is_not(None)).values(taken_until=long_ago))

    def button(self, start: str) -> str:
        """The value of the button that begins so, of what was said last."""
        with system_session(self.engine) as session:
            for content in session.scalars(select(Outbound.content).order_by(Outbound.id.desc())):
                for row in Content.model_validate(content).buttons:
                    for one in row:
                        if one.value.startswith(start):
                            return one.value
        raise AssertionError(start)

    def link(self, who: str) -> None:
        """Have the account of that name be the person's."""
        person = self.people[who].person_id
        with system_session(self.engine) as session:
            account = self.rig.account(who)
            links.link(session, self.rig.name, account, person, how="admin", by=None, now=NOW)

    def unlink(self, who: str) -> None:
        """Take it away again."""
        with system_session(self.engine) as session:
            links.unlink(session, self.rig.name, person_id=self.people[who].person_id, by=None, now=NOW)


@pytest.fixture(params=list(RIGS))
def rig(request: pytest.FixtureRequest) -> Rig:
    return RIGS[request.param]()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, now=NOW, _env_file=None)


@pytest.fixture
async def world(rig: Rig, sqlite_engine: Engine, settings: Settings, clock: Clock) -> AsyncIterator[World]:
    """Dora directs, Max manages Rita; Rita and Max are linked, Zed is nobody."""
    people = {}
    with system_session(sqlite_engine) as session:
        for name, role, manager in (
            ("Dora", Role.DIRECTOR, None), ("Max", Role.MANAGER, "Dora"), ("Rita", Role.REP, "Max"),
        ):  # fmt: skip
            made = add_person(session, name, role=role, region="East", manager=manager, now=clock.now())
            people[name.lower()] = made
    made_world = World(rig, sqlite_engine, settings, Scripted(), people)
    if isinstance(rig, TelegramRig):
        rig.engine = sqlite_engine
    await rig.open(made_world.accept)
    made_world.link("rita")
    made_world.link("max")
    await made_world.start()
    yield made_world
    await made_world.stop()
    await rig.close()
