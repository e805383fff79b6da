"""A conversation as JSON, as `POST /api/messages` takes it and as one line of a JSONL file has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from core.said import Incoming, IncomingConversation, Rejected, Speaker
from core.wording import Lang, say

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Read:
    """A conversation with the messages that could be read, if any could; and what could not."""

    conversation: IncomingConversation | None
    rejected: tuple[Rejected, ...] = ()


def read_conversation(data: object, lang: Lang, *, channel: str = "") -> Read:
    """Read one conversation; what is wrong with parts of it is told in `lang`. `channel` is for those without one."""
    if not isinstance(data, Mapping):
        return Read(None, (Rejected("", _wrong("", "object", lang)),))
    external_id = _name(data.get("external_id")) or ""
    said = data.get("messages")
    if said is not None and not isinstance(said, list):
        return Read(None, (Rejected(external_id, _wrong("messages", "list", lang)),))
    messages, rejected = _messages(said or [], lang)
    if rejected and not messages:
        return Read(None, tuple(rejected))
    hints = data.get("hints")
    conversation = IncomingConversation(
        external_id,
        _name(data.get("channel")) or channel,
        tuple(messages),
        account=_name(data.get("account")),
        title=_name(data.get("title")),
        hints=tuple(hint for hint in hints if isinstance(hint, str)) if isinstance(hints, list) else (),
    )
    return Read(conversation, tuple(rejected))


def _messages(said: list[object], lang: Lang) -> tuple[list[Incoming], list[Rejected]]:
    messages: list[Incoming] = []
    rejected: list[Rejected] = []
    for number, one in enumerate(said):
        found = _message(one, f"messages[{number}]", lang)
        if isinstance(found, Incoming):
            messages.append(found)
        else:
            rejected.append(found)
    return messages, rejected


def _message(data: object, where: str, lang: Lang) -> Incoming | Rejected:
    if not isinstance(data, Mapping):
        return Rejected("", _wrong(where, "object", lang))
    external_id = _name(data.get("external_id")) or ""
    text, author = data.get("text"), data.get("author")
    if not isinstance(text, str | None):
        return Rejected(external_id, _wrong(f"{where}.text", "text", lang))
    if not isinstance(author, str | None):
        return Rejected(external_id, _wrong(f"{where}.author", "text", lang))
    at = _moment(data.get("at"))
    if at is None:
        return Rejected(external_id, say("intake.reason.no_time", lang, at=str(data.get("at"))[:SHOWN]))
    # Whether it is a speaker we know is for intake to say, beside what else is wrong.
    speaker = cast(Speaker, str(data.get("speaker")))
    return Incoming(external_id, speaker, text or "", at, author)


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None


def _name(value: object) -> str | None:
    """A name or an id; senders write ids as numbers too."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def _wrong(where: str, expected: str, lang: Lang) -> str:
    return say("intake.reason.malformed", lang, where=where or "/", detail=say(f"intake.expected.{expected}", lang))
