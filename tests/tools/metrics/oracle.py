"""Metrics worked out in plain Python from the rows, without looking at the product's way of doing it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.tools.metrics.company import TODAY, Row, Rows, seen_by
from tools.metrics.query import Filter, MetricQuery

OPEN = ("prospecting", "engaging")
Number = Fraction | None
TABLE = {
    **dict.fromkeys(("collections",), "payments"),
    **dict.fromkeys(("receivables_overdue",), "invoices"),
    **dict.fromkeys(("visits", "calls", "meetings", "emails", "effective_visits", "active_accounts"), "activities"),
}
KINDS = {"visits": "visit", "calls": "call", "meetings": "meeting", "emails": "email", "effective_visits": "visit"}


class Oracle:
    """One asker's view of the rows."""

    def __init__(self, rows: Rows, asker: int) -> None:
        self.rows = rows
        self.people = {row["id"]: row for row in rows.people}
        self.products = {row["id"]: row for row in rows.products}
        self.seen = seen_by(asker)
        mine = {row["account_id"] for row in rows.deals if self._mine(row)}
        self.accounts = {
            row["id"]: row for row in rows.accounts if self.seen is None or self._mine(row) or row["id"] in mine
        }
        self.deals = {row["id"]: row for row in rows.deals if self._mine(row)}

    def _mine(self, row: Row) -> bool:
        return self.seen is None or row["owner_id"] in self.seen

    def answer(self, query: MetricQuery) -> dict[tuple[Any, ...], Number]:
        """The groups of the first metric with their numbers."""
        name = query.metrics[0]
        groups: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in self._rows(name, query):
            groups[tuple(self.value(row, key, name) for key in query.group_by)].append(row)
        if not query.group_by:
            groups.setdefault((), [])
        return {group: self.number(name, rows, query.distinct) for group, rows in groups.items()}

    def _rows(self, name: str, query: MetricQuery) -> Iterable[Row]:
        table = getattr(self.rows, TABLE.get(name, "deals"))
        for row in table:
            day = self.day(row, name)
            inside = query.period is None or day == "none" or (day and query.period.start <= day <= query.period.end)
            fits = all(self._fits(row, one, name) for one in query.filters)
            if self._mine(row) and inside and fits and self.counts(name, row):
                yield row

    def day(self, row: Row, name: str) -> Any:
        if name in ("open_deals", "pipeline_value", "receivables_overdue"):
            return "none"
        if name == "new_deals":
            return row["engage_date"]
        return row["date"] if name in TABLE else row["close_date"]

    def counts(self, name: str, row: Row) -> bool:
        """Whether the row is one the metric is made from."""
        if name in KINDS:
            return row["kind"] == KINDS[name] and (name != "effective_visits" or row["outcome"] is not None)
        if name in ("active_accounts", "collections"):
            return True
        if name == "receivables_overdue":
            return row["due_date"] is not None and row["due_date"] < TODAY and self._unpaid(row) > 0
        stage = row["stage"]
        if name == "sales_cycle_days":
            return bool(stage == "won" and row["engage_date"] and row["close_date"])
        if name == "price_realisation":
            return bool(stage == "won" and row["close_value"] is not None and self.price(row) is not None)
        if name == "new_deals":
            return row["engage_date"] is not None
        stages = {"win_rate": ("won", "lost"), "deals_lost": ("lost",), "open_deals": OPEN, "pipeline_value": OPEN}
        return stage in stages.get(name, ("won",))

    def price(self, row: Row) -> Decimal | None:
        product = self.products.get(row["product_id"], {})
        return row["list_price"] if row["list_price"] is not None else product.get("list_price")

    def number(self, name: str, rows: list[Row], distinct: str | None) -> Number:
        if distinct is not None:
            key = {"account": "account_id", "rep": "owner_id"}[distinct]
            return Fraction(len({row[key] for row in rows} - {None}))
        if name == "active_accounts":
            return Fraction(len({row["account_id"] for row in rows} - {None}))
        special: dict[str, Callable[[list[Row]], Number]] = {
            "revenue": lambda rows: self._sum(row["close_value"] for row in rows),
            "collections": lambda rows: self._sum(row["amount"] for row in rows),
            "pipeline_value": self._pipeline,
            "receivables_overdue": lambda rows: self._sum(self._unpaid(row) for row in rows),
            "win_rate": lambda rows: _over(sum(row["stage"] == "won" for row in rows), len(rows)),
            "avg_deal_size": lambda rows: _over(self._sum(row["close_value"] for row in rows), len(rows)),
            "sales_cycle_days": lambda rows: _over(
                sum((row["close_date"] - row["engage_date"]).days for row in rows), len(rows)
            ),
            "price_realisation": lambda rows: _over(
                self._sum(row["close_value"] for row in rows), self._sum(self.price(row) for row in rows)
            ),
        }
        return special[name](rows) if name in special else Fraction(len(rows))

    def _sum(self, values: Iterable[Decimal | None]) -> Fraction:
        return sum((Fraction(value) for value in values if value is not None), Fraction(0))

    def _pipeline(self, rows: list[Row]) -> Fraction:
        return self._sum(row["close_value"] if row["close_value"] is not None else self.price(row) for row in rows)

    def _unpaid(self, invoice: Row) -> Decimal:
        mine = (row for row in self.rows.payments if self._mine(row) and row["invoice_id"] == invoice["id"])
        paid = sum((row["amount"] for row in mine if row["date"] <= TODAY), Decimal(0))
        return max(Decimal(invoice["amount"]) - paid, Decimal(0))

    def value(self, row: Row, name: str, metric: str) -> Any:
        """What a row says of one dimension or field."""
        owner = self.people.get(row["owner_id"], {})
        account = self.accounts.get(row["account_id"], {})
        deal = row if metric not in TABLE else self.deals.get(row.get("deal_id"), {})
        product = self.products.get(deal.get("product_id"), {})
        if name in ("rep", "manager"):
            return owner.get("name") if name == "rep" else self.people.get(owner.get("manager_id"), {}).get("name")
        if name == "region":
            return row.get("region") or owner.get("region")
        if name in ("sector", "country", "parent"):
            return account.get(name)
        if name in ("tier", "seats"):
            return account.get("custom", {}).get(name)
        if name in ("account", "product"):
            return (account if name == "account" else product).get("name")
        if name == "channel":
            return deal.get("custom", {}).get(name)
        return product.get("series") if name == "series" else self._time(row, name, metric)

    def _time(self, row: Row, name: str, metric: str) -> Any:
        if name not in ("day", "week", "month", "quarter", "year"):
            return self.price(row) if name == "list_price" else row.get(name)
        day: date | None = self.day(row, metric)
        if day is None:
            return None
        year, week, _ = day.isocalendar()
        names = {"day": str(day), "week": f"{year}-W{week:02}", "month": str(day)[:7], "year": str(day.year)}
        return names.get(name, f"{day.year}-Q{(day.month - 1) // 3 + 1}")

    def _fits(self, row: Row, wanted: Filter, metric: str) -> bool:
        value: Any = self.value(row, wanted.field, metric)
        if wanted.op in ("is", "is_not"):
            return (value in wanted.values) == (wanted.op == "is")
        if value is None:
            return False
        limit = Decimal(wanted.values[0])
        ways: dict[str, bool] = {
            "over": value > limit,
            "at_least": value >= limit,
            "under": value < limit,
            "at_most": value <= limit,
        }
        return ways[wanted.op]


def _over(top: Fraction | int, bottom: Fraction | int) -> Number:
    return None if bottom == 0 else Fraction(top) / Fraction(bottom)
