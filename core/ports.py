"""What channels are handed: the assistant they speak for."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from core.identity import Identity
from core.reply import Reply
from core.stream import Event
from core.wording import Lang


class Assistant(Protocol):
    """Takes turns for signed-in people."""

    async def turn(
        self, identity: Identity, message: str, *, thread_id: str | None = None, lang: Lang | None = None
    ) -> Reply:
        """One whole turn."""
        ...

    def stream(
        self, identity: Identity, message: str, *, thread_id: str | None = None, lang: Lang | None = None
    ) -> AsyncIterator[Event]:
        """The same turn as it happens; the last event is the reply."""
        ...


OpenAssistant = Callable[[], AbstractAsyncContextManager[Assistant]]
Labels = Callable[[Lang], Mapping[str, str]]
"""What the columns of tables are called, by canonical name."""
