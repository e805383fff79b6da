"""Mailboxes in mbox, a mail at a time, however many there are."""

from collections.abc import Iterator
from pathlib import Path

from connectors.conversations.eml import read_links, read_mail
from connectors.conversations.setting import Item, Setting
from connectors.conversations.threads import Threads, as_items

LARGEST_MAIL = 50_000_000
LONGEST_LINE = 1_000_000


def read_mbox(file: Path, setting: Setting) -> Iterator[Item]:
    """The mails of a mailbox as conversations; a mail too large is read from its beginning."""
    threads = Threads(setting)
    for _, data in _mails(file):
        threads.note(read_links(data))
    threads.settle()
    return as_items(((where, read_mail(data)) for where, data in _mails(file)), threads, setting)


def read_eml(file: Path, setting: Setting) -> Iterator[Item]:
    """One mail as a conversation; with what came in before of its thread, it is the same one."""
    with file.open("rb") as opened:
        mail = read_mail(opened.read(LARGEST_MAIL))
    threads = Threads(setting)
    threads.note(mail)
    threads.settle()
    return as_items([("", mail)], threads, setting)


def _mails(file: Path) -> Iterator[tuple[str, bytes]]:
    """Each mail with its number; a line "From " begins one after an empty line, ">From " stands for itself."""
    held: list[bytes] = []
    size = number = 0
    blank = True
    with file.open("rb") as opened:
        while line := opened.readline(LONGEST_LINE):
            if blank and line.startswith(b"From "):
                if number:
                    yield str(number), b"".join(held)
                held, size, number, blank = [], 0, number + 1, False
                continue
            blank = not line.strip()
            size += len(line)
            if size <= LARGEST_MAIL:
                held.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
    if number:
        yield str(number), b"".join(held)
