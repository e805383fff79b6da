"""What an account may be worth: what it bought and what is open, by the governed metrics, beside a typical deal."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.identity import Identity
from core.periods import Period
from core.reply import Receipt, Status
from core.wording import Lang
from db.behaviour import Behaviour
from tools.metrics.desk import Desk
from tools.metrics.query import Filter, MetricQuery
from tools.profiles.scores import Reason, Score, weights

YEAR = timedelta(days=364)
FIGURES = ("revenue", "pipeline_value", "receivables_overdue")
SNAPSHOTS = ("pipeline_value", "receivables_overdue")


@dataclass(frozen=True, slots=True)
class Worth:
    """Figures of the account by metric, each with its receipt; a metric whose records were never loaded is missing."""

    figures: dict[str, Decimal]
    receipts: tuple[Receipt, ...]
    typical: Decimal | None


def worth_of(desk: Desk, identity: Identity, account: str, today: date, lang: Lang) -> Worth:
    """What the account bought in the last twelve months, what is open, and what it owes; within the asker's scope."""
    year = Period(today - YEAR, today, f"{(today - YEAR).isoformat()}..{today.isoformat()}")
    figures: dict[str, Decimal] = {}
    receipts: list[Receipt] = []
    mine = (Filter("account", "is", (account,)),)
    for metric in FIGURES:
        period = None if metric in SNAPSHOTS else year
        answer = desk.run(identity, MetricQuery((metric,), filters=mine, period=period), lang)
        value = _value(answer.table.rows[0][0]) if answer.table and answer.table.rows else None
        if value is not None and answer.status in (Status.ANSWERED, Status.EMPTY):
            figures[metric] = value
            receipts += answer.receipts
    typical = desk.run(identity, MetricQuery(("avg_deal_size",), period=year), lang)
    size = _value(typical.table.rows[0][0]) if typical.table and typical.table.rows else None
    numbered = (one.model_copy(update={"id": f"r{place}"}) for place, one in enumerate(receipts, 1))
    return Worth(figures, tuple(numbered), size or None)


def _value(cell: object) -> Decimal | None:
    return Decimal(str(cell)) if isinstance(cell, Decimal | int | float) else None


def value_of(worth: Worth, behaviour: Behaviour, stage: str) -> Score:
    """From 0 to 100: a typical deal's worth gives some points, and each doubling as many again."""
    rules = weights()["value"]
    bought, still = worth.figures.get("revenue", Decimal(0)), worth.figures.get("pipeline_value", Decimal(0))
    reasons: list[Reason] = []
    total = 0
    if worth.typical and bought + still > 0:
        total = round(rules["typical"] * math.log2(1 + float((bought + still) / worth.typical)))
        params: dict[str, str | int | float] = {
            "bought": str(bought),
            "open": str(still),
            "typical": str(worth.typical),
        }
        reasons.append(Reason("worth", total, params))
    else:
        reasons.append(Reason("worth_nothing"))
    wants = [one for one in behaviour.signs if one.kind == "buying_intent"]
    if wants and stage != "at_risk":
        reasons.append(Reason("worth_intent", rules["intent"], {"count": len(wants)}, wants[-1]))
    if stage == "at_risk":
        reasons.append(Reason("worth_risk", rules["risk"]))
    return Score(max(0, min(100, total + sum(one.points for one in reasons[1:]))), tuple(reasons))
