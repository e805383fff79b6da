"""One e-mail: who wrote it to whom and when, and the words its sender wrote."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, NamedTuple

from connectors.conversations.encoding import decode
from connectors.conversations.page import page_text
from connectors.conversations.replies import mail_cues, own_words

LONGEST_HEADER = 20_000
MOST_NAMED = 20
LONGEST_NAME = 200
MOST_PARTS = 500
ID = re.compile(r"<([^<>\s]+)>")


class Party(NamedTuple):
    """One sender or recipient; the address is in lower case, either may be empty."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail. `text` is the sender's own words, with the names of what was attached; `at` is None if it has none.

    `before` are the ids of the mails it follows, the oldest first.
    """

    id: str
    before: tuple[str, ...]
    subject: str
    sender: Party
    recipients: tuple[Party, ...]
    at: datetime | None
    text: str

    @property
    def thread_subject(self) -> str:
        """The subject without what says that it goes on."""
        return re.sub(rf"^{mail_cues()['subject_marks']}", "", self.subject.strip(), flags=re.IGNORECASE).strip()

    @property
    def is_reply(self) -> bool:
        """Whether the subject says that it answers another."""
        return re.match(mail_cues()["replies"], self.subject.strip(), re.IGNORECASE) is not None


def read_mail(data: bytes) -> Mail:
    """The e-mail in these bytes; whatever they are, there is no error, only less in it."""
    message = message_from_bytes(data, policy=policy.compat32)
    headers = _Headers(message)
    subject, sender = headers.text("Subject"), next(iter(headers.parties("From", "Sender")), Party("", ""))
    at = headers.moment()
    body = own_words(_body(message))
    text = "\n\n".join(part for part in (body, _attached(message)) if part) or subject
    own_id = next(iter(headers.ids("Message-ID")), "") or _made_id(at, sender, subject, text)
    before = dict.fromkeys([*headers.ids("References"), *headers.ids("In-Reply-To")[:1]])
    before.pop(own_id, None)
    recipients = tuple(headers.parties("To", "Cc", "Reply-To"))
    return Mail(own_id, tuple(before), subject, sender, recipients, at, text)


def read_links(data: bytes) -> Mail:
    """The same without its body: enough to tell which mails belong together."""
    head = re.split(rb"\r?\n\r?\n", data[: LONGEST_HEADER * 10], maxsplit=1)[0]
    return read_mail(head + b"\n\n")


class _Headers:
    """Headers as text, however broken."""

    def __init__(self, message: "Message[str, str]") -> None:
        self._raw = [(name.lower(), str(value)[:LONGEST_HEADER]) for name, value in message.raw_items()]

    def text(self, name: str) -> str:
        return next((decode_words(value) for value in self._all(name)), "")

    def ids(self, name: str) -> list[str]:
        return [found[:LONGEST_NAME] for value in self._all(name) for found in ID.findall(_plain(value))]

    def parties(self, *names: str) -> Iterable[Party]:
        for name in names:
            raw = [re.sub(r"[\r\n]+", " ", value) for value in self._all(name)]
            for said, address in getaddresses(raw):
                party = Party(decode_words(said)[:LONGEST_NAME], _plain(address).strip().lower()[:LONGEST_NAME])
                if party.name or party.address:
                    yield party

    def moment(self) -> datetime | None:
        """When it was sent, else when the first server received it."""
        received = [value.rpartition(";")[2] for value in reversed(self._all("Received"))]
        for value in (*self._all("Date"), *received):
            try:
                at = parsedate_to_datetime(_plain(value).strip())
            except (ValueError, TypeError, IndexError, OverflowError):
                continue
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        return None

    def _all(self, name: str) -> list[str]:
        return [value for known, value in self._raw if known == name.lower()]


def decode_words(raw: str) -> str:
    """A header as people read it: "=?gb2312?B?...?=" and bytes that were never encoded included."""
    flat = re.sub(r"[\r\n]+[ \t]*", " ", raw)
    if "=?" not in flat:
        return _plain(flat).strip()
    try:
        pieces = decode_header(flat)
    except (HeaderParseError, ValueError):
        return _plain(flat).strip()
    said = "".join(_plain(piece) if isinstance(piece, str) else decode(piece, charset) for piece, charset in pieces)
    return " ".join(said.split())


def _plain(text: str) -> str:
    """Text that may hold bytes smuggled in as half characters."""
    try:
        return decode(text.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _body(message: "Message[str, str]") -> str:
    """The plain text of a mail, else that of its page."""
    plain: list[str] = []
    pages: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if part.is_multipart() or _filename(part) or part.get_content_disposition() == "attachment":
            continue
        if kind == "text/plain":
            plain.append(_content(part))
        elif kind == "text/html":
            pages.append(_content(part))
    text = "\n".join(plain)
    return text if text.strip() else "\n".join(page_text(page) for page in pages)


def _parts(message: "Message[str, str]") -> Iterable["Message[str, str]"]:
    """The parts of a mail, but not those of mails attached to it."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        inside: Any = part.get_payload()
        if isinstance(inside, list) and part.get_content_maintype() == "multipart":
            waiting = [*inside, *waiting]


def _content(part: "Message[str, str]") -> str:
    try:
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset()
    except (MessageError, LookupError, ValueError, AssertionError):
        return ""
    return decode(payload, charset) if isinstance(payload, bytes) else ""


def _attached(message: "Message[str, str]") -> str:
    names = [name for part in _parts(message) if (name := _filename(part))]
    return "\n".join(f"[{name}]" for name in list(dict.fromkeys(names))[:MOST_NAMED])


def _filename(part: "Message[str, str]") -> str:
    """The name of what is attached; a mail or an invitation without one goes by its kind."""
    try:
        name = decode_words(part.get_filename() or "")
    except (ValueError, TypeError, LookupError):
        name = ""
    shown = "".join(char for char in name if char.isprintable()).strip()[-LONGEST_NAME:]
    kind = part.get_content_type()
    return shown or (kind if kind in ("text/calendar", "message/rfc822") else "")


def _made_id(at: datetime | None, sender: Party, subject: str, text: str) -> str:
    """An id for a mail that came without one, the same each time it comes."""
    said = "\0".join((at.isoformat() if at else "", *sender, subject, text))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32] + "@made"
