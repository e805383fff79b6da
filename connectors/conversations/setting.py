"""What a reader of files may rely on, and what it gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from core.said import IncomingConversation
from core.wording import Lang
from db.ours import OurSide


def _nothing(message_ids: Sequence[str], least: int) -> str | None:
    return None


@dataclass(frozen=True)
class Setting:
    """Who is ours, where local times are, what everything belongs to, and what is known already.

    `known` gives the external id of the conversation that has at least so many of the messages with these ids.
    """

    ours: OurSide = field(default_factory=OurSide)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    lang: Lang = "en"
    account: str | None = None
    channel: str | None = None
    known: Callable[[Sequence[str], int], str | None] = _nothing


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a file that could not be read, and why; `where` is a line or a part of the file."""

    where: str
    reason: str


Item = IncomingConversation | Unread
