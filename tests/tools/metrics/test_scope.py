"""Nothing outside the asker's scope changes an answer, whichever way it is asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, update

from core.clock import Clock
from core.periods import Period
from db.engine import system_session
from db.tables import Account, Activity, Base, Contact, Deal, Invoice, Order, Payment, Quote, Stage, Target, Ticket
from tests.tools.metrics.company import LOADED, TODAY, Row, Rows, identity, make_rows, seen_by, write_rows
from tools.metrics.codec import Json, answer_to_json
from tools.metrics.desk import Desk
from tools.metrics.query import Answer, Filter, MetricQuery, Question, RecordQuery, Threshold

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31), "2025")
THIS = Period(date(2026, 1, 1), date(2026, 12, 31), "2026")
METRICS = (
    *("revenue", "deals_won", "deals_lost", "win_rate", "avg_deal_size", "sales_cycle_days", "new_deals", "open_deals"),
    *("pipeline_value", "price_realisation", "collections", "receivables_overdue", "attainment", "visits", "calls"),
    *("meetings", "emails", "effective_visits", "active_accounts"),
)
RECORDS = ("deal", "account", "contact", "activity", "quote", "order", "invoice", "payment", "ticket", "target")
QUESTIONS: list[Question] = [
    *(MetricQuery((name,)) for name in METRICS),
    *(RecordQuery(record) for record in RECORDS),
    *(RecordQuery(record, count=True) for record in RECORDS),
    *(MetricQuery(("revenue",), (key,), period=YEAR) for key in ("rep", "manager", "region", "account", "parent")),
    *(MetricQuery(("revenue",), (key,), period=YEAR) for key in ("sector", "country", "product", "tier", "month")),
    MetricQuery(("visits", "active_accounts"), ("account", "quarter")),
    MetricQuery(("revenue",), ("account",), order="desc", limit=3, share=True),
    MetricQuery(("revenue",), ("month",), period=THIS, compare=YEAR, cumulative=True),
    MetricQuery(("win_rate",), ("rep",), having=(Threshold("deals_won", "over", Decimal(1)),)),
    MetricQuery(("revenue",), distinct="account"),
    MetricQuery(("attainment",), ("rep", "quarter")),
    MetricQuery(("revenue",), whole_company=True),
    MetricQuery(("revenue",), filters=(Filter("rep", "is", ("Dee",)),)),
    MetricQuery(("revenue",), filters=(Filter("manager", "is", ("Mei",)),)),
    MetricQuery(("revenue",), filters=(Filter("region", "is", ("West",)),)),
    MetricQuery(("revenue",), filters=(Filter("region", "is", ("South",)),)),
    MetricQuery(("revenue",), filters=(Filter("sector", "is_not", ("retail",)),)),
    MetricQuery(("collections",), filters=(Filter("seats", "over", (Decimal(10),)),)),
    *(MetricQuery(("revenue",), filters=(Filter("account", "is", (f"Account {n}",)),)) for n in (1, 3, 6, 9, 99)),
    *(RecordQuery("contact", filters=(Filter("account", "is", (f"Account {n}",)),)) for n in (2, 7)),
    MetricQuery(("revenue",), filters=(Filter("parent", "is", ("Zhonghe",)),)),
    *(RecordQuery("deal", filters=(Filter("name", "is", (f"Deal {n}",)),)) for n in (1, 40, 80, 500)),
    RecordQuery("deal", order_by="close_value", limit=3, filters=(Filter("stage", "is", ("won",)),)),
    RecordQuery("account", never="deals_won"),
    RecordQuery("account", never="visits", period=THIS),
    RecordQuery("product", never="revenue"),
    RecordQuery("person", never="revenue"),
]
TYPED = [
    "revenue this year",
    "top 3 accounts by revenue",
    "which accounts have we never won",
    "revenue of Account 3",
    "revenue of Secret Corp",
    "contacts of Account 7",
    "what stage is Deal 40",
    "上个季度各客户的赢单金额",
    "Account 9 的联系人",
    "win rate by sector",
    "visits to Hidden Valley",
    "revenue of Dee",
]
OWNED: tuple[type[Base], ...] = (Deal, Activity, Quote, Order, Invoice, Payment, Ticket, Target)


def seen(answer: Answer) -> Json:
    """Everything of an answer but when it was worked out."""
    fixed = replace(
        answer, receipts=tuple(one.model_copy(update={"as_of": "", "query_id": ""}) for one in answer.receipts)
    )
    return answer_to_json(fixed)


def answers(engine: Engine, clock: Clock, asker: int) -> list[Json]:
    desk = Desk(engine, clock)
    found = [desk.run(identity(asker), question, "en") for question in QUESTIONS]
    return [seen(answer) for answer in [*found, *(desk.ask(identity(asker), text, "en") for text in TYPED)]]


def _outside(asker: int) -> Any:
    people = seen_by(asker)
    assert people is not None
    return lambda column: column.not_in(people) | column.is_(None)


def _hidden_accounts(rows: Rows, asker: int) -> list[int]:
    people = seen_by(asker) or set()
    on_deals = {row["account_id"] for row in rows.deals if row["owner_id"] in people}
    return [row["id"] for row in rows.accounts if row["owner_id"] not in people and row["id"] not in on_deals]


def change_rows(engine: Engine, rows: Rows, asker: int) -> None:
    """Other values in every row the asker does not see."""
    outside, hidden = _outside(asker), _hidden_accounts(rows, asker)
    with system_session(engine) as session:
        deals = {"close_value": Decimal(777), "stage": Stage.WON, "close_date": date(2026, 2, 2), "region": "East"}
        session.execute(update(Deal).where(outside(Deal.owner_id)).values(deals | {"name": "Other"}))
        session.execute(update(Activity).where(outside(Activity.owner_id)).values(kind="visit", outcome="new"))
        for model in (Quote, Order, Invoice, Payment):
            owner, amount = model.__table__.c["owner_id"], {"amount": Decimal(999)}
            session.execute(update(model).where(outside(owner)).values(amount))
        session.execute(update(Target).where(outside(Target.owner_id)).values(value=Decimal(5), metric="revenue"))
        session.execute(update(Ticket).where(outside(Ticket.owner_id)).values(subject="other"))
        renamed = {
            "name": "Secret Corp",
            "sector": "space",
            "parent": "Zhonghe",
            "custom": {"tier": "gold", "seats": 99},
        }
        session.execute(update(Account).where(Account.id.in_(hidden)).values(renamed))
        session.execute(update(Contact).where(Contact.account_id.in_(hidden)).values(name="Someone Else"))


def delete_rows(engine: Engine, rows: Rows, asker: int) -> None:
    """No row left that the asker does not see."""
    outside, hidden = _outside(asker), _hidden_accounts(rows, asker)
    people = seen_by(asker) or set()
    kept = {
        row["account_id"]
        for name in ("activities", "invoices", "payments", "orders", "quotes", "tickets")
        for row in getattr(rows, name)
        if row["owner_id"] in people
    }
    linked = {row["deal_id"] for row in rows.activities if row["owner_id"] in people}
    paid = {row["invoice_id"] for row in rows.payments if row["owner_id"] in people}
    with system_session(engine) as session:
        for model in reversed(OWNED):
            owner, key = model.__table__.c["owner_id"], model.__table__.c["id"]
            spared = linked if model is Deal else paid if model is Invoice else set()
            session.execute(delete(model).where(outside(owner), key.not_in(spared - {None})))
        session.execute(delete(Contact).where(Contact.account_id.in_(hidden)))
        used = {row["account_id"] for row in rows.deals if row["id"] in linked}
        used |= {row["account_id"] for row in rows.invoices if row["id"] in paid}
        session.execute(delete(Account).where(Account.id.in_([one for one in hidden if one not in kept | used])))


def add_rows(engine: Engine, rows: Rows, asker: int) -> None:
    """Many more rows that the asker does not see."""
    stranger = 13
    with system_session(engine) as session:

        def add(model: type[Base], number: int, **values: Any) -> None:
            mark: Row = {"id": number, "source": "more", "external_id": f"{number}", "loaded_at": LOADED, "custom": {}}
            session.execute(insert(model).values(mark | values))

        for number, name in enumerate(("Secret Corp", "Hidden Valley", "Account 99"), 900):
            add(Account, number, name=name, owner_id=stranger, sector="retail", parent="Zhonghe")
            add(Contact, number, account_id=number, name=f"Contact {number}")
        for number in range(900, 940):
            shared: Row = {"owner_id": stranger, "account_id": 1 + number % 14 if number % 2 else 900}
            won = {"stage": "won", "close_date": TODAY, "engage_date": TODAY, "close_value": Decimal(5000)}
            add(Deal, number, name=f"Deal {number % 3 * 250}", product_id=3, **shared, **won)
            add(Activity, number, kind="visit", date=TODAY, outcome="x", **shared)
            add(Payment, number, date=TODAY, amount=Decimal(50), invoice_id=1 + number % 60, **shared)
            add(Invoice, number, date=TODAY, due_date=date(2026, 1, 1), amount=Decimal(50), **shared)
        add(Target, 999, metric="calls", owner_id=stranger, start_date=TODAY, end_date=TODAY, value=Decimal(1))


CHANGES: dict[str, Callable[[Engine, Rows, int], None]] = {
    "changed": change_rows,
    "deleted": delete_rows,
    "added": add_rows,
}


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("asker", [5, 2, 4], ids=["rep", "manager", "manager of a part"])
def test_rows_outside_the_scope_change_nothing(engine: Engine, clock: Clock, how: str, asker: int) -> None:
    rows = make_rows(seed=21)
    write_rows(engine, rows)
    before = answers(engine, clock, asker)
    CHANGES[how](engine, rows, asker)
    after = answers(engine, clock, asker)
    for question, one, other in zip([*QUESTIONS, *TYPED], before, after, strict=True):
        assert one == other, question


def test_the_changes_do_change_what_the_director_sees(sqlite_engine: Engine, clock: Clock) -> None:
    rows = make_rows(seed=21)
    write_rows(sqlite_engine, rows)
    before = answers(sqlite_engine, clock, 1)
    add_rows(sqlite_engine, rows, 5)
    after = answers(sqlite_engine, clock, 1)
    assert sum(one != other for one, other in zip(before, after, strict=True)) > len(before) / 2
