"""The deals of the demo company: when they close, whether they are won, and at which price."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from db.demo.clients import Client
from db.demo.staff import Item, Seller
from db.demo.world import World, pick
from db.tables import Deal, Stage

LONGEST_OPEN = 150


@dataclass(frozen=True, slots=True)
class Sale:
    """A deal; `id` is 0 until it has its row. Amounts are whole units of the currency."""

    client: Client
    seller: Seller
    item: Item
    quantity: int
    unit_price: int
    stage: Stage
    engaged: date
    closed: date | None
    id: int = 0

    @property
    def amount(self) -> int:
        """What the customer pays if it is won."""
        return self.unit_price * self.quantity

    @property
    def list_amount(self) -> int:
        """What it would cost without a discount."""
        return self.item.fact.list_price * self.quantity


@dataclass(frozen=True)
class Market:
    """Who buys, who sells and what there is."""

    clients: list[Client]
    sellers: list[Seller]
    items: list[Item]

    def client(self, luck: Random, day: date, cumulative: list[float]) -> Client:
        """A customer who still buys on that day."""
        while True:
            client = luck.choices(self.clients, cum_weights=cumulative)[0]
            if client.left is None or day <= client.left:
                return client


def _day_weights(world: World, days: list[date]) -> list[float]:
    """The season, steady growth, and the rush at the end of a month."""
    weights = []
    for day in days:
        months = (day.year - world.start.year) * 12 + day.month - world.start.month
        rush = 1.35 if day.day > 24 else 1.0
        weights.append(world.phenomena.season[day.month] * (1 + world.phenomena.monthly_growth) ** months * rush)
    return weights


def _discount(world: World, luck: Random, client: Client, seller: Seller, item: Item) -> float:
    conflict = world.phenomena.conflict
    if client.parent == conflict.parent and item.fact.name == conflict.product:
        return conflict.discounts[seller.region] + luck.uniform(-0.02, 0.02)
    return min(0.45, max(0.0, luck.gauss(seller.discount, 0.035)))


def _deal(world: World, luck: Random, client: Client, market: Market) -> Sale:
    """A deal still without dates and outcome."""
    conflict = world.phenomena.conflict
    seller = client.owner
    if luck.random() < 0.04:
        seller = luck.choice([other for other in market.sellers if other.region == seller.region])
    fits = client.parent == conflict.parent and luck.random() < conflict.share
    named = [item for item in market.items if item.fact.name == conflict.product]
    item = named[0] if fits else pick(luck, {item: item.fact.weight for item in market.items})
    price = round(item.fact.list_price * (1 - _discount(world, luck, client, seller, item)))
    quantity = luck.choice(item.fact.quantities)
    return Sale(client, seller, item, quantity, price, Stage.PROSPECTING, world.start, None)


def _cycle(world: World, luck: Random, sale: Sale) -> int:
    size = 1.25 if sale.list_amount > 150_000 else 0.9
    days = world.phenomena.cycle_days * sale.seller.pace * size * luck.lognormvariate(-0.08, 0.4)
    return max(5, min(240, round(days)))


def _closed(world: World, market: Market, number: int) -> Iterator[Sale]:
    luck = world.luck("closed deals")
    days = world.days()
    weights = list(accumulate(client.weight * client.owner.weight for client in market.clients))
    for day in sorted(luck.choices(days, _day_weights(world, days), k=number)):
        sale = _deal(world, luck, market.client(luck, day, weights), market)
        won = luck.random() < sale.seller.win_rate
        engaged = world.workday(day - timedelta(days=_cycle(world, luck, sale)))
        yield replace(sale, stage=Stage.WON if won else Stage.LOST, engaged=engaged, closed=day)


def _open(world: World, market: Market, number: int) -> Iterator[Sale]:
    luck = world.luck("open deals")
    weights = list(accumulate(client.weight * client.owner.weight for client in market.clients))
    for _ in range(number):
        age = int(LONGEST_OPEN * luck.random() ** 1.6)
        engaged = world.workday(world.today - timedelta(days=age))
        sale = _deal(world, luck, market.client(luck, world.today, weights), market)
        engaging = luck.random() < min(0.95, age / 60)
        yield replace(sale, stage=Stage.ENGAGING if engaging else Stage.PROSPECTING, engaged=engaged)


def make_sales(world: World, market: Market) -> list[Sale]:
    """Write the deals down, the oldest first. A few open ones have an expected value already."""
    planted = world.phenomena
    sales = [*_closed(world, market, planted.deals - planted.open_deals), *_open(world, market, planted.open_deals)]
    luck = world.luck("expected values")
    return [
        replace(sale, id=_write(world, number, sale, expected=luck.random() < 0.12))
        for number, sale in enumerate(sorted(sales, key=lambda sale: sale.engaged), start=1)
    ]


def _write(world: World, number: int, sale: Sale, *, expected: bool) -> int:
    valued = sale.stage is Stage.WON or (sale.stage is Stage.ENGAGING and expected)
    return world.add(
        Deal,
        name=f"D{number:04d} {sale.client.name} {sale.item.fact.name}",
        account_id=sale.client.id,
        owner_id=sale.seller.id,
        product_id=sale.item.id,
        region=None,
        stage=sale.stage,
        engage_date=sale.engaged,
        close_date=sale.closed,
        close_value=sale.amount if valued else None,
        list_price=sale.list_amount,
    )
