"""What each rep should reach: revenue by the quarter, visits by the month."""

from collections.abc import Iterator
from datetime import date, timedelta

from db.demo.clients import Client
from db.demo.sales import Sale
from db.demo.staff import Seller
from db.demo.world import World
from db.tables import Stage, Target

STRETCH = 1.05
VISITS = (8, 14)
ROUNDING = 10_000


def _spans(world: World, months: int) -> Iterator[tuple[date, date]]:
    """Calendar stretches of that many months, from the first whole one to the one today is in."""
    year, month = world.start.year, world.start.month
    while (month - 1) % months:
        month += 1
        year, month = year + (month > 12), (month - 1) % 12 + 1
    first = date(year, month, 1)
    while first <= world.today:
        count = first.year * 12 + first.month - 1 + months
        following = date(count // 12, count % 12 + 1, 1)
        yield first, following - timedelta(days=1)
        first = following


def _season(world: World, first: date, last: date) -> float:
    span = (last - first).days + 1
    return sum(world.phenomena.season[(first + timedelta(days=offset)).month] for offset in range(span))


def set_targets(world: World, sellers: list[Seller], clients: list[Client], sales: list[Sale]) -> None:
    """Write the targets down: what the rep's customers and the season let expect, and a little more."""
    luck = world.luck("targets")
    won = sum(sale.amount for sale in sales if sale.stage is Stage.WON)
    weights = {seller.id: 0.0 for seller in sellers}
    for client in clients:
        weights[client.owner.id] += client.weight * client.owner.weight
    whole = _season(world, world.start, world.today)
    for first, last in _spans(world, 3):
        expected = won * _season(world, first, last) / whole
        for seller in sellers:
            share = 0.7 * weights[seller.id] / sum(weights.values()) + 0.3 / len(sellers)
            value = expected * share * STRETCH * luck.uniform(0.88, 1.15)
            rounded = max(ROUNDING, round(value / ROUNDING) * ROUNDING)
            _write(world, "revenue", seller, (first, last), rounded)
    for first, last in _spans(world, 1):
        for seller in sellers:
            _write(world, "visits", seller, (first, last), luck.randint(*VISITS))


def _write(world: World, metric: str, seller: Seller, span: tuple[date, date], value: int) -> None:
    world.add(Target, metric=metric, owner_id=seller.id, start_date=span[0], end_date=span[1], value=value)
