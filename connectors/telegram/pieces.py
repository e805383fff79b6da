"""A message as the pieces Telegram shows it in: texts, pictures, documents, each for one chat."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from telegram import InlineKeyboardMarkup

from connectors.rendering.telegram import Rendered, escape
from connectors.telegram.refs import Kind, Sent
from core.channels import File, Outgoing
from core.wording import say

PICTURES = ("image/png", "image/jpeg")
EMPTY = Rendered("")


@dataclass(frozen=True, slots=True)
class Piece:
    """What one message in Telegram is to show; a file is named and marked."""

    place: str
    kind: Kind = "text"
    page: Rendered = EMPTY
    file: bytes | Path = b""
    name: str = ""
    mark: str = ""
    thread: int | None = None
    answers: int | None = None

    @property
    def plain(self) -> str:
        """The text without its mark-up."""
        return unescape(re.sub(r"<[^>]*>", "", self.page.text))

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.file if isinstance(self.file, bytes) else self.file.read_bytes()

    def fits(self, sent: Sent) -> bool:
        """Whether what was sent can be made to show it. A group that grew has another number than it had."""
        return sent.kind == self.kind and is_group(sent.place) == is_group(self.place)

    def keyboard(self, *, links: bool = True) -> InlineKeyboardMarkup | None:
        """The buttons below; without `links`, those that open an address are left out."""
        rows = [[dict(key) for key in row if links or "url" not in key] for row in self.page.keyboard]
        rows = [row for row in rows if row]
        return InlineKeyboardMarkup.de_json({"inline_keyboard": rows}) if rows else None


def is_group(place: str) -> bool:
    """Groups and channels have negative numbers."""
    return place.startswith("-")


def is_super(place: str) -> bool:
    """A super-group counts its own messages; all other chats of a bot share one count."""
    return place.startswith("-100")


def number(text: str | None) -> int | None:
    """A message's or topic's number, if it is one."""
    return int(text) if text is not None and text.isdecimal() else None


def pieces_of(message: Outgoing, pages: Sequence[Rendered], picture: bytes | None) -> list[Piece]:
    """The pieces in the order they are sent; in a group, the first answers what was asked."""
    place, thread = message.place, number(message.thread)
    answers = number(message.content.answers) if is_group(place) else None
    texts = [Piece(place, page=page, thread=thread, answers=None if at else answers) for at, page in enumerate(pages)]
    charts = [_picture(place, thread, picture)] if picture else []
    return [*texts, *charts, *(_document(place, thread, file) for file in message.content.files)]


def _picture(place: str, thread: int | None, data: bytes) -> Piece:
    return Piece(place, "photo", file=data, name="chart.png", mark=_mark(data), thread=thread)


def _document(place: str, thread: int | None, file: File) -> Piece:
    kind: Kind = "photo" if file.mime in PICTURES else "document"
    return Piece(place, kind, file=Path(file.path), name=file.name, mark=_mark(file.path.encode()), thread=thread)


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]


def note(message: Outgoing, key: str, link: str | None = None) -> Piece:
    """The short line in a group whose answer went, or should go, to one person alone."""
    lang = message.content.lang
    rows = (({"text": say("telegram.open", lang), "url": link},),) if link else ()
    return Piece(
        message.place,
        page=Rendered(escape(say(key, lang)), rows),
        thread=number(message.thread),
        answers=number(message.content.answers),
    )
