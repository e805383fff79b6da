"""Replies of every kind, and what a channel counts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.channels import Button, Content
from core.reply import Column, Receipt, ReceiptPeriod, Reply, Source, Status, Table
from core.wording import Lang

NAMES: dict[str, dict[str, str]] = {
    "en": {"revenue": "won amount", "win_rate": "win rate", "region": "region"},
    "zh": {"revenue": "赢单金额", "win_rate": "赢单率", "region": "大区", "month": "月份", "region=East": "东区"},
}
TABLE = Table(
    columns=(Column(name="region"), Column(name="revenue", unit="money"), Column(name="win_rate", unit="ratio")),
    rows=(
        ("East", Decimal("2345678.5"), Decimal("0.631")),
        ("华南", Decimal(1800000), Decimal("0.5")),
        ("👩‍👩‍👧 & <Co>", Decimal(950000), None),
    ),
)
RECEIPT = Receipt(
    id="r1",
    metric="revenue",
    definition="Sum of the close value of won deals",
    period=ReceiptPeriod(**{"from": "2026-01-01", "to": "2026-03-31", "label": "last quarter"}),
    filters={"region": ["East", "West"]},
    group_by=("region",),
    scope="all accounts",
    rows=1234,
    as_of="2026-06-17T04:00:00Z",
    query_id="q-0001",
)
SOURCE = Source(
    kind="segment",
    id="s1",
    quote="That is <too>\ndear & late",
    at="2026-06-01T01:00:00+00:00",
    account="Söhne",
    second=125.4,
)
SAMPLES = [
    "The quarter went well. " * 600,
    "这个季度东区的赢单金额是一百二十三万元，比上个季度多了不少。华南差一些！" * 300,
    "👩‍👩‍👧👍🏽🇨🇳1️⃣❤️‍🔥" * 900,
    "مرحبا بكم في التقرير. שלום לכולם. " * 400,
    "a&b<c>d\"e' " * 1200,
    "x" * 10_000,
    "Before\n\n```\n" + "if a < b && c:\n    return 1\n" * 500 + "```\n\nAfter",
    "e\u0301\u0302\u0303" * 3000,
    "\n\n".join(f"Paragraph {number}. " + "Words and words. " * 20 for number in range(40)),
]


def labels(lang: Lang) -> Mapping[str, str]:
    return NAMES[lang]


def reply(text: str = "Here it is.", lang: Lang = "en", **more: Any) -> Reply:
    return Reply(turn_id="t1", thread_id="h1", status=Status.ANSWERED, lang=lang, text=text, **more)


def full(lang: Lang = "en") -> Content:
    """A message with all there can be."""
    answer = reply(
        "East leads.\n```\nSELECT 1 < 2\n```",
        lang,
        table=TABLE,
        receipts=(RECEIPT, RECEIPT),
        sources=(SOURCE,),
        suggestions=("By month?",),
    )
    buttons = (
        (Button(label="Yes", value="confirm:e1", style="good"), Button(label="No", value="decline:e1", style="bad")),
    )
    return Content(
        title="Q1 <numbers>", text="Hello & welcome", fields=(("客户", "Acme"),), reply=answer, buttons=buttons
    )


def long_table(rows: int, columns: int = 2) -> Table:
    names = [Column(name="account"), *(Column(name=f"c{place}", unit="count") for place in range(1, columns))]
    return Table(
        columns=tuple(names),
        rows=tuple((f"客户 {row}", *(row * place for place in range(1, columns))) for row in range(rows)),
    )
