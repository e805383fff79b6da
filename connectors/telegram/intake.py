"""What arrives: by asking for it, or by being called."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from telegram import Bot, BotCommand, Update, User
from telegram.error import Conflict, InvalidToken, TelegramError

from connectors.telegram.api import Later, Transport, get_updates, webhook_secret
from connectors.telegram.reading import KINDS, read_update
from core.channels import Arrived
from core.ports import Accept
from core.settings import Settings
from core.wording import LANGS, Lang, say

log = structlog.get_logger("telegram")
COMMANDS = ("help", "today", "brief", "escalations", "stop", "takeover", "handback", "settings", "unlink")
"""In the order of the menu; what they do is in `core/lexicon/commands.yaml`."""
LONGEST_WAIT = 30.0
WAITS = ((Conflict, 5.0), (InvalidToken, 60.0))
PATH = "/telegram/webhook"


class Intake:
    """Hands updates to `accept`; an update is confirmed to Telegram only when `accept` returned."""

    def __init__(self, bot: Bot, me: User, settings: Settings, accept: Accept) -> None:
        self._bot = bot
        self._me = me
        self._settings = settings
        self._accept = accept

    @property
    def hooked(self) -> bool:
        """Whether Telegram calls us."""
        mode, url = self._settings.telegram_mode, self._settings.public_url or ""
        return mode == "webhook" or (mode is None and url.startswith("https://"))

    async def take_bytes(self, body: bytes) -> Arrived | None:
        """Take an update as it was sent."""
        try:
            raw = json.loads(body)
        except ValueError:
            log.warning("telegram.unreadable", size=len(body))
            return None
        return await self.take(raw) if isinstance(raw, dict) else None

    async def take(self, raw: Mapping[str, Any]) -> Arrived | None:
        """Have what is in the update kept; None where there is nothing for us, or nothing that can be read."""
        try:
            update = Update.de_json(dict(raw), self._bot)
            arrived = read_update(update, self._me, self._settings.clock.now())
        except (KeyError, TypeError, ValueError, AttributeError):
            # It would be as unreadable the next time, and hold up all that follow.
            log.exception("telegram.unreadable", update=raw.get("update_id"))
            return None
        if arrived is not None:
            await asyncio.to_thread(self._accept, arrived)
        return arrived

    async def poll(self) -> None:
        """Ask for updates until cancelled."""
        await self._until_done(self._bot.delete_webhook)
        async with Transport(connection_pool_size=2) as transport:
            await self._poll(transport)

    async def _poll(self, transport: Transport) -> None:
        offset, wait = 0, 1.0
        while True:
            try:
                for raw in await get_updates(self._bot, transport, offset, KINDS):
                    await self._thank(await self.take(raw))
                    offset = int(raw["update_id"]) + 1
                wait = 1.0
            except TelegramError as error:
                wait = await _rest(error, wait)
            except Exception:
                # The desk could not keep it, as when the database is away: it is asked for again.
                log.exception("telegram.not_kept")
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _thank(self, arrived: Arrived | None) -> None:
        query = arrived.extra.get("callback") if arrived else None
        if not query:
            return
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError as error:
            # The button spins on for a while; what it stands for is kept.
            log.warning("telegram.not_thanked", reason=str(error))

    async def hook(self) -> None:
        """Have Telegram call us."""
        url = (self._settings.public_url or "").rstrip("/")
        await self._until_done(
            lambda: self._bot.set_webhook(
                f"{url}{PATH}", secret_token=webhook_secret(self._settings), allowed_updates=KINDS
            )
        )

    async def introduce(self) -> None:
        """Tell Telegram the commands, in both languages; without them everything still works."""
        for lang in LANGS:
            try:
                await self._bot.set_my_commands(_commands(lang), language_code=lang if lang != "en" else None)
            except TelegramError as error:
                log.warning("telegram.no_commands", reason=str(error))

    async def _until_done(self, call: Callable[[], Awaitable[object]]) -> None:
        wait = 1.0
        while True:
            try:
                await call()
                return
            except TelegramError as error:
                wait = await _rest(error, wait)


def _commands(lang: Lang) -> list[BotCommand]:
    return [BotCommand(name, say(f"telegram.commands.{name}", lang)) for name in COMMANDS]


async def _rest(error: TelegramError, wait: float) -> float:
    """Wait as the error asks; how long to wait the next time."""
    log.warning("telegram.away", reason=str(error))
    asked = next((seconds for kind, seconds in WAITS if isinstance(error, kind)), wait)
    await asyncio.sleep(error.seconds if isinstance(error, Later) else asked)
    return min(wait * 2, LONGEST_WAIT)
