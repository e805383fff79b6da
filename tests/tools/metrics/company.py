"""A small made-up company with every kind of record: the same rows for the same seed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import Engine, insert, select

from core.company import Company, CustomField
from core.identity import Identity, Role
from db.company import save_company
from db.engine import system_session
from db.tables import (
    RECORDS,
    Account,
    Activity,
    Base,
    Contact,
    Deal,
    Invoice,
    Order,
    Payment,
    Person,
    Product,
    Quote,
    Target,
    Ticket,
)
from tools.metrics.entries import columns_of

TODAY = date(2026, 6, 17)
LOADED = datetime(2026, 6, 16, 20, 0, tzinfo=UTC)
R = Role
PEOPLE = [  # id, name, role, region, manager
    (1, "Dana", R.DIRECTOR, None, None),
    (2, "Mo", R.MANAGER, "East", 1),
    (3, "Mei", R.MANAGER, "West", 1),
    (4, "Uma", R.MANAGER, "East", 2),
    (5, "Ann", R.REP, "East", 2),
    (6, "Ben", R.REP, "East", 2),
    (7, "Fay", R.REP, "East", 2),
    (8, "Gil", R.REP, "East", 2),
    (9, "Sam Lee", R.REP, "East", 2),
    (10, "Cai", R.REP, "East", 4),
    (11, "Dee", R.REP, "West", 3),
    (12, "Sam Lee", R.REP, "West", 3),
    (13, "Ivy", R.REP, "North", 1),
    (14, "Tia", R.TRAINER, None, 1),
    (15, "Ada", R.ADMIN, None, 1),
    (16, "Eve", R.REP, "West", 3),
]
INACTIVE = {16}
SELLERS = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16]
PRODUCTS = [(1, "Basic", "Core", 100), (2, "Plus", "Core", 250), (3, "Max", "Pro", 1000), (4, "Loose", None, None)]
SECTORS = ["retail", "energy", "health", None]
COUNTRIES = ["China", "Kenya", "France"]
PARENTS = ["Acme Group", "Zhonghe", None]
TIERS = ["gold", "silver", None]
Row = dict[str, Any]


@dataclass
class Rows:
    """Every row of the company by kind, as plain dictionaries."""

    people: list[Row]
    products: list[Row]
    accounts: list[Row]
    contacts: list[Row]
    deals: list[Row]
    activities: list[Row]
    quotes: list[Row]
    orders: list[Row]
    invoices: list[Row]
    payments: list[Row]
    tickets: list[Row]
    targets: list[Row]


MODELS: dict[str, type[Base]] = {
    "people": Person,
    "products": Product,
    "accounts": Account,
    "contacts": Contact,
    "deals": Deal,
    "activities": Activity,
    "quotes": Quote,
    "orders": Order,
    "invoices": Invoice,
    "payments": Payment,
    "tickets": Ticket,
    "targets": Target,
}


def make_rows(seed: int) -> Rows:
    """The rows of the company with that seed."""
    luck = Random(seed)
    rows = Rows([], [], [], [], [], [], [], [], [], [], [], [])
    rows.people = [
        {"id": i, "name": n, "role": role, "region": g, "manager_id": m, "active": i not in INACTIVE}
        for i, n, role, g, m in PEOPLE
    ]
    rows.products = [{"id": i, "name": n, "series": s, "list_price": _money(p)} for i, n, s, p in PRODUCTS]
    for number in range(1, 15):
        rows.accounts.append(_account(luck, number))
        rows.contacts.append({"id": number, "account_id": number, "name": f"Contact {number}", "title": "buyer"})
    for number in range(1, 121):
        rows.deals.append(_deal(luck, number))
    for number in range(1, 161):
        rows.activities.append(_activity(luck, number))
    for number in range(1, 61):
        rows.invoices.append(_invoice(luck, number))
        rows.payments += _payments(luck, rows.invoices[-1], len(rows.payments))
    for number in range(1, 31):
        rows.orders.append(_dated(luck, number, amount=_money(luck.randint(1, 900)), product_id=luck.choice([1, 2, 3])))
        rows.quotes.append(_dated(luck, number, amount=_money(luck.randint(1, 900)), status="sent"))
        rows.tickets.append(_dated(luck, number, kind=luck.choice(["complaint", "question"]), subject="help"))
    rows.targets = list(_targets(luck))
    return rows


def _money(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount) + Decimal("0.25")


def _day(luck: Random, first: date = date(2025, 1, 1), days: int = 530) -> date:
    return first + timedelta(days=luck.randrange(days))


def _account(luck: Random, number: int) -> Row:
    return {
        "id": number,
        "name": f"Account {number}",
        "sector": luck.choice(SECTORS),
        "country": luck.choice(COUNTRIES),
        "parent": luck.choice(PARENTS),
        "owner_id": luck.choice([*SELLERS, None]),
        "custom": {"tier": luck.choice(TIERS), "seats": luck.randint(1, 40)},
    }


def _deal(luck: Random, number: int) -> Row:
    stage = luck.choice(["won", "won", "won", "lost", "lost", "engaging", "prospecting"])
    engaged = None if stage == "prospecting" else _day(luck)
    closed = min(engaged + timedelta(days=luck.randrange(90)), TODAY) if engaged and stage in ("won", "lost") else None
    value = _money(luck.randint(50, 2000)) if stage == "won" or luck.random() < 0.2 else None
    return {
        "id": number,
        "name": f"Deal {number}",
        "account_id": luck.choice([*range(1, 15), None]),
        "owner_id": luck.choice([*SELLERS, None]),
        "product_id": luck.choice([1, 2, 3, 4, None]),
        "region": luck.choice([None, None, None, "East", "South"]),
        "stage": stage,
        "engage_date": engaged,
        "close_date": closed,
        "close_value": value,
        "list_price": luck.choice([None, _money(luck.randint(50, 2000))]),
        "custom": {"channel": luck.choice(["web", "fair", None])},
    }


def _activity(luck: Random, number: int) -> Row:
    return _dated(luck, number, kind=luck.choice(["visit", "call", "meeting", "email"])) | {
        "outcome": luck.choice([None, "agreed"]),
        "deal_id": luck.choice([None, luck.randint(1, 120)]),
    }


def _dated(luck: Random, number: int, **fields: Any) -> Row:
    owner, account = luck.choice([*SELLERS, None]), luck.choice([*range(1, 15), None])
    return {"id": number, "date": _day(luck), "owner_id": owner, "account_id": account, **fields}


def _invoice(luck: Random, number: int) -> Row:
    found = _dated(luck, number, amount=_money(luck.randint(10, 500)))
    return found | {"due_date": luck.choice([None, found["date"] + timedelta(days=30)])}


def _payments(luck: Random, invoice: Row, made: int) -> list[Row]:
    owners = [invoice["owner_id"], luck.choice(SELLERS)]
    return [
        {
            "id": made + number,
            "date": invoice["date"] + timedelta(days=luck.randrange(120)),
            "owner_id": luck.choice(owners),
            "account_id": invoice["account_id"],
            "invoice_id": luck.choice([invoice["id"], invoice["id"], None]),
            "amount": _money(luck.randint(5, 300)),
        }
        for number in range(1, luck.randint(1, 3))
    ]


def _targets(luck: Random) -> Any:
    number = 0
    for owner in SELLERS:
        for quarter in range(6):
            first = date(2025 + quarter // 4, quarter % 4 * 3 + 1, 1)
            last = date(first.year + (first.month == 10), (first.month + 3 - 1) % 12 + 1, 1) - timedelta(days=1)
            for metric, value in (("revenue", luck.randint(0, 4000)), ("visits", luck.randint(1, 9))):
                number += 1
                days = {"start_date": first, "end_date": last}
                yield {"id": number, "metric": metric, "owner_id": owner, "value": Decimal(value), **days}


def write_rows(engine: Engine, rows: Rows, company: Company | None = None) -> None:
    """Put the rows into an empty database, with the company's settings."""
    with system_session(engine) as session:
        for name, model in MODELS.items():
            mark = [
                {"source": "test", "external_id": str(row["id"]), "loaded_at": LOADED} for row in getattr(rows, name)
            ]
            values = [{"custom": {}} | own | row for own, row in zip(mark, getattr(rows, name), strict=True)]
            for value in values:
                session.execute(insert(model).values(value))
        loaded = {kind: set(columns_of(kind)) for kind in RECORDS if kind != "campaign_touch"}
        save_company(session, company or COMPANY, loaded, LOADED)


COMPANY = Company(
    name="Small",
    currency="CNY",
    timezone="Asia/Shanghai",
    custom_fields=[
        CustomField(record="account", name="tier", words=["tier", "客户等级"]),
        CustomField(record="account", name="seats", type="number", words=["seats", "席位"]),
        CustomField(record="deal", name="channel", words=["channel", "渠道"]),
    ],
)


def identity(person_id: int) -> Identity:
    """The identity of one of the people above."""
    number, name, role, region, _ = next(person for person in PEOPLE if person[0] == person_id)
    return Identity(number, name, role, region)


def seen_by(person_id: int) -> set[int] | None:
    """Whose rows a person sees; None for everyone's, worked out from the list above by hand."""
    return {
        1: None,
        2: {2, 4, 5, 6, 7, 8, 9, 10},
        3: {3, 11, 12, 16},
        4: {4, 10},
        5: {5},
        9: {9},
        10: {10},
        11: {11},
        14: set(),
        15: set(),
    }[person_id]


def count_people(engine: Engine) -> int:
    """How many people there are."""
    with system_session(engine) as session:
        return len(session.execute(select(Person.id)).all())
