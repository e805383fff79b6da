"""The reception in a process that does other work in its main thread."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from threading import Thread
from typing import Any

from sqlalchemy import Engine

from connectors.channels import receive_for
from connectors.reception.courier import Undelivered, ignore
from core.ports import Assistant, Jobs, Labels, OpenReception, Workbench
from core.settings import Settings

Open = Callable[[], AbstractAsyncContextManager[Assistant]]
OpenWith = Callable[[Settings, Any], AbstractAsyncContextManager[Assistant]]


@contextmanager
def beside(  # noqa: PLR0913 (it is handed all it works with)
    settings: Settings,
    engine: Engine,
    workbench: Workbench,
    jobs: Jobs,
    *,
    labels: Callable[[Engine], Labels],
    assistant: OpenWith,
    undelivered: Undelivered = ignore,
) -> Iterator[None]:
    """Work on the channels that are set up, in a thread, while it is open; nothing where none is."""
    reception = receive_for(settings, engine, labels(engine), workbench, undelivered)
    if reception is None:
        yield
        return
    loop = _Loop()
    opening = partial(assistant, settings, workbench)
    thread = Thread(target=loop.run, args=(reception, opening, jobs), name="reception", daemon=True)
    thread.start()
    try:
        loop.opened.result()
        yield
    finally:
        loop.stop()
        thread.join()


class _Loop:
    """Runs until it is told to stop."""

    def __init__(self) -> None:
        self.opened: Future[None] = Future()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()

    def run(self, reception: OpenReception, assistant: Open, jobs: Jobs) -> None:
        """Keep the reception open until stopped; that it could not be opened is told by `opened`."""
        try:
            self._loop.run_until_complete(self._keep(reception, assistant, jobs))
        except BaseException as error:
            if self.opened.done():
                raise
            self.opened.set_exception(error)
        finally:
            self._loop.close()

    def stop(self) -> None:
        """Close it, from another thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    async def _keep(self, reception: OpenReception, assistant: Open, jobs: Jobs) -> None:
        async with assistant() as opened, reception(opened, jobs):
            self.opened.set_result(None)
            await self._stop.wait()
