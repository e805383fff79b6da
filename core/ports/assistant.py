"""The assistant, as channels and routes know it."""

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
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> Reply:
        """One whole turn. `channel` is where the asker says it: a yes to a proposal is recorded with it."""
        ...

    def stream(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> AsyncIterator[Event]:
        """The same turn as it happens; the last event is the reply."""
        ...

    async def stop(self, identity: Identity, thread_id: str) -> bool:
        """Stop the asker's turn that runs in the thread; whether one did. The thread shows that it was stopped."""
        ...


OpenAssistant = Callable[[], AbstractAsyncContextManager[Assistant]]
Labels = Callable[[Lang], Mapping[str, str]]
"""What the columns of tables are called, by canonical name."""
