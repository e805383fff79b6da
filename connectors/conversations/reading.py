"""Any file with something said in it: what it is goes by its content, not its name."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import av

from connectors.conversations.chatpage import read_page
from connectors.conversations.encoding import decode
from connectors.conversations.jsonl import read_jsonl
from connectors.conversations.mbox import read_eml, read_mbox
from connectors.conversations.setting import Item, Setting, Unread
from connectors.conversations.sheet import columns_of, read_sheet
from connectors.conversations.wechat import read_chat, style_of
from core.wording import say

HEAD = 64_000
RECORDING = "recording"
READERS: dict[str, Callable[[Path, Setting], Iterator[Item]]] = {
    "jsonl": read_jsonl,
    "mbox": read_mbox,
    "mail": read_eml,
    "page": read_page,
    "sheet": read_sheet,
    "chat": read_chat,
}
"""What reads each kind of file; recordings are not read but handed to the desk for calls."""

# Accepts e.g. "From wu@acme.example Mon Jun  1 10:02:33 2026"
MBOX = re.compile(rb"\s*From \S*.{0,80}\d{4}\s*\r?\n")
MAIL = re.compile(
    rb"^(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Delivered-To|Reply-To|X-[\w-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|div|meta)\b", re.I | re.S
)
HIDDEN = (".", "~$", "__MACOSX")


def kind_of(file: Path) -> str | None:
    """What a file is: a key of READERS, RECORDING, or None if it is none of them."""
    with file.open("rb") as opened:
        head = opened.read(HEAD)
    if not _is_text(head):
        return RECORDING if _sounds(file) else None
    if MBOX.match(head):
        return "mbox"
    text = decode(head).lstrip("\ufeff \t\r\n")
    first = text.partition("\n")[0].strip()
    if first.startswith("{"):
        return "jsonl"
    if PAGE.match(text):
        return "page"
    if _is_mail(head):
        return "mail"
    if columns_of(first)[1]:
        return "sheet"
    return "chat" if style_of(text.split("\n")) else None


def read_file(file: Path, kind: str | None, setting: Setting) -> Iterator[Item]:
    """What was said in a file of that kind."""
    if kind is None:
        empty = file.stat().st_size == 0
        yield Unread("", say("intake.file.empty" if empty else "intake.file.unknown_kind", setting.lang))
        return
    yield from READERS[kind](file, setting)


def files_in(path: Path) -> list[Path]:
    """The files at a path, in order; of a folder all inside, but no hidden ones."""
    if not path.is_dir():
        return [path]
    inside = (file for file in path.rglob("*") if file.is_file())
    return sorted(file for file in inside if not any(part.startswith(HIDDEN) for part in file.relative_to(path).parts))


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    odd = sum(byte < 9 or 13 < byte < 27 for byte in head)
    return b"RIFF" not in head[:4] and odd * 200 <= len(head)


def _is_mail(head: bytes) -> bool:
    top = re.split(rb"\r?\n\r?\n", head.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0]
    return MAIL.match(top) is not None and len(MAIL.findall(top)) > 1


def _sounds(file: Path) -> bool:
    """Whether there is a sound track in it."""
    try:
        with av.open(str(file)) as opened:
            return bool(opened.streams.audio)
    except (av.FFmpegError, OSError, ValueError):
        return False
