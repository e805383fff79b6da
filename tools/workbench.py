"""The parts that hear customers, made when first used and shared by the agent, the workers and the routes."""

from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from core.settings import Settings

if TYPE_CHECKING:
    from tools.calls.desk import CallDesk
    from tools.escalations.escalations import Escalations
    from tools.memory.memory import Memory
    from tools.profiles.profiles import Profiles
    from tools.signals.detector import Detector


class Workbench:
    """One of each part over one database, whichever thread asks first; `close` lets go of what was opened."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        self.engine = engine
        self._parts: dict[str, Any] = {}
        self._lock = RLock()

    @property
    def signals(self) -> "Detector":
        """Reads utterances for signals."""
        from tools.signals.detector import open_detector  # noqa: PLC0415 (heavy)

        part: Detector = self._part("signals", open_detector)
        return part

    @property
    def memory(self) -> "Memory":
        """Finds what was said."""
        from tools.memory.memory import open_memory  # noqa: PLC0415 (heavy)

        part: Memory = self._part("memory", open_memory)
        return part

    @property
    def profiles(self) -> "Profiles":
        """What we believe of accounts."""
        from tools.profiles.profiles import open_profiles  # noqa: PLC0415 (heavy)

        part: Profiles = self._part("profiles", open_profiles)
        return part

    @property
    def calls(self) -> "CallDesk":
        """Takes recordings in and hands their words out."""
        from tools.calls.desk import open_calls  # noqa: PLC0415 (heavy)

        part: CallDesk = self._part("calls", open_calls)
        return part

    @property
    def escalations(self) -> "Escalations":
        """Gets the right person to step in."""
        from tools.escalations.escalations import open_escalations  # noqa: PLC0415 (heavy)

        part: Escalations = self._part("escalations", open_escalations)
        return part

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            for part in self._parts.values():
                part.close()
            self._parts.clear()

    def _part(self, name: str, make: Callable[[Settings, Engine], Any]) -> Any:
        with self._lock:
            if name not in self._parts:
                self._parts[name] = make(self.settings, self.engine)
            return self._parts[name]
