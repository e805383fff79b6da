"""How the company keeps in touch: activities, campaign touches, tickets, targets."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from db.demo import facts
from db.demo.clients import Client
from db.demo.facts import WorkFacts
from db.demo.sales import Sale
from db.demo.world import World, between, pick
from db.tables import Activity, CampaignTouch, Ticket

KINDS = {"visit": 26.0, "call": 34.0, "meeting": 15.0, "email": 25.0}
CARE_EVERY_DAYS = 45
TICKETS_A_CLIENT = 3
TICKET_KINDS = {"question": 44.0, "request": 30.0, "incident": 18.0, "complaint": 8.0}
SEVERITIES = {"low": 5.0, "medium": 4.0, "high": 1.0}
TOUCHES = 2600


def keep_in_touch(world: World, clients: list[Client], sales: list[Sale]) -> None:
    """Write the activities down: a few for every deal, and a visit or call to every customer now and then."""
    luck = world.luck("activities")
    work = facts.work()
    planned = [*_for_deals(world, luck, sales), *_for_care(world, luck, clients)]
    for day, client, sale in sorted(planned, key=lambda plan: plan[0]):
        _write_activity(world, luck, work, day, (client, sale))


Plan = tuple[date, Client, Sale | None]


def _for_deals(world: World, luck: Random, sales: list[Sale]) -> Iterator[Plan]:
    for sale in sales:
        last = min(sale.closed or world.today, world.today)
        for _ in range(luck.choice([1, 2, 2, 3, 3, 4, 5])):
            day = world.workday(sale.engaged + timedelta(days=luck.randint(0, (last - sale.engaged).days)))
            yield max(day, sale.engaged), sale.client, sale


def _for_care(world: World, luck: Random, clients: list[Client]) -> Iterator[Plan]:
    for client in clients:
        day = world.start + timedelta(days=luck.randrange(CARE_EVERY_DAYS))
        while day <= (client.left or world.today):
            yield world.workday(day), client, None
            day += timedelta(days=luck.randint(CARE_EVERY_DAYS // 2, CARE_EVERY_DAYS * 2))


def _write_activity(world: World, luck: Random, work: WorkFacts, day: date, about: tuple[Client, Sale | None]) -> None:
    client, sale = about
    kind = pick(luck, KINDS)
    contact, name = luck.choice(client.contacts)
    product = sale.item.fact.name if sale else ""
    note = luck.choice(work.notes).format(contact=name, product=product) if sale and luck.random() < 0.35 else None
    world.add(
        Activity,
        kind=kind,
        date=day,
        at=world.moment(day, luck),
        account_id=client.id,
        deal_id=sale.id if sale else None,
        contact_id=contact,
        owner_id=(sale.seller if sale else client.owner).id,
        outcome=luck.choice(work.outcomes) if kind == "visit" and luck.random() < 0.68 else None,
        note=note,
    )


def touch(world: World, clients: list[Client]) -> None:
    """Write the campaign touches down."""
    luck = world.luck("campaigns")
    work = facts.work()
    days = world.days()
    names = list(work.campaigns)
    for day in sorted(luck.choices(days, k=TOUCHES)):
        client = luck.choice(clients)
        campaign = luck.choice(names)
        world.add(
            CampaignTouch,
            date=day,
            campaign=campaign,
            channel=work.campaigns[campaign],
            account_id=client.id,
            contact_id=luck.choice(client.contacts)[0],
            owner_id=client.owner.id,
            response=luck.choice(work.responses),
        )


def support(world: World, clients: list[Client]) -> None:
    """Write the tickets down; who is about to leave complains first."""
    luck = world.luck("tickets")
    work = facts.work()
    planned = sorted(_tickets(world, luck, clients), key=lambda plan: (plan[0], plan[1].id))
    for day, client, kind in planned:
        hard = kind == "complaint"
        closed = day + timedelta(days=luck.randint(6, 40) if hard else luck.randint(0, 12))
        done = closed <= world.today
        world.add(
            Ticket,
            date=day,
            closed_date=closed if done else None,
            account_id=client.id,
            contact_id=luck.choice(client.contacts)[0],
            owner_id=client.owner.id,
            kind=kind,
            severity="high" if hard and luck.random() < 0.6 else pick(luck, SEVERITIES),
            status="closed" if done else "open",
            subject=luck.choice(work.tickets[kind]),
        )


def _tickets(world: World, luck: Random, clients: list[Client]) -> Iterator[tuple[date, Client, str]]:
    churn = world.phenomena.churn
    days = world.days()
    for client in clients:
        for day in luck.choices(days, k=luck.randrange(TICKETS_A_CLIENT * 2)):
            if client.left is None or day <= client.left:
                yield day, client, pick(luck, TICKET_KINDS)
        if client.left:
            for _ in range(between(luck, churn.complaints)):
                day = client.left - timedelta(days=luck.randrange(churn.warning_days))
                yield world.workday(day), client, "complaint"
