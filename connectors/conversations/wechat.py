"""Chats exported from WeChat as text, in the forms the common ways of exporting write."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from connectors.conversations.chat import Line, as_conversation, chat_cues, moment_of, title_of
from connectors.conversations.encoding import decode
from connectors.conversations.setting import Item, Setting

LARGEST = 200_000_000
SAMPLE = 4_000
APART = 0.4
"""Of the lines that look like the one above a message, how many at least follow an empty one where all do."""

LONGEST_HEAD = 200


@dataclass
class _Open:
    """The message that is being read."""

    author: str
    at: datetime
    text: list[str] = field(default_factory=list)


def read_chat(file: Path, setting: Setting) -> Iterator[Item]:
    """The conversation in a text export."""
    with file.open("rb") as opened:
        text = decode(opened.read(LARGEST))
    return read_text(text, title_of(file), setting)


def read_text(text: str, title: str, setting: Setting) -> Iterator[Item]:
    """The conversation in the text of an export; `title` is for one that does not say whose chat it is."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2005", " ").replace("\u00a0", " ").split("\n")
    style = style_of(lines)
    found = list(_lines(lines, style, setting)) if style else []
    return as_conversation(found, _title(lines) or title, setting)


def style_of(lines: Sequence[str]) -> str | None:
    """How the lines above messages are written in this file; None if there are none."""
    counts: Counter[str] = Counter()
    for line in lines[:SAMPLE]:
        style = next((name for name in chat_cues()["heads"] if _head(name).match(line[:LONGEST_HEAD])), None)
        if style == "name_clock" and not any(_day().match(one) for one in lines[:SAMPLE]):
            style = None
        if style:
            counts[style] += 1
    return counts.most_common(1)[0][0] if counts else None


@cache
def _head(style: str) -> re.Pattern[str]:
    cues = chat_cues()
    form = str(cues["heads"][style]).replace("{time}", cues["time"]).replace("{clock}", cues["clock"])
    return re.compile(form, re.IGNORECASE)


@cache
def _day() -> re.Pattern[str]:
    return re.compile(str(chat_cues()["day_line"]).replace("{day}", chat_cues()["day"]))


def _lines(lines: Sequence[str], style: str, setting: Setting) -> Iterator[Line]:
    head = _head(style)
    heads, open_, day = _heads(lines, head), None, None
    for number, line in enumerate(lines):
        if style == "name_clock" and (between := _day().match(line)):
            day = _date(between, setting)
            continue
        found = head.match(line) if number in heads else None
        at = moment_of(found, setting, day) if found else None
        if found is None or at is None:
            if open_ is not None:
                open_.text.append(line)
            continue
        if open_ is not None:
            yield _closed(open_)
        open_ = _Open(found["who"].strip(), at, [found.groupdict().get("text") or ""])
    if open_ is not None:
        yield _closed(open_)


def _heads(lines: Sequence[str], head: re.Pattern[str]) -> set[int]:
    """The lines above messages. Where messages stand apart, a line like them inside a message is part of it."""
    starts = [number for number, line in enumerate(lines) if len(line) <= LONGEST_HEAD and head.match(line)]
    apart = {number for number in starts[1:] if not lines[number - 1].strip()}
    close = set(starts[1:]) - apart
    if not close or len(apart) < APART * len(starts[1:]):
        return set(starts)
    who = {number: (head.match(lines[number]) or {"who": ""})["who"].strip() for number in starts}
    mixed = {who[number] for number in apart} & {who[number] for number in close}
    return set(starts) if mixed else set(starts) - close


def _closed(one: _Open) -> Line:
    return Line(one.author, one.at, "\n".join(one.text).strip())


def _date(found: "re.Match[str]", setting: Setting) -> datetime | None:
    try:
        return datetime(int(found["y"]), int(found["m"]), int(found["d"]), tzinfo=setting.zone)
    except ValueError:
        return None


def _title(lines: Sequence[str]) -> str:
    """The chat's name, where the export begins with it."""
    for line in lines[:8]:
        if found := re.match(chat_cues()["title"], line.strip(), re.IGNORECASE):
            return found["title"].strip()
    return ""
