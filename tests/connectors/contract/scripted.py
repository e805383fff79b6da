"""A scripted assistant: what it is asked says what it does."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import uuid4

from core.identity import Identity
from core.language import detect
from core.reply import Column, Receipt, Reply, Status, Table
from core.wording import Lang

LONG = " ".join(f"word{number:04}" for number in range(1, 1112))
"""10,000 characters in which every word is another."""
EMOJI = "👩🏽‍💻 <b>&amp; *bold* _x_ `code` [link](http://a.b) & 客户说“太贵了” 👍🏿 ~~no~~ @here <!channel>"
RECEIPT = Receipt(
    id="r1", metric="revenue", definition="won", period=None, filters={}, group_by=("region",), scope="yours",
    rows=2, as_of="2026-06-17", query_id="q1",
)  # fmt: skip
TABLE = Table(
    columns=(Column(name="region"), Column(name="revenue", unit="money")),
    rows=(("East", Decimal(1200)), ("华南", Decimal(800))),
)


@dataclass
class Scripted:
    """`slow N` takes N seconds, `long` is 10,000 characters, `emoji` is hard to escape, `number` has a table,
    `boom` fails, everything else is repeated."""

    asked: list[str] = field(default_factory=list)
    threads: list[str | None] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    booms: int = 1_000_000

    async def turn(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> Reply:
        self.asked.append(message)
        self.threads.append(thread_id)
        if message.startswith("slow"):
            await self._wait(message)
        if message == "boom" and self.booms > 0:
            self.booms -= 1
            raise ZeroDivisionError
        texts = {"long": LONG, "emoji": EMOJI}
        return Reply(
            turn_id=uuid4().hex,
            thread_id=thread_id or uuid4().hex,
            status=Status.ANSWERED,
            lang=lang or detect(message),
            text=texts.get(message, f"{identity.name} asked: {message}"),
            table=TABLE if "number" in message else None,
            receipts=(RECEIPT,) if "number" in message else (),
        )

    async def stream(self, *args: object, **kwargs: object):  # type: ignore[no-untyped-def]
        raise NotImplementedError
        yield

    async def stop(self, identity: Identity, thread_id: str) -> bool:
        return False

    async def _wait(self, message: str) -> None:
        try:
            await asyncio.sleep(float(message.split()[1]))
        except asyncio.CancelledError:
            self.cancelled.append(message)
            raise
