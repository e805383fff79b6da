"""The turns that run, so that the asker can stop theirs."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from agent.context import AgentTurn
from agent.transcript import Asked
from core.identity import Identity


@dataclass(eq=False)
class Under:
    """A turn under way. `settled`: what it comes to is decided, so that it can't be stopped any more."""

    turn: AgentTurn
    asked: Asked
    channel: str
    keeping: asyncio.Future[int] | None = None
    task: asyncio.Task[Any] | None = None
    settled: bool = False
    stopped: bool = False

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Have the work done in a task of its own."""
        self.task = asyncio.create_task(work)
        return self.task


class Running:
    """Every turn that runs in this process."""

    def __init__(self) -> None:
        self._under: set[Under] = set()

    @contextmanager
    def hold(self, under: Under) -> Iterator[None]:
        """Know the turn while it runs."""
        self._under.add(under)
        try:
            yield
        finally:
            self._under.discard(under)

    def stop(self, identity: Identity, thread_id: str) -> bool:
        """Cancel the asker's turns in the thread; whether there was one."""
        mine = [one for one in self._under if _is_theirs(one, identity, thread_id)]
        for one in mine:
            one.stopped = True
            if one.task is not None:
                one.task.cancel()
        return bool(mine)


def _is_theirs(under: Under, identity: Identity, thread_id: str) -> bool:
    same = under.asked.thread_id == thread_id and under.turn.identity.person_id == identity.person_id
    return same and under.task is not None and not (under.settled or under.stopped or under.task.done())
