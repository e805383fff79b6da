"""What passes between the assistant and a channel of the team's chat: values that know no channel's dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from core.errors import DealhandError, OperatorError, UserError
from core.reply import Reply, Value
from core.wording import Lang

CHANNELS = ("slack", "telegram", "console")
"""Where a person can be told; the console is always there."""

Kind = Literal["message", "command", "button", "home"]


class Attachment(Value):
    """A file that came with a message; `ref` is what the channel fetches it by. `voice` is a recorded message."""

    ref: str
    name: str
    mime: str | None = None
    size: int | None = None
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A thread in a place of a channel; `thread` is empty outside of any."""

    channel: str
    place: str
    thread: str = ""


class Arrived(Value):
    """One thing that arrived. `account` is who sent it, as the channel names people; `place` is a chat or channel in

    it, `thread` a thread or topic within, `message` the message itself. `key` is the same for the same thing however
    often and as whatever type the channel delivers it. `addressed` says that the assistant was spoken to by name, and
    `stranger` that the sender is not one of the company's own members (a guest, another firm's workspace, a bot);
    `robot` that it is a program. `talk` is what others say to each other: it is only kept where it is recorded.
    """

    channel: str
    key: str
    kind: Kind = "message"
    account: str
    place: str
    thread: str | None = None
    message: str | None = None
    text: str = ""
    private: bool = False
    addressed: bool = False
    stranger: bool = False
    robot: bool = False
    talk: bool = False
    locale: str | None = None
    name: str | None = None
    files: tuple[Attachment, ...] = ()
    button: str | None = None
    """What the pressed button carries: `verb:argument`."""
    extra: dict[str, Any] = Field(default_factory=dict)
    """What the channel itself needs again to answer, such as the address of a response."""
    at: datetime

    @property
    def lane(self) -> str:
        """What has to be worked on in order: one person in one thread of one place."""
        return ":".join((self.channel, self.place, self.thread or "", self.account))

    @property
    def spot(self) -> Spot:
        """Where it was said."""
        return Spot(self.channel, self.place, self.thread or "")


class Button(Value):
    """Something to press: `value` is `verb:argument` and comes back as it is."""

    label: str
    value: str
    style: Literal["plain", "good", "bad"] = "plain"
    url: str | None = None


class File(Value):
    """A file to send: kept under `path` until it is."""

    path: str
    name: str
    mime: str


class Content(Value):
    """What a message in a channel should say, before it is put into the channel's dialect.

    `text` is plain words with no mark-up, `title` stands above it in bold, `fields` are short lines of name and value.
    A `reply` is rendered whole: text, table, chart, receipts, sources. `only_for` shows it to one account alone where
    the channel can do that, and `busy` is what stands there while the answer is being made.
    """

    lang: Lang = "en"
    title: str | None = None
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    reply: Reply | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[File, ...] = ()
    only_for: str | None = None
    answers: str | None = None
    """The message that is answered, as the channel names it."""
    busy: bool = False
    asked: str | None = None
    """What is answered to one alone, so that others may be offered to ask it themselves."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to post or edit; `key` is the outbox's, and stays the same however often it is tried."""

    key: str
    place: str
    thread: str | None
    content: Content
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Called:
    """A request a channel made to us; names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What the channel gets for its request."""

    body: str = ""
    mime: str = "text/plain"
    status: int = 200


class FileTooLarge(UserError):
    """A file that came with a message is larger than it may be."""

    code = "file_too_large"
    http_status = 413


class NotTheFile(UserError):
    """What the channel hands out is not the file: a sign-in page, or nothing."""

    code = "not_the_file"


class BadSignature(UserError):
    """A request does not carry the channel's signature, or it is too old."""

    code = "bad_signature"
    http_status = 401


class ChannelBusy(OperatorError):
    """The channel asks to wait, or does not answer; `seconds` is how long to wait, None to be decided here."""

    code = "channel_busy"

    def __init__(self, seconds: float | None = None, **params: object) -> None:
        super().__init__(seconds=seconds, **params)
        self.seconds = seconds


class ChannelRefused(DealhandError):
    """The channel will never take this message: blocked, gone, not allowed."""

    code = "channel_refused"
