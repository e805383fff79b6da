"""An assistant that says what was asked, so that the terminal's own work can be seen."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from core.errors import NotFound
from core.identity import Identity, Role
from core.reply import Column, Receipt, Reply, Status, Table
from core.stream import Delta, Event, Progress
from core.wording import Lang

ANN = Identity(1, "Ann", Role.REP)


def reply_to(message: str, thread: str) -> Reply:
    """A reply with a table and a receipt."""
    table = Table(
        columns=(Column(name="region"), Column(name="revenue", unit="money"), Column(name="win_rate", unit="ratio")),
        rows=(("East [1]", Decimal("1234567.5"), Decimal("0.631")), ("West", None, Decimal(1))),
    )
    receipt = Receipt(
        id="r1", metric="revenue", definition="sum of won deals", period=None, filters={"region": ["East", "West"]},
        group_by=("region",), scope="all accounts", rows=2, as_of="2026-06-17", query_id="q1",
    )  # fmt: skip
    return Reply(
        turn_id="t1", thread_id=thread, status=Status.ANSWERED, lang="en", text=f"You asked: {message}",
        table=table, receipts=(receipt,), suggestions=("and by month?",),
    )  # fmt: skip


class Echo:
    """Threads are numbered; one that was never begun is not found, and "break" breaks."""

    def __init__(self) -> None:
        self.threads = 0
        self.asked: list[tuple[str, str, str | None]] = []

    async def turn(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> Reply:
        self.asked.append((identity.name, message, thread_id))
        if thread_id == "none":
            raise NotFound
        if message == "break":
            raise RuntimeError("broken")
        if thread_id is None:
            self.threads += 1
        return reply_to(message, thread_id or f"thread-{self.threads}")

    async def stream(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> AsyncIterator[Event]:
        yield Progress(text="thinking")
        yield Delta(text="You said")
        yield Delta(text="You ", restart=True)
        yield Delta(text=f"asked: {message}")
        yield await self.turn(identity, message, thread_id=thread_id, lang=lang)

    async def stop(self, identity: Identity, thread_id: str) -> bool:
        return False


@pytest.fixture
def echo() -> Echo:
    return Echo()
