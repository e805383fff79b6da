"""What the agent's own middleware knows of a turn, beyond what tools do."""

import time
from dataclasses import dataclass, field
from typing import Any

from core.identity import Identity, Role
from tools.context import Turn


@dataclass(slots=True)
class Notes:
    """What happened so far in one turn: filled in by the middleware, read by the assistant."""

    started: float = field(default_factory=time.perf_counter)
    model: str = ""
    fallen: bool = False

    @property
    def seconds(self) -> float:
        """How long the turn has taken until now."""
        return time.perf_counter() - self.started


@dataclass(frozen=True, slots=True)
class AgentTurn(Turn):
    """A turn with its notes."""

    notes: Notes = field(default_factory=Notes, compare=False)

    def __post_init__(self) -> None:
        """LangGraph's own tools hand over context as JSON."""
        given: Any = self.identity
        if isinstance(given, dict):
            object.__setattr__(self, "identity", Identity(**{**given, "role": Role(given["role"])}))
