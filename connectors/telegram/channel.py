"""The channel: what the ports ask for, in terms of the Bot API."""

import asyncio
import hmac
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Engine
from telegram import User
from telegram.error import Forbidden, TelegramError

from connectors.rendering.charts import png_of
from connectors.rendering.telegram import html_of
from connectors.telegram.api import in_our_words, open_bot, webhook_secret
from connectors.telegram.files import fetch_file
from connectors.telegram.intake import LONGEST_WAIT, Intake
from connectors.telegram.pieces import Piece, is_group, note, pieces_of
from connectors.telegram.probing import Window, probe
from connectors.telegram.records import CHANNEL, busy_elsewhere, known
from connectors.telegram.refs import Sent, parsed, written
from connectors.telegram.sending import show
from core.channels import Answered, Arrived, Attachment, BadSignature, Called, ChannelBusy, ChannelRefused, Outgoing
from core.ports import Accept, Labels
from core.settings import Settings

log = structlog.get_logger("telegram")
PATIENCE = 10.0
SIGNED_BY = "x-telegram-bot-api-secret-token"
MOST_REMEMBERED = 5000
NEXT = 2
"""How many numbers after a message are looked at for parts of it that were sent and not recorded."""


class TelegramChannel:
    """Implements `core.ports.Channel` and `Webhook` for one bot."""

    name = CHANNEL

    def __init__(
        self, settings: Settings, engine: Engine, labels: Labels, *, currency: str = "", patience: float = PATIENCE
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._labels = labels
        self._currency = currency
        self._patience = patience
        self._bot = open_bot(settings, patience=patience)
        self._me: User | None = None
        self._starting = asyncio.Lock()
        self._refs: dict[str, str] = {}

    async def post(self, message: Outgoing) -> str:
        """Send it, as many messages as it takes."""
        return await self._show(message, [])

    async def edit(self, ref: str, message: Outgoing) -> str:
        """Edit what fits, send what is missing, delete what is left over."""
        there = parsed(ref)
        if self._refs.get(message.key) != ref and there:
            there += await self._sent_since(message, there)
        return await self._show(message, there)

    async def find(self, message: Outgoing, since: datetime) -> str | None:
        """Probe the numbers that follow what is answered; what is found is completed."""
        await self._ready()
        if await asyncio.to_thread(busy_elsewhere, self._engine, message.key, message.place):
            raise ChannelBusy(1 + random.random(), reason="another message is on its way there")  # noqa: S311
        pieces, found = await self._pieces(message), list[Sent]()
        for place in dict.fromkeys(piece.place for piece in pieces):
            here = [piece for piece in pieces if piece.place == place]
            taken = await asyncio.to_thread(known, self._engine, place, since)
            answered = message.content.answers or ""
            start = int(answered) if place == message.place and answered.isdecimal() else taken.last
            if start:
                found += await self._probe(message, here, Window(start, taken.numbers))
        return await self._show(message, found) if found else None

    async def direct(self, account: str) -> str:
        """A private chat has the number of its person."""
        return account

    async def fetch(self, attachment: Attachment, into: Path, most: int) -> None:
        """Write the file's bytes to `into`; Telegram gives bots at most 20 MB."""
        await self._ready()
        await fetch_file(self._bot, attachment, into, most, self._patience)

    async def receive(self, called: Called, accept: Accept) -> Answered:
        """Take one update that Telegram calls with; answered only when it is kept."""
        given = called.headers.get(SIGNED_BY, "")
        if not hmac.compare_digest(given.encode(), webhook_secret(self._settings).encode()):
            raise BadSignature()
        intake = await self._intake(accept)
        arrived = await intake.take_bytes(called.body)
        return Answered(_thanks(arrived), mime="application/json")

    async def run(self, accept: Accept) -> None:
        """Poll until cancelled; with a webhook, tell Telegram where it is and return."""
        intake = await self._patiently(accept)
        await intake.introduce()
        if intake.hooked:
            await intake.hook()
        else:
            await intake.poll()

    async def close(self) -> None:
        """Let go of connections."""
        await self._bot.shutdown()

    async def _patiently(self, accept: Accept) -> Intake:
        wait = 1.0
        while True:
            try:
                return await self._intake(accept)
            except ChannelBusy as busy:
                log.warning("telegram.away", reason=str(busy))
                await asyncio.sleep(busy.seconds or wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _intake(self, accept: Accept) -> Intake:
        me = await self._ready()
        return Intake(self._bot, me, self._settings, accept)

    async def _ready(self) -> User:
        """Who the bot is; asked once."""
        async with self._starting:
            if self._me is None:
                with in_our_words():
                    await self._bot.initialize()
                self._me = self._bot.bot
        return self._me

    async def _show(self, message: Outgoing, there: Sequence[Sent]) -> str:
        await self._ready()
        if message.content.busy:
            await self._type(message)
        pieces = await self._pieces(message)
        self._refs.pop(message.key, None)
        with in_our_words():
            sent = await self._private_or_not(message, pieces, there)
        if len(self._refs) >= MOST_REMEMBERED:
            self._refs.clear()
        self._refs[message.key] = written(sent)
        return written(sent)

    async def _private_or_not(self, message: Outgoing, pieces: list[Piece], there: Sequence[Sent]) -> list[Sent]:
        try:
            return await show(self._bot, pieces, there)
        except Forbidden:
            if not _apart(message):
                raise
            link = f"https://t.me/{self._bot.username}"
            return await show(self._bot, [note(message, "telegram.private_needed", link)], there)

    async def _pieces(self, message: Outgoing) -> list[Piece]:
        content = message.content
        pages = html_of(content, self._labels, self._currency)
        picture = await png_of(content.reply, self._labels) if content.reply else None
        if not _apart(message):
            return pieces_of(message, pages, picture)
        assert content.only_for is not None
        private = replace(message, place=content.only_for, thread=None)
        return [*pieces_of(private, pages, picture), note(message, "telegram.private_note")]

    async def _sent_since(self, message: Outgoing, there: Sequence[Sent]) -> list[Sent]:
        """Parts that another process sent in an edit it did not live to record."""
        missing = await self._pieces(message)
        for one in there:
            match = next((piece for piece in missing if piece.fits(one)), None)
            if match is not None:
                missing.remove(match)
        missing = [piece for piece in missing if piece.place == there[0].place]
        if not missing:
            return []
        await self._ready()
        last = max(one.number for one in there)
        taken = await asyncio.to_thread(known, self._engine, there[0].place, self._settings.clock.now())
        with in_our_words():
            return await probe(self._bot, missing, Window(last, taken.numbers, NEXT))

    async def _probe(self, message: Outgoing, here: Sequence[Piece], window: Window) -> list[Sent]:
        try:
            with in_our_words():
                return await probe(self._bot, here, window)
        except ChannelRefused:
            # Who never wrote to us can't have been sent anything in private; the group still can.
            if not _apart(message) or here[0].place == message.place:
                raise
            return []

    async def _type(self, message: Outgoing) -> None:
        thread = int(message.thread) if message.thread else None
        try:
            await self._bot.send_chat_action(message.place, "typing", message_thread_id=thread)
        except TelegramError as error:
            # Only an ornament; what is wrong is found out by the message itself.
            log.debug("telegram.not_typing", reason=str(error))


def _apart(message: Outgoing) -> bool:
    return message.content.only_for is not None and is_group(message.place)


def _thanks(arrived: Arrived | None) -> str:
    """A pressed button stops spinning by a call that is made in the answer."""
    query = arrived.extra.get("callback") if arrived else None
    return json.dumps({"method": "answerCallbackQuery", "callback_query_id": query}) if query else "{}"
