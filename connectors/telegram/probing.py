"""Looks for a message that an earlier try may have sent: Telegram can't search, but a bot can edit only its own."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Literal

from telegram import Bot
from telegram.error import BadRequest

from connectors.telegram.api import says
from connectors.telegram.pieces import Piece
from connectors.telegram.refs import Sent
from connectors.telegram.sending import SAME, edit_piece

TRIES = 20
NO_TEXT = ("there is no text in the message",)


@dataclass(frozen=True, slots=True)
class Window:
    """The numbers to look at: the first that are not accounted for after `start`."""

    start: int
    known: Collection[int]
    tries: int = TRIES

    def numbers(self) -> Iterable[int]:
        """At most `tries` of them."""
        return islice((number for number in count(self.start + 1) if number not in self.known), self.tries)


async def probe(bot: Bot, pieces: Sequence[Piece], window: Window) -> list[Sent]:
    """The pieces of one place that are there, in order. A text of ours in the window is made to read like the piece."""
    missing, found = list(pieces), list[Sent]()
    for number in window.numbers():
        if not missing:
            break
        text = next((piece for piece in missing if piece.kind == "text"), None)
        answer = await (_try_text(bot, number, text) if text else _try_file(bot, number, missing[0].place))
        piece = text if answer == "text" else next((one for one in missing if one.kind != "text"), None)
        if answer == "no" or piece is None:
            continue
        missing.remove(piece)
        found.append(Sent(piece.place, number, piece.kind, piece.mark))
    return found


async def _try_text(bot: Bot, number: int, piece: Piece) -> Literal["text", "file", "no"]:
    try:
        edited = await edit_piece(bot, Sent(piece.place, number), replace(piece, thread=None))
    except BadRequest as error:
        if says(error, *NO_TEXT):
            return "file"
        raise
    return "text" if edited else "no"


async def _try_file(bot: Bot, number: int, place: str) -> Literal["file", "no"]:
    """Files of ours have no caption, so this edit changes nothing."""
    try:
        await bot.edit_message_caption(place, number)
    except BadRequest as error:
        return "file" if says(error, *SAME) else "no"
    return "file"
