"""Socket Mode: Slack is called by us, and sends what happens over that connection."""

import asyncio

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

log = structlog.get_logger("slack")
LOOK, PATIENCE = 5.0, 60.0


async def listen(app: AsyncApp, app_token: str) -> None:
    """Keep a connection until cancelled. One that does not come back by itself in a minute is made anew."""
    while True:
        handler = AsyncSocketModeHandler(app, app_token)
        handler.client.proxy = app.client.proxy
        connecting = asyncio.create_task(handler.client.connect())  # type: ignore[no-untyped-call]
        try:
            await _until_lost(handler)
        finally:
            connecting.cancel()
            # Whole even where it is cancelled once more: the connection would stay open.
            await asyncio.shield(_end(handler, connecting))
        log.warning("slack.socket_renewed")


async def _end(handler: AsyncSocketModeHandler, connecting: asyncio.Task[None]) -> None:
    await asyncio.gather(connecting, return_exceptions=True)
    await handler.client.close()  # type: ignore[no-untyped-call]


async def _until_lost(handler: AsyncSocketModeHandler) -> None:
    missed = 0.0
    while missed < PATIENCE:
        await asyncio.sleep(LOOK)
        missed = 0.0 if await handler.client.is_connected() else missed + LOOK
