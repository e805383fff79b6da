"""From quote to cash: quotes, orders, invoices, payments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from db.demo.sales import Sale
from db.demo.staff import Item
from db.demo.world import World, between
from db.tables import Invoice, Order, Payment, Quote, QuoteLine, Stage

QUOTED = {Stage.PROSPECTING: 0.1, Stage.ENGAGING: 0.6, Stage.WON: 1.0, Stage.LOST: 0.7}
ENDED = {Stage.WON: "accepted", Stage.LOST: "rejected"}
TERM_DAYS = 30


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote before it is written: its lines are product, quantity and unit price."""

    day: date
    status: str
    lines: list[tuple[Item, int, int]]


def quote(world: World, sales: list[Sale], items: list[Item]) -> None:
    """Write the quotes down: a won deal's last one is accepted, and is its close value."""
    luck = world.luck("quotes")
    for sale in sales:
        if luck.random() >= QUOTED[sale.stage]:
            continue
        last = sale.closed or world.today
        days = sorted(_day_within(world, luck, sale.engaged, last) for _ in range(luck.choice([1, 1, 2])))
        for day in days[:-1]:
            higher = min(sale.item.fact.list_price, round(sale.unit_price * 1.04))
            _write_quote(world, sale, Offer(day, "revised", [(sale.item, sale.quantity, higher)]))
        _write_quote(world, sale, _last_offer(luck, sale, items, days[-1]))


def _day_within(world: World, luck: Random, first: date, last: date) -> date:
    return max(first, world.workday(first + timedelta(days=luck.randint(0, max(0, (last - first).days)))))


def _last_offer(luck: Random, sale: Sale, items: list[Item], day: date) -> Offer:
    lines = [(sale.item, sale.quantity, sale.unit_price)]
    if sale.stage is not Stage.WON and luck.random() < 0.3:
        extra = luck.choice(items)
        lines.append((extra, 1, round(extra.fact.list_price * (1 - sale.seller.discount))))
    return Offer(day, ENDED.get(sale.stage, "sent"), lines)


def _write_quote(world: World, sale: Sale, offer: Offer) -> None:
    number = world.add(
        Quote,
        date=offer.day,
        account_id=sale.client.id,
        deal_id=sale.id,
        owner_id=sale.seller.id,
        status=offer.status,
        amount=sum(quantity * unit for _, quantity, unit in offer.lines),
    )
    for item, quantity, unit in offer.lines:
        world.add(
            QuoteLine,
            quote_id=number,
            product_id=item.id,
            quantity=quantity,
            list_price=item.fact.list_price,
            unit_price=unit,
        )


def deliver(world: World, sales: list[Sale]) -> None:
    """Write down what follows a won deal: its order, one or two invoices, and what was paid until today."""
    luck = world.luck("money")
    for sale in sales:
        if sale.stage is not Stage.WON or sale.closed is None:
            continue
        order = world.add(
            Order,
            date=sale.closed,
            account_id=sale.client.id,
            deal_id=sale.id,
            product_id=sale.item.id,
            owner_id=sale.seller.id,
            quantity=sale.quantity,
            amount=sale.amount,
            status="delivered" if (world.today - sale.closed).days > 21 else "open",
        )
        for day, amount in _instalments(luck, sale):
            if day <= world.today:
                _invoice(world, luck, sale, order, (day, amount))


def _instalments(luck: Random, sale: Sale) -> Iterator[tuple[date, int]]:
    assert sale.closed is not None
    if sale.amount < 60_000 or luck.random() < 0.5:
        yield sale.closed + timedelta(days=luck.randint(0, 5)), sale.amount
        return
    first = sale.amount * 3 // 10
    yield sale.closed, first
    yield sale.closed + timedelta(days=luck.randint(20, 45)), sale.amount - first


def _invoice(world: World, luck: Random, sale: Sale, order: int, instalment: tuple[date, int]) -> None:
    day, amount = instalment
    due = day + timedelta(days=TERM_DAYS)
    owners = {"account_id": sale.client.id, "owner_id": sale.seller.id}
    number = world.add(Invoice, date=day, due_date=due, order_id=order, deal_id=sale.id, amount=amount, **owners)
    for day_paid, part in _paid(world, luck, sale, due, amount):
        if day_paid <= world.today:
            world.add(Payment, date=day_paid, invoice_id=number, amount=part, **owners)


def _paid(world: World, luck: Random, sale: Sale, due: date, amount: int) -> list[tuple[date, int]]:
    """One payment or two; of an invoice that stays unpaid, none or only the first of two."""
    slow = sale.client.sector == world.phenomena.slow_payers.sector
    habits = world.phenomena.slow_payers if slow else world.phenomena.payers
    first = due + timedelta(days=between(luck, habits.late_days))
    halves = luck.random() < 0.12
    parts = [(first, amount)]
    if halves:
        parts = [(first, amount // 2), (first + timedelta(days=luck.randint(10, 30)), amount - amount // 2)]
    return parts[:-1] if luck.random() < habits.unpaid else parts
