"""A chat as its lines, however it was exported: sides, stable ids, one conversation."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from connectors.conversations.setting import Item, Setting, Unread
from core.firms import fold_name
from core.said import Incoming, IncomingConversation, Speaker
from core.wording import say

CUES = Path(__file__).with_name("wechat.yaml")
CHANNEL = "wechat"
BATCH = 1_000
ENOUGH = 50
SHARED = 3
"""Lines in common that make two exports ones of the same chat."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a chat; `mine` is whether the export says who sent it is its owner, None if it doesn't."""

    author: str
    at: datetime
    text: str
    mine: bool | None = None
    key: str = ""


@cache
def chat_cues() -> dict[str, Any]:
    """The words and forms that are recognised in exports."""
    tree: dict[str, Any] = yaml.load(CUES.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tree


def moment_of(found: "re.Match[str]", setting: Setting, day: datetime | None = None) -> datetime | None:
    """The moment that the groups of a match name, where the export was made; None if there is no such moment."""
    parts = found.groupdict()
    hour, half = int(parts["H"]), (parts.get("half") or parts.get("half2") or "").upper()
    cues = chat_cues()
    if (half in cues["after_noon"] and hour < 12) or (half in cues["noon"] and hour < 6):
        hour += 12
    elif half in cues["before_noon"] and hour == 12:
        hour = 0
    try:
        year, month, date = (day.year, day.month, day.day) if day else (int(parts[name]) for name in "ymd")
        return datetime(year, month, date, hour, int(parts["M"]), int(parts["S"] or 0), tzinfo=setting.zone)
    except ValueError:
        return None


def as_conversation(lines: Sequence[Line], title: str, setting: Setting) -> Iterator[Item]:
    """The lines of one chat as a conversation. A longer export of the same chat has the same ids and more."""
    lines = [line for line in lines if line.text.strip() and not is_system(line)]
    if not lines:
        yield Unread("", say("intake.file.empty", setting.lang))
        return
    sides = _sides(lines, setting)
    if "rep" not in sides.values() and len(sides) > 1:
        yield Unread("", say("intake.file.no_side", setting.lang))
        sides = dict.fromkeys(sides, "unknown")
    messages = list(_messages(lines, sides))
    ids = [message.external_id for message in messages]
    external_id = setting.known(ids[:ENOUGH], min(SHARED, len(ids))) or _chat_id(title, lines)
    others = [author for author, side in sides.items() if side != "rep"]
    for start in range(0, len(messages), BATCH):
        yield IncomingConversation(
            external_id,
            setting.channel or CHANNEL,
            tuple(messages[start : start + BATCH]),
            account=setting.account,
            title=title or None,
            hints=tuple(dict.fromkeys([*others, *([title] if title else [])])),
        )


def is_system(line: Line) -> bool:
    """Whether nobody said this: someone joined, a message was taken back."""
    cues = chat_cues()
    if line.author.strip().lower() in cues["system_authors"]:
        return True
    return any(re.fullmatch(cue, line.text.strip(), re.IGNORECASE) for cue in cues["system_lines"])


def title_of(file: Path) -> str:
    """The chat's name, as far as the file's name tells it."""
    return re.sub(chat_cues()["file_marks"], " ", file.stem, flags=re.IGNORECASE).strip(" -_.") or file.stem


def _sides(lines: Iterable[Line], setting: Setting) -> dict[str, Speaker]:
    """Who of the authors is ours: as the export says, by name, or as the owner of the export calls themselves."""
    me = {fold_name(word) for word in chat_cues()["me"]}
    sides: dict[str, Speaker] = {}
    for line in lines:
        ours = line.mine or setting.ours.is_ours(line.author) or fold_name(line.author) in me
        if ours or line.author not in sides:
            sides[line.author] = "rep" if ours else "customer"
    return sides


def _messages(lines: Iterable[Line], sides: dict[str, Speaker]) -> Iterator[Incoming]:
    seen: Counter[str] = Counter()
    for line in lines:
        said = line.key or _hash(line.at.isoformat(), fold_name(line.author), line.text.strip())
        seen[said] += 1
        occurrence = f".{seen[said]}" if seen[said] > 1 else ""
        yield Incoming(f"{said}{occurrence}", sides[line.author], line.text.strip(), line.at, line.author)


def _chat_id(title: str, lines: Sequence[Line]) -> str:
    """Named by the chat where it has a name, else by its first line."""
    named = fold_name(title)
    return _hash("chat", named or f"{lines[0].author} {lines[0].at.isoformat()}")


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
