"""A stand-in for the assistant: a few replies of every kind, kept in the transcript as the real one keeps them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select

from core.clock import Clock
from core.errors import NotFound
from core.identity import Identity
from core.reply import Chart, Column, Receipt, ReceiptPeriod, Reply, Source, Status, Table
from core.stream import Delta, Event, Progress
from core.wording import Lang
from db.engine import system_session
from db.tables import Conversation, Message

RECEIPT = Receipt(
    id="r1",
    metric="revenue",
    definition="Sum of the close value of won deals, by close date",
    period=ReceiptPeriod(**{"from": "2026-01-01", "to": "2026-03-31", "label": "last quarter"}),
    filters={"region": ["East", "华东"]},
    group_by=("region",),
    scope="all accounts",
    rows=1234,
    as_of="2026-06-17T04:00:00Z",
    query_id="q-0001",
)
TREND = Table(
    columns=(Column(name="month"), Column(name="revenue", unit="money")),
    rows=tuple((f"2026-{month:02}", Decimal(1_000_000 + month * 123_456)) for month in range(1, 7)),
)
RANKING = Table(
    columns=(Column(name="region"), Column(name="revenue", unit="money"), Column(name="win_rate", unit="ratio")),
    rows=(
        ("East", Decimal("2345678.5"), Decimal("0.631")),
        ("华南", Decimal(1800000), Decimal("0.5")),
        ("=West", Decimal(950000), Decimal("0.4025")),
    ),
)


SOURCES = (
    Source(
        kind="segment", id=f"{'ab' * 32}:00001", quote="That is too dear", at="2026-06-01T01:00:00+00:00",
        conversation="ab" * 32, account="Rita & Söhne", second=2.5,
    ),
    *(
        Source(kind="message", id=f"m{number}", quote=f"Too late {number}", at="2026-06-02T01:00:00+00:00",
               conversation="c1", account="Rita & Söhne")
        for number in range(6)
    ),
)  # fmt: skip


@dataclass
class StandIn:
    """Answers by what the question contains: trend, ranking, heard, nothing, secret, slow, boom."""

    engine: Engine
    clock: Clock
    turns: int = 0
    asked: list[str] = field(default_factory=list)

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
        if "boom" in message:
            raise ZeroDivisionError("secret detail")
        self.turns += 1
        reply = self._reply(message, thread_id or f"thread-{identity.person_id}-{self.turns}", lang or "en")
        self._keep(identity, message, reply, new=thread_id is None)
        return reply

    async def stream(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> AsyncIterator[Event]:
        yield Progress(text="Looking")
        if "slow" in message:
            await asyncio.sleep(1)
        reply = await self.turn(identity, message, thread_id=thread_id, lang=lang)
        for word in reply.text.split(" "):
            yield Delta(text=f"{word} ")
        yield reply

    async def stop(self, identity: Identity, thread_id: str) -> bool:
        return thread_id == "running"

    def _reply(self, message: str, thread_id: str, lang: Lang) -> Reply:
        more: dict[str, Any] = {"status": Status.ANSWERED, "text": f"You asked: {message}"}
        if "trend" in message:
            more |= {"table": TREND, "chart": Chart(kind="line", x="month", y="revenue"), "receipts": (RECEIPT,)}
        if "ranking" in message:
            more |= {"table": RANKING, "chart": Chart(kind="bar", x="region", y="revenue"), "receipts": (RECEIPT,)}
        if "heard" in message:
            more |= {"text": "Two things were said:\n- too dear\n- too late\nNext\n- call them", "sources": SOURCES}
        if "secret" in message:
            more |= {"status": Status.FORBIDDEN, "suggestions": ("my own ranking",)}
        return Reply(turn_id=f"turn-{self.turns}", thread_id=thread_id, lang=lang, **more)

    def _keep(self, identity: Identity, message: str, reply: Reply, *, new: bool) -> None:
        now = self.clock.now()
        origin = {"source": "dealhand", "custom": {}, "loaded_at": now}
        with system_session(self.engine) as session:
            if new:
                session.add(
                    Conversation(
                        **origin, external_id=reply.thread_id, kind="assistant", channel="assistant",
                        title=message[:80], owner_id=identity.person_id, started_at=now,
                    )
                )  # fmt: skip
                session.flush()
            mine = Conversation.external_id == reply.thread_id, Conversation.owner_id == identity.person_id
            thread = session.scalar(select(Conversation.id).where(*mine))
            if thread is None:
                raise NotFound
            lines = ("asker", message, None), ("assistant", reply.text, reply.model_dump(mode="json"))
            for speaker, text, value in lines:
                key = reply.turn_id if value else f"{reply.turn_id}:asker"
                session.add(
                    Message(
                        **origin,
                        external_id=key,
                        conversation_id=thread,
                        speaker=speaker,
                        text=text,
                        at=now,
                        reply=value,
                    )
                )


def opener(engine: Engine, clock: Clock) -> Any:
    """What the app is built with."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[StandIn]:
        yield StandIn(engine, clock)

    return opened
