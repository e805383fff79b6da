"""The parts that hear customers, made when first used and shared by the agent, the workers and the routes."""

from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from core.settings import Settings

if TYPE_CHECKING:
    from tools.calls.desk import CallDesk
    from tools.memory.memory import Memory
    from tools.profiles.profiles import Profiles
    from tools.signals.detector import Detector


class Workbench:
    """One of each part over one database; `close` lets go of what was opened."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        self.engine = engine
        self.clock = settings.clock
        self._lock = RLock()

    @cached_property
    def signals(self) -> "Detector":
        """Reads utterances for signals."""
        from tools.signals.detector import open_detector  # noqa: PLC0415 (heavy)

        with self._lock:
            return open_detector(self.settings, self.engine)

    @cached_property
    def memory(self) -> "Memory":
        """Finds what was said."""
        from tools.memory.memory import open_memory  # noqa: PLC0415 (heavy)

        with self._lock:
            return open_memory(self.settings, self.engine)

    @cached_property
    def profiles(self) -> "Profiles":
        """What we believe of accounts."""
        from tools.profiles.profiles import open_profiles  # noqa: PLC0415 (heavy)

        with self._lock:
            return open_profiles(self.settings, self.engine)

    @cached_property
    def calls(self) -> "CallDesk":
        """Takes recordings in and hands their words out."""
        from tools.calls.desk import open_calls  # noqa: PLC0415 (heavy)

        with self._lock:
            return open_calls(self.settings, self.engine)

    def close(self) -> None:
        """Close what was opened."""
        for name in ("memory", "calls"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
