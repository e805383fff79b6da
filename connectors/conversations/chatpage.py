"""Chats exported as HTML pages: messages go by the classes of their elements, else by the text a reader sees."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from bs4 import Tag

from connectors.conversations.chat import Line, as_conversation, chat_cues, title_of
from connectors.conversations.encoding import decode
from connectors.conversations.page import LARGEST, soup_of, tag_text
from connectors.conversations.setting import Item, Setting
from connectors.conversations.sheet import time_of
from connectors.conversations.wechat import read_text

META = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


def read_page(file: Path, setting: Setting) -> Iterator[Item]:
    """The conversation in a page."""
    with file.open("rb") as opened:
        data = opened.read(LARGEST)
    declared = META.search(data[:2000])
    soup = soup_of(decode(data, declared[1].decode("ascii") if declared else None))
    title = " ".join((soup.title.get_text() if soup.title else "").split())
    for unseen in soup(["script", "style", "head", "title", "template", "noscript"]):
        unseen.decompose()
    lines = [line for tag in soup.find_all(_is("message")) if (line := _line(tag, setting)) is not None]
    if not lines:
        return read_text(tag_text(soup), title or title_of(file), setting)
    return as_conversation(lines, title or title_of(file), setting)


def _line(tag: Tag, setting: Setting) -> Line | None:
    """One message; None if the element lacks its time or its text, or only holds other messages."""
    if tag.find(_is("message")) is not None and _part(tag, "text") is None:
        return None
    at, text, author = _part(tag, "at"), _part(tag, "text"), _part(tag, "author")
    written = time_of(" ".join(at.get_text(" ").split()), setting) if at is not None else None
    if text is None or written is None:
        return None
    mine = bool(set(_classes(tag)) & set(chat_cues()["page"]["mine"]))
    name = " ".join(author.get_text(" ").split()) if author is not None else ""
    return Line(name or str(chat_cues()["me"][0] if mine else ""), written, tag_text(text), mine or None)


def _part(tag: Tag, part: str) -> Tag | None:
    found = tag.find(_is(part))
    return found if isinstance(found, Tag) else None


def _is(part: str) -> Callable[[Tag], bool]:
    """Whether an element is of a kind, by its class."""
    kinds = frozenset(chat_cues()["page"][part])
    return lambda tag: not kinds.isdisjoint(_classes(tag))


def _classes(tag: Tag) -> list[str]:
    found = tag.get("class")
    return [name.lower() for name in found] if isinstance(found, list) else []
