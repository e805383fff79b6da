"""What every route may rely on, gathered once at start and handed over through the request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Engine

from core.clock import Clock
from core.ports import (
    Assistant,
    Calls,
    Escalations,
    FrontDesk,
    Jobs,
    Labels,
    Memory,
    Profiles,
    Signals,
    Webhook,
    Workbench,
)
from core.settings import Settings
from core.wording import Lang
from web.charts import Gallery
from web.language import language_of
from web.limiter import Limiter
from web.meters import Meters
from web.pages import under
from web.session import Cookies


class Asleep:
    """Durable work where none is opened: what was accepted waits in the records for whoever sweeps them."""

    def enqueue(self, name: str, key: str, payload: Mapping[str, Any]) -> None:
        """Leave it to the sweep."""

    def settled(self, key: str, seconds: float) -> bool:
        """Never."""
        return False


@dataclass
class Parts:
    """The shared parts of one running app; `assistant` and `jobs` are at work while the app runs."""

    settings: Settings
    engine: Engine
    clock: Clock
    cookies: Cookies
    limiter: Limiter
    meters: Meters
    gallery: Gallery
    labels: Labels
    workbench: Workbench | None = None
    assistant: Assistant | None = None
    jobs: Jobs = field(default_factory=Asleep)
    desk: FrontDesk | None = None
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    """The channels that call us over HTTP, by name."""

    @property
    def signals(self) -> Signals:
        """Reads utterances for signals. Like the others, it is made when first asked for: not on the loop."""
        return self._bench.signals

    @property
    def memory(self) -> Memory:
        """Finds what was said."""
        return self._bench.memory

    @property
    def calls(self) -> Calls:
        """Takes recordings in."""
        return self._bench.calls

    @property
    def profiles(self) -> Profiles:
        """What we believe of accounts."""
        return self._bench.profiles

    @property
    def escalations(self) -> Escalations:
        """Gets the right person to step in."""
        return self._bench.escalations

    @property
    def _bench(self) -> Workbench:
        assert self.workbench is not None, "the app was built without a workbench"
        return self.workbench

    def names(self, lang: Lang) -> Mapping[str, str]:
        """What columns are called in `lang`."""
        return {**under("columns", lang), **self.labels(lang)}


def parts_of(request: Request) -> Parts:
    """The parts of the app that serves `request`."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


# What need not wait is a coroutine: FastAPI hands everything else to a thread, which under load takes longer than it.
async def _parts(request: Request) -> Parts:
    return parts_of(request)


async def _lang(request: Request) -> Lang:
    return language_of(request)


Shared = Annotated[Parts, Depends(_parts)]
ReaderLang = Annotated[Lang, Depends(_lang)]
