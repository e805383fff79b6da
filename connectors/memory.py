"""A channel that is a board in memory, or in a file: the smallest example of a channel, and the one tests use.

It can be told to misbehave the way the services do.
"""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from core.channels import (
    Arrived,
    Attachment,
    BadSignature,
    ChannelBusy,
    ChannelRefused,
    Content,
    FileTooLarge,
    NotTheFile,
    Outgoing,
)
from core.ports import Accept

SECRET = "board"  # noqa: S105 (what the board signs with)
Kind = Literal["wait", "error", "lost", "refuse", "slow"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call: `wait` seconds first, an `error` of the service, the answer is `lost` after the

    message was taken, `refuse` it for good, or be `slow` for seconds.
    """

    kind: Kind
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it reads now. `edits` counts its changes."""

    ref: str
    key: str
    place: str
    thread: str | None
    content: Content
    edits: int = 0


@dataclass
class Board:
    """What everybody sees; with a `file`, it survives whoever writes to it."""

    file: Path | None = None
    shown: dict[str, Shown] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    files: dict[str, bytes | str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    posts: int = 0
    calls: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            for line in self.file.read_text(encoding="utf-8").split("\n"):
                with suppress(json.JSONDecodeError):  # whoever wrote it was killed in the middle of a line
                    self._take(json.loads(line))

    def put(self, message: Outgoing, ref: str | None) -> str:
        """Post a message, or change the one called `ref`."""
        with self._lock:
            before = self.shown.get(ref or "")
            line = {
                "ref": ref or f"m{len(self.shown) + 1}",
                "key": message.key,
                "place": message.place,
                "thread": message.thread,
                "content": message.content.model_dump(mode="json", exclude_defaults=True),
                "edits": before.edits + 1 if before else 0,
            }
            self._take(line)
            if self.file is not None:
                with self.file.open("a", encoding="utf-8") as out:
                    out.write("\n" + json.dumps(line, ensure_ascii=False))
            return str(line["ref"])

    def in_place(self, place: str, account: str | None = None) -> list[Shown]:
        """What stands in a place, in order, as `account` sees it."""
        here = (one for one in self.shown.values() if one.place == place)
        return [one for one in here if one.content.only_for in (None, account)]

    def _take(self, line: dict[str, Any]) -> None:
        self.posts += line["ref"] not in self.shown
        self.shown[line["ref"]] = Shown(**{**line, "content": Content.model_validate(line["content"])})


@dataclass
class Memory:
    """The channel over a board; its raw events are `Arrived` as JSON, signed with a word."""

    board: Board = field(default_factory=Board)
    name: str = "memory"

    def hear(self, raw: bytes, headers: Mapping[str, str], accept: Accept) -> bool:
        """Verify an event and have it kept; whether it is new."""
        if headers.get("signature") != SECRET or headers.get("age", "0") != "0":
            raise BadSignature
        return accept(Arrived.model_validate_json(raw))

    async def post(self, message: Outgoing) -> str:
        """Send it; what the board calls it."""
        return await self._send(message, None)

    async def edit(self, ref: str, message: Outgoing) -> str:
        """Make what was sent read so."""
        return await self._send(message, ref)

    async def find(self, message: Outgoing, since: datetime) -> str | None:
        """What the board calls it, if it was sent after all."""
        return next((one.ref for one in self.board.shown.values() if one.key == message.key), None)

    async def direct(self, account: str) -> str:
        """The place of direct messages to an account."""
        return f"dm-{account}"

    async def fetch(self, attachment: Attachment, into: Path, most: int) -> None:
        """Write the file to `into`; one that is too large, or a page instead of a file, is refused."""
        data = self.board.files.get(attachment.ref)
        if not isinstance(data, bytes):
            raise NotTheFile(name=attachment.name)
        if len(data) > most:
            raise FileTooLarge(name=attachment.name, megabytes=most // 1_000_000)
        await asyncio.to_thread(into.write_bytes, data)

    async def run(self, accept: Accept) -> None:
        """Nothing has to be asked for."""

    async def close(self) -> None:
        """Nothing is open."""

    async def stranger(self, account: str) -> bool:
        """Nobody is one who does not say so."""
        return False

    async def email(self, account: str) -> str | None:
        """The work address of an account."""
        return self.board.emails.get(account)

    async def called(self, account: str) -> str | None:
        """The name that an account goes by."""
        return account.partition("-")[2].capitalize() or account

    async def _send(self, message: Outgoing, ref: str | None) -> str:
        self.board.calls += 1
        fault = self.board.faults.popleft() if self.board.faults else None
        if fault is not None:
            await self._go_wrong(fault)
        sent = self.board.put(message, ref)
        if fault is not None and fault.kind == "lost":
            raise ChannelBusy
        return sent

    async def _go_wrong(self, fault: Fault) -> None:
        if fault.kind == "wait":
            raise ChannelBusy(fault.seconds)
        if fault.kind == "error":
            raise ChannelBusy
        if fault.kind == "refuse":
            raise ChannelRefused(reason="refused")
        await asyncio.sleep(fault.seconds)
