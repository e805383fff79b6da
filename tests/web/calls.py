"""What tests of calls stand on: a workbench with only the desk, and work that is noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from core.said import Reading, Utterance
from core.settings import Settings
from tools.calls.desk import CallDesk


class Deaf:
    """Finds no signal."""

    def detect(self, utterances: Sequence[Utterance]) -> list[Reading]:
        return [Reading() for _ in utterances]


class Bench:
    """Only calls, and nobody who finds signals."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.calls = CallDesk(settings, engine)
        self.signals = Deaf()

    def close(self) -> None:
        self.calls.close()


@dataclass
class Notes:
    """Work that was asked for, each key once."""

    asked: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def __enter__(self) -> "Notes":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def enqueue(self, name: str, key: str, payload: Mapping[str, Any]) -> None:
        self.asked.setdefault(key, (name, dict(payload)))

    def settled(self, key: str, seconds: float) -> bool:
        return False
