"""The customers of the demo company, and the people there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from db.demo import facts
from db.demo.facts import AccountFacts, Lang
from db.demo.staff import Seller
from db.demo.world import World, between, pick
from db.tables import Account, Contact

LEAVER_WEIGHT = 3.2
TIER_WEIGHTS = {"A": 2.6, "B": 1.2, "C": 0.6}


@dataclass(frozen=True, slots=True)
class Client:
    """An account that has its row. After `left` it buys nothing."""

    id: int
    name: str
    lang: Lang
    sector: str
    parent: str | None
    owner: Seller
    weight: float
    left: date | None
    contacts: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    name: str
    lang: Lang
    sector: str
    parent: str | None
    region: str


def _brands(luck: Random, made: AccountFacts) -> Iterator[str]:
    pairs = [first + second for first in made.brand["first"] for second in made.brand["second"]]
    luck.shuffle(pairs)
    yield from pairs


def _name(luck: Random, made: AccountFacts, draft: _Draft) -> str:
    """`draft.name` is the stem: Kestrel → Kestrel Freight Ltd; a Chinese one gets its city before it."""
    words = made.sectors[draft.sector]
    if draft.lang == "en":
        return f"{draft.name} {luck.choice(words.en)} {luck.choice(made.forms['en'])}".strip()
    city = luck.choice(made.cities[draft.region])
    return f"{city}{draft.name}{luck.choice(words.zh)}{luck.choice(made.forms['zh'])}"


def _drafts(world: World, made: AccountFacts) -> Iterator[_Draft]:
    luck = world.luck("drafts")
    sectors = {name: fact.weight for name, fact in made.sectors.items()}
    members = 0
    for parent in made.parents:
        for region in parent.regions:
            members += 1
            yield _Draft(parent.stem, parent.lang, pick(luck, sectors), parent.name, region)
    brands = _brands(luck, made)
    regions = dict.fromkeys(made.cities, 1.0)
    for number in range(world.phenomena.accounts - members):
        english = number % 5 in (0, 2)
        stem = made.stems[number // 5 * 2 % len(made.stems) + number % 5 // 2] if english else next(brands)
        yield _Draft(stem, "en" if english else "zh", pick(luck, sectors), None, pick(luck, regions))


def _people_there(world: World, luck: Random, account: int, lang: Lang) -> list[tuple[int, str]]:
    words = facts.accounts().contacts
    found = []
    for _ in range(luck.randint(1, 3)):
        if lang == "en":
            name = f"{luck.choice(words.en_first)} {luck.choice(words.en_last)}"
        else:
            name = luck.choice(words.zh_last) + luck.choice(words.zh_first)
        number = world.add(
            Contact,
            account_id=account,
            name=name,
            title=luck.choice(words.titles[lang]),
            email=f"c{luck.randrange(10**6):06d}@customer.example",
            phone=f"+86 555 {luck.randrange(10**7):07d}",
        )
        found.append((number, name))
    return found


def _leavers(world: World, drafts: list[_Draft]) -> dict[int, date]:
    """Which drafts stop ordering, and after which day."""
    luck = world.luck("churn")
    churn = world.phenomena.churn
    alone = [number for number, draft in enumerate(drafts) if draft.parent is None]
    gone = sorted(luck.sample(alone, churn.accounts))
    return {number: world.today - timedelta(days=between(luck, churn.quiet_days)) for number in gone}


def win_clients(world: World, sellers: list[Seller]) -> list[Client]:
    """Write the accounts and contacts down, each account with an owner in its region."""
    made = facts.accounts()
    drafts = list(_drafts(world, made))
    leavers = _leavers(world, drafts)
    turns = _teams(sellers)
    taken: set[str] = set()
    clients = []
    for number, draft in enumerate(drafts):
        luck = world.luck(f"client {number}")
        named = replace(draft, name=_free_name(luck, made, draft, taken))
        owner = turns[draft.region][number % len(turns[draft.region])]
        clients.append(_write(world, luck, named, owner, leavers.get(number)))
    return clients


def _free_name(luck: Random, made: AccountFacts, draft: _Draft, taken: set[str]) -> str:
    name = _name(luck, made, draft)
    while name in taken:
        name = _name(luck, made, draft)
    taken.add(name)
    return name


def _teams(sellers: list[Seller]) -> dict[str, list[Seller]]:
    teams: dict[str, list[Seller]] = {}
    for seller in sellers:
        teams.setdefault(seller.region, []).append(seller)
    return teams


def _write(world: World, luck: Random, draft: _Draft, owner: Seller, left: date | None) -> Client:
    made = facts.accounts()
    tier = pick(luck, made.tiers)
    number = world.add(
        Account,
        name=draft.name,
        sector=draft.sector,
        country=pick(luck, made.countries[draft.lang]),
        parent=draft.parent,
        owner_id=owner.id,
        custom={"tier": tier},
    )
    contacts = tuple(_people_there(world, luck, number, draft.lang))
    weight = TIER_WEIGHTS[tier] * luck.uniform(0.7, 1.4)
    if left:
        weight = max(weight, LEAVER_WEIGHT)
    return Client(number, draft.name, draft.lang, draft.sector, draft.parent, owner, weight, left, contacts)
