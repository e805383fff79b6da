"""What was said with customers, made from the scenes in `talks_en.yaml` and `talks_zh.yaml`."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from db.demo import facts
from db.demo.clients import Client
from db.demo.facts import SceneFact
from db.demo.sales import Sale
from db.demo.world import World, pick
from db.tables import Conversation, Message

NUMBER = 300
OPTIONAL = 0.65
Talk = tuple[date, Client, str, str]


def converse(world: World, clients: list[Client], sales: list[Sale]) -> None:
    """Write the conversations down: around deals, and the complaints and farewells of those who leave."""
    luck = world.luck("talks")
    planned = [*_around_deals(world, luck, sales), *_of_leavers(world, luck, clients)]
    for talk in sorted(planned, key=lambda plan: (plan[0], plan[1].id)):
        _write(world, luck, talk)


def _around_deals(world: World, luck: Random, sales: list[Sale]) -> Iterator[Talk]:
    scenes = {lang: {scene.topic: scene.weight for scene in facts.talks(lang).scenes} for lang in ("en", "zh")}
    for sale in luck.sample(sales, NUMBER):
        topic = pick(luck, scenes[sale.client.lang])
        last = min(sale.closed or world.today, world.today)
        day = sale.engaged + timedelta(days=luck.randint(0, (last - sale.engaged).days))
        if topic != "leaving":
            yield max(sale.engaged, world.workday(day)), sale.client, topic, sale.item.fact.name


def _of_leavers(world: World, luck: Random, clients: list[Client]) -> Iterator[Talk]:
    products = [fact.name for fact in facts.products()]
    for client in clients:
        if client.left:
            product = luck.choice(products)
            complained = client.left - timedelta(days=luck.randint(10, world.phenomena.churn.warning_days))
            yield world.workday(complained), client, "complaint", product
            if luck.random() < 0.7:
                yield world.workday(client.left), client, "leaving", product


def _lines(luck: Random, scene: SceneFact) -> Iterator[tuple[str, str]]:
    for turn in scene.turns:
        for speaker, variants in turn.items():
            if not speaker.endswith("?") or luck.random() < OPTIONAL:
                yield speaker.rstrip("?"), luck.choice(variants)


def _write(world: World, luck: Random, talk: Talk) -> None:
    day, client, topic, product = talk
    said = facts.talks(client.lang)
    scene = next(scene for scene in said.scenes if scene.topic == topic)
    contact, contact_name = luck.choice(client.contacts)
    names = {"contact": contact_name, "rep": client.owner.name, "product": product}
    started = world.moment(day, luck)
    number = world.add(
        Conversation,
        kind="customer",
        channel=luck.choice(scene.channels),
        title=None,
        account_id=client.id,
        contact_id=contact,
        owner_id=client.owner.id,
        started_at=started,
    )
    at = started
    for speaker, text in _lines(luck, scene):
        filled = text.format(**names, **{slot: luck.choice(words) for slot, words in said.slots.items()})
        author = contact_name if speaker == "customer" else client.owner.name
        _say(world, number, (speaker, author), filled, lang=client.lang, at=at)
        at = min(at + timedelta(minutes=luck.randint(1, 90)), world.now)


def _say(world: World, conversation: int, who: tuple[str, str], text: str, **marks: Any) -> None:
    speaker, author = who
    world.add(Message, conversation_id=conversation, speaker=speaker, author=author, text=text, **marks)
