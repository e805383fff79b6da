"""The people of the demo company, and what they sell."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity import Role
from db.demo import facts
from db.demo.facts import ProductFact
from db.demo.world import World
from db.tables import Duty, Person, Product


@dataclass(frozen=True, slots=True)
class Seller:
    """A rep, and how they sell."""

    id: int
    name: str
    region: str
    win_rate: float
    discount: float
    pace: float
    weight: float


@dataclass(frozen=True, slots=True)
class Item:
    """A product that has its row."""

    id: int
    fact: ProductFact


def hire(world: World) -> list[Seller]:
    """Write everyone down; tells the reps."""
    ids: dict[str, int] = {}
    for person in facts.people():
        number = len(ids) + 1
        ids[person.name] = world.add(
            Person,
            name=person.name,
            role=person.role,
            region=person.region,
            manager_id=ids[person.manager] if person.manager else None,
            email=f"p{number:03d}@lanhai.example",
            active=True,
        )
    return [_seller(world, ids[person.name], person) for person in facts.people() if person.sells]


def assign(session: Session) -> None:
    """Say who steps in where it is needed: consultants by what they know, managers for their region."""
    ids = {row.name: row.id for row in session.execute(select(Person.id, Person.name))}
    for person in facts.people():
        regions = [person.region] if person.region else []
        if person.consults:
            knows = person.consults
            duty = Duty(role="technical_consultant", regions=knows.regions, skills=knows.skills)
        elif person.role is Role.MANAGER:
            duty = Duty(role="sales_manager", regions=regions, skills=[])
        else:
            continue
        duty.person_id = ids[person.name]
        session.add(duty)


def _seller(world: World, number: int, person: facts.PersonFact) -> Seller:
    luck = world.luck(f"seller {number}")
    planted = world.phenomena
    lags = person.region == planted.lagging.region
    generous = person.name == planted.over_discounter.rep
    return Seller(
        id=number,
        name=person.name,
        region=person.region or "",
        win_rate=(planted.lagging.win_rate if lags else planted.win_rate) + luck.uniform(-0.04, 0.06),
        discount=planted.over_discounter.discount if generous else planted.discount + luck.uniform(-0.02, 0.02),
        pace=(planted.lagging.cycle_factor if lags else 1.0) * luck.uniform(0.9, 1.1),
        weight=luck.uniform(0.7, 1.4),
    )


def stock(world: World) -> list[Item]:
    """Write the products down."""
    return [
        Item(
            world.add(
                Product,
                name=product.name,
                series=product.series,
                list_price=product.list_price,
                unit_cost=product.unit_cost,
            ),
            product,
        )
        for product in facts.products()
    ]
