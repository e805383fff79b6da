"""All parts together, and how those are opened that run."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol

from core.ports.acting import Escalations
from core.ports.assistant import Assistant
from core.ports.channels import Reception
from core.ports.hearing import Calls, Jobs, Memory, Profiles, Signals


class Workbench(Protocol):
    """The parts that hear customers; each is made when first asked for, which may take seconds: not on the loop."""

    @property
    def signals(self) -> Signals:
        """Reads utterances for signals."""
        ...

    @property
    def memory(self) -> Memory:
        """Finds what was said."""
        ...

    @property
    def calls(self) -> Calls:
        """Takes recordings in."""
        ...

    @property
    def profiles(self) -> Profiles:
        """What we believe of accounts."""
        ...

    @property
    def escalations(self) -> Escalations:
        """Gets the right person to step in."""
        ...

    def close(self) -> None:
        """Close what was opened."""
        ...


OpenJobs = Callable[[], AbstractContextManager[Jobs]]
OpenReception = Callable[[Assistant, Jobs], AbstractAsyncContextManager[Reception]]
