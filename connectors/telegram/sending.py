"""Pieces sent, edited and deleted until a chat shows what it should."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, TelegramError

from connectors.telegram.api import Later, Partly, says
from connectors.telegram.pieces import Piece
from connectors.telegram.refs import Sent

log = structlog.get_logger("telegram")
SAME = ("message is not modified",)
GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
)
BUTTONS = ("button", "reply markup", "reply_markup")
WAYS = (
    ("markup", ("can't parse entities", "can't parse message text", "entity_", "entities_")),
    ("topic", ("message thread not found",)),
    ("links", BUTTONS),
    ("buttons", BUTTONS),
)
"""What a message can do without, and how Telegram words that it refuses it."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Done = TypeVar("Done")
SHORT_WAIT = 5.0


async def show(bot: Bot, pieces: Sequence[Piece], there: Sequence[Sent]) -> list[Sent]:
    """Make what is `there` read like `pieces`: edit what fits, send what is missing, delete what is left over."""
    left, done = list(there), list[Sent]()
    for piece in pieces:
        match = next((one for one in left if piece.fits(one)), None)
        if match is not None:
            left.remove(match)
        done.append(await _shown(bot, piece, match, first=not done))
    for one in left:
        await _delete(bot, one)
    return done


async def _shown(bot: Bot, piece: Piece, match: Sent | None, *, first: bool) -> Sent:
    """One piece, edited or sent. Between two pieces a short wait is sat out: the first must not be sent again."""
    while True:
        try:
            kept = await edit_piece(bot, match, piece) if match is not None else None
            return kept or await send_piece(bot, piece)
        except Later as later:
            if first:
                raise
            if later.seconds > SHORT_WAIT:
                raise Partly(str(later)) from later
            await asyncio.sleep(later.seconds)


async def send_piece(bot: Bot, piece: Piece) -> Sent:
    """Send it, with less and less of what Telegram may refuse: mark-up, links in buttons, its topic."""
    try:
        sent = await _bending(partial(_send, bot, piece))
    except ChatMigrated as moved:
        sent = await _bending(partial(_send, bot, replace(piece, place=str(moved.new_chat_id), answers=None)))
    return Sent(str(sent.chat.id), sent.message_id, piece.kind, piece.mark)


async def edit_piece(bot: Bot, sent: Sent, piece: Piece) -> Sent | None:
    """Make it read like `piece`; None where there is no such message of ours any more."""
    if piece.kind != "text" and sent.mark == piece.mark:
        return sent
    try:
        await _bending(partial(_edit, bot, sent, piece))
    except ChatMigrated:
        return None
    except BadRequest as error:
        if says(error, *GONE):
            return None
        if not says(error, *SAME):
            raise
    return replace(sent, mark=piece.mark)


async def _bending(call: Callable[[Collection[str]], Awaitable[Done]]) -> Done:
    """The call as it should be, then without what is refused; the text itself always gets through."""
    without: list[str] = []
    while True:
        try:
            return await call(without)
        except BadRequest as error:
            refused = next((way for way, words in WAYS if way not in without and says(error, *words)), None)
            # That nothing is modified is said with words of every part.
            if refused is None or says(error, *SAME):
                raise
            log.warning("telegram.refused", reason=str(error), without=refused)
            without.append(refused)


async def _send(bot: Bot, piece: Piece, without: Collection[str]) -> Message:
    answers = ReplyParameters(piece.answers, allow_sending_without_reply=True) if piece.answers else None
    where: dict[str, Any] = {
        "chat_id": piece.place,
        "message_thread_id": None if "topic" in without else piece.thread,
        "reply_parameters": answers,
        "reply_markup": _keys(piece, without),
    }
    if piece.kind == "text":
        return await bot.send_message(link_preview_options=NO_PREVIEW, **_words(piece, without), **where)
    if piece.kind == "photo":
        return await bot.send_photo(photo=InputFile(piece.data, piece.name), **where)
    return await bot.send_document(document=InputFile(piece.data, piece.name), **where)


async def _edit(bot: Bot, sent: Sent, piece: Piece, without: Collection[str]) -> None:
    where: dict[str, Any] = {
        "chat_id": sent.place,
        "message_id": sent.number,
        "reply_markup": _keys(piece, without),
    }
    if piece.kind == "text":
        await bot.edit_message_text(link_preview_options=NO_PREVIEW, **_words(piece, without), **where)
        return
    media = InputMediaPhoto if piece.kind == "photo" else InputMediaDocument
    await bot.edit_message_media(media(piece.data, filename=piece.name), **where)


def _keys(piece: Piece, without: Collection[str]) -> InlineKeyboardMarkup | None:
    return None if "buttons" in without else piece.keyboard(links="links" not in without)


def _words(piece: Piece, without: Collection[str]) -> dict[str, Any]:
    if "markup" in without:
        return {"text": piece.plain, "parse_mode": None}
    return {"text": piece.page.text, "parse_mode": "HTML"}


async def _delete(bot: Bot, sent: Sent) -> None:
    try:
        await bot.delete_message(sent.place, sent.number)
    except TelegramError as error:
        # Messages older than two days stay; what is there is an older text of ours, no reason to fail.
        log.warning("telegram.not_deleted", reason=str(error))
