"""A thread that keeps the indexes up with the messages, while the process lives."""

from threading import Event, Lock, Thread
from typing import Protocol

import structlog

PAUSE_SECONDS = 0.3
AFTER_TROUBLE_SECONDS = 5.0
WARM_AFTER_SECONDS = 6.0
log = structlog.get_logger("memory")


class Kept(Protocol):
    """What the keeper looks after."""

    def heal(self) -> int:
        """Queue what is not kept as it should be."""
        ...

    def tick(self) -> int:
        """Do what waits; how much that was."""
        ...

    def deepen(self) -> int:
        """Do some of what only makes searches better; how much that was."""
        ...

    def warm(self) -> None:
        """Load what the first search would wait for."""
        ...


class Keeper:
    """Heals once, then indexes whatever comes; warms up when nothing has come for a while, and deepens from then on."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._stop = Event()
        self._lock = Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin; again does nothing."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="memory", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End, after what is being done just now."""
        self._stop.set()
        with self._lock:
            if self._thread is not None:
                self._thread.join(timeout=30)

    def _run(self) -> None:
        healed, idle, warm = False, 0.0, False
        while not self._stop.wait(PAUSE_SECONDS):
            try:
                if not healed:
                    self._kept.heal()
                    healed = True
                busy = self._kept.tick() > 0
                idle = 0.0 if busy else idle + PAUSE_SECONDS
                if not warm and idle >= WARM_AFTER_SECONDS:
                    self._kept.warm()
                    warm = True
                elif warm and not busy:
                    self._kept.deepen()
            except Exception:
                log.exception("memory.behind")
                self._stop.wait(AFTER_TROUBLE_SECONDS)
