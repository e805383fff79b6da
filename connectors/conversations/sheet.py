"""Chats exported as CSV: the columns go by their headings, in both languages."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.conversations.chat import Line, as_conversation, chat_cues, moment_of, title_of
from connectors.conversations.encoding import decode
from connectors.conversations.setting import Item, Setting, Unread
from core.language import fold
from core.wording import say

LARGEST = 200_000_000
LARGEST_CELL = 1_000_000
DELIMITERS = (",", "\t", ";", "|")
MILLISECONDS = 100_000_000_000
TEXT_KINDS = ("", "1", "text")


def columns_of(header: str) -> tuple[str, dict[str, int]]:
    """The delimiter of a header line, and where each column we know stands; empty if it is no chat's header."""
    best: tuple[str, dict[str, int]] = (",", {})
    for delimiter in DELIMITERS:
        names = [_name(cell) for cell in next(csv.reader([header], delimiter=delimiter), [])]
        found: dict[str, int] = {}
        for field, words in chat_cues()["columns"].items():
            places = [names.index(word) for word in words if word in names]
            if places:
                found[field] = places[0]
        if "at" in found and "text" in found and len(found) > len(best[1]):
            best = (delimiter, found)
    return best


def read_sheet(file: Path, setting: Setting) -> Iterator[Item]:
    """The conversations in a CSV export: one for each chat in it."""
    with file.open("rb") as opened:
        text = decode(opened.read(LARGEST)).replace("\0", "")
    header, _, body = text.lstrip("\r\n").partition("\n")
    delimiter, columns = columns_of(header.strip())
    if not columns:
        yield Unread("1", say("intake.file.no_columns", setting.lang))
        return
    chats: dict[str, list[Line]] = {}
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield Unread(str(rows.line_num + 1), str(error))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        read = _row(cells, columns, setting)
        if isinstance(read, Line):
            chats.setdefault(_cell(cells, columns, "chat"), []).append(read)
        else:
            yield Unread(str(rows.line_num + 1), read)
    for chat, lines in chats.items():
        yield from as_conversation(lines, chat or title_of(file), setting)


def _row(cells: Sequence[str], columns: dict[str, int], setting: Setting) -> Line | str:
    """One row as a line, or what is wrong with it."""
    written = _cell(cells, columns, "at")
    at = time_of(written, setting)
    if at is None:
        return say("intake.file.no_time", setting.lang, at=written[:100])
    mine = _cell(cells, columns, "mine").lower() in chat_cues()["true_words"] if "mine" in columns else None
    me = str(chat_cues()["me"][0])
    author = _cell(cells, columns, "author") or (me if mine else _cell(cells, columns, "chat"))
    key = _cell(cells, columns, "id")
    return Line(author, at, _cell(cells, columns, "text"), mine, f"id:{key}"[:200] if len(key) > 8 else "")


def time_of(written: str, setting: Setting) -> datetime | None:
    """A time as exports write it: in words, or as seconds or milliseconds since 1970."""
    if re.fullmatch(r"\d{9,13}(?:\.\d+)?", written):
        seconds = float(written)
        return datetime.fromtimestamp(seconds / 1000 if seconds > MILLISECONDS else seconds, UTC)
    if found := re.search(chat_cues()["time"], written, re.IGNORECASE):
        return moment_of(found, setting)
    return None


def _cell(cells: Sequence[str], columns: dict[str, int], field: str) -> str:
    place = columns.get(field, -1)
    return cells[place].strip() if 0 <= place < len(cells) else ""


def _name(heading: str) -> str:
    return fold(heading).strip(" \ufeff\"'").replace(" ", "")
