"""Where everything arrives: claimed and kept in one fast commit, then the workers are woken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Engine

from connectors.reception.rooms import Rooms
from connectors.reception.words import is_stop
from core.channels import Arrived
from core.clock import Clock
from db.engine import system_session
from db.inbound import HEARD, ask_stop, claim

Wake = Callable[[Sequence[int]], None]
"""Something arrived; these arrivals are not wanted any more. From any thread."""


@dataclass(slots=True)
class _Entry:
    arrived: Arrived
    new: bool = False
    error: Exception | None = None
    done: bool = False


@dataclass
class Desk:
    """Takes in what arrives from every channel. Who comes while another is written is written with the next commit."""

    engine: Engine
    clock: Clock
    wake: Wake = lambda stopped: None
    rooms: Rooms | None = None
    _waiting: list[_Entry] = field(default_factory=list)
    _guard: Lock = field(default_factory=Lock)
    _writing: Lock = field(default_factory=Lock)

    def accept(self, arrived: Arrived) -> bool:
        """Claim and keep it; whether it is new. When it returns, nothing can lose it any more."""
        if passes_by(arrived):
            if self.rooms is None or not self.rooms.hears(arrived):
                return True
            # Under a key of its own, so that it can't claim that of a mention that is delivered in two types.
            arrived = arrived.model_copy(update={"key": f"{HEARD}:{arrived.key}", "talk": True})
        entry = _Entry(arrived)
        with self._guard:
            self._waiting.append(entry)
        with self._writing:
            if not entry.done:
                with self._guard:
                    batch, self._waiting = self._waiting, []
                self._write(batch)
        if entry.error is not None:
            raise entry.error
        return entry.new

    def wants(self, arrived: Arrived) -> bool:
        """Whether it would be kept if it were accepted; waits for nothing."""
        return not passes_by(arrived) or (self.rooms is not None and self.rooms.hears(arrived))

    def _stops(self, arrived: Arrived) -> bool:
        """Whether it ends what is being done; what customers say to each other, or to us, never does."""
        heard = self.rooms is not None and self.rooms.hears(arrived) and not arrived.addressed
        return not heard and not arrived.talk and not arrived.stranger and is_stop(arrived)

    def _write(self, batch: list[_Entry]) -> None:
        stopped: list[int] = []
        try:
            with system_session(self.engine) as session:
                for entry in batch:
                    number = claim(session, entry.arrived, self.clock.now())
                    entry.new = number is not None
                    if number is not None and self._stops(entry.arrived):
                        stopped += ask_stop(session, entry.arrived, number)
        except Exception as error:  # noqa: BLE001 (each caller gets it)
            for entry in batch:
                entry.error = error
        for entry in batch:
            entry.done = True
        self.wake(stopped)


def passes_by(arrived: Arrived) -> bool:
    """Whether it is talk between others that nobody could mean for the assistant: it is not even kept.

    What begins a thread is kept if a stranger says it, to know whose thread it is.
    """
    if arrived.talk:
        return True
    if arrived.kind != "message" or arrived.private or arrived.addressed or arrived.stranger:
        return False
    return not arrived.thread or arrived.thread == arrived.message
