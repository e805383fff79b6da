"""Real exports, with counts and sums that an independent reading of the same file gives."""

import csv
import re
import sqlite3
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import NullPool

from core.identity import Role
from db.engine import system_session
from db.tables import Account, Activity, Deal, Invoice, Payment, Person, Product, Stage
from tests.connectors.records.conftest import Desk
from tests.fixtures.postgres import Postgres

pytestmark = pytest.mark.shared

BANK = """
    source: bank
    company: {name: Bank, currency: EUR, timezone: Europe/Lisbon}
    records:
      - record: account
        id: "{_line}"
        fields:
          name: "Client {_line}"
          sector: {column: job, values: {admin.: administration, unknown: null}}
        custom:
          age: {column: age, type: number, words: [years old]}
          education: education
          housing: {column: housing, type: boolean, values: {unknown: null}}
      - record: deal
        id: "{_line}"
        fields:
          stage: {column: y, values: {"yes": won, "no": lost}}
          close_date: {template: "2010-{month}-1", date_format: YYYY-MMM-D}
        links: {account: {column: _line, match: id}}
        custom:
          campaign_calls: {column: campaign, type: number}
      - record: activity
        id: "{_line}"
        fields: {kind: {constant: call}, date: {constant: "2010-05-01"}, outcome: y}
        links: {account: {column: _line, match: id}, deal: "{_line}"}
        when: [{column: duration, above: 0}]
"""


def _read(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter=delimiter))


def test_one_flat_semicolon_file_feeds_accounts_deals_and_calls(both: Desk, shared: Path) -> None:
    file = shared / "crm" / "bank_telemarketing" / "bank_additional_first_half.csv"
    truth = _read(file, ";")
    report = both.load(BANK, file)
    assert report.bad == 0
    assert {feed.record: feed.added for feed in report.feeds} == {
        "account": len(truth),
        "deal": len(truth),
        "activity": sum(int(row["duration"]) > 0 for row in truth),
    }
    stages = Counter(stage for (stage,) in both.rows(Deal.stage))
    assert stages == {
        Stage.WON: sum(row["y"] == "yes" for row in truth),
        Stage.LOST: sum(row["y"] == "no" for row in truth),
    }
    custom = [row for (row,) in both.rows(Account.custom)]
    assert sum(row["age"] for row in custom) == sum(int(row["age"]) for row in truth)
    assert Counter(row.get("housing") for row in custom) == {
        True: sum(row["housing"] == "yes" for row in truth),
        False: sum(row["housing"] == "no" for row in truth),
        None: sum(row["housing"] == "unknown" for row in truth),
    }
    assert all(account is not None for (account,) in both.rows(Activity.account_id))
    again = both.load(BANK, file)
    assert [(feed.added, feed.updated) for feed in again.feeds] == [(0, 0)] * 3


TELCO = """
    source: telco
    company: {name: Telco, currency: USD}
    empty: ["", " "]
    records:
      - record: account
        id: customerID
        fields: {name: customerID, sector: Contract}
        custom:
          tenure: {column: tenure, type: number, words: [months with us]}
          senior: {column: SeniorCitizen, type: boolean}
          churned: {column: Churn, type: boolean, words: [churn]}
          internet: InternetService
      - record: order
        id: customerID
        fields: {date: {constant: "2026-01-01"}, amount: MonthlyCharges, status: PaymentMethod}
        links: {account: {column: customerID, match: id}}
      - record: payment
        id: customerID
        fields: {date: {constant: "2026-01-01"}, amount: TotalCharges}
        links: {account: {column: customerID, match: id}}
"""


def test_amounts_are_exact_and_an_empty_amount_is_a_bad_row(both: Desk, shared: Path) -> None:
    file = shared / "crm" / "telco_churn" / "telco_customer_churn_first_half.csv"
    truth = _read(file)
    report = both.load(TELCO, file)
    empty = [number for number, row in enumerate(truth, 2) if not row["TotalCharges"].strip()]
    assert [(note.line, note.column) for note in report.bad_rows] == [(line, "TotalCharges") for line in empty]
    paid = sum((Decimal(row["TotalCharges"]) for row in truth if row["TotalCharges"].strip()), Decimal())
    assert sum((amount for (amount,) in both.rows(Payment.amount)), Decimal()) == paid
    churned = sum(row["churned"] for (row,) in both.rows(Account.custom))
    assert churned == sum(row["Churn"] == "Yes" for row in truth)


RETAIL = """
    source: retail
    company: {name: Retail, currency: GBP, timezone: Europe/London}
    records:
      - record: account
        id: customer_id
        when: [{column: customer_id, empty: false}]
        fields: {name: "Customer {customer_id}", country: country}
      - record: invoice
        id: invoice_no
        when: [{column: is_cancellation, in: ["0"]}]
        fields: {date: invoice_time, amount: amount_gbp}
        links: {account: {column: customer_id, match: id}}
        custom: {units: {column: units, type: number}}
"""


def test_invoices_by_country_without_cancellations(both: Desk, shared: Path) -> None:
    file = shared / "timeseries" / "online_retail_invoices.csv"
    truth = [row for row in _read(file) if row["is_cancellation"] == "0"]
    report = both.load(RETAIL, file)
    accounts, invoices = report.feeds
    assert report.bad == 0
    assert accounts.added == len({row["customer_id"] for row in _read(file)} - {""})
    assert invoices.added == len(truth)
    first = {row["customer_id"]: row["country"] for row in reversed(_read(file))}
    expected: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for row in truth:
        expected[first[row["customer_id"]] if row["customer_id"] else None] += Decimal(row["amount_gbp"])
    with system_session(both.engine) as session:
        statement = select(Account.country, func.sum(Invoice.amount)).select_from(Invoice)
        found = session.execute(statement.outerjoin(Account).group_by(Account.country)).all()
    assert {row.country: row[1] for row in found} == expected
    moved = [note for note in report.notes if note.column == "id"]
    countries: dict[str, set[str]] = {}
    for row in _read(file):
        countries.setdefault(row["customer_id"], set()).add(row["country"])
    assert {note.value for note in moved} == {one for one, all_ in countries.items() if one and len(all_) > 1}


CARS = """
    source: dealership
    company: {name: Cars, currency: USD}
    people: [{name: Ada Boss, role: director}]
    records:
      - record: person
        from: salespersons
        id: id
        fields:
          name: "{first_name} {last_name}"
          email: email
          active: {column: termination_date, values: {"*": "false"}, default: "true"}
      - record: product
        from: cars
        id: id
        fields: {name: "{make} {model} {year}", series: make, unit_cost: cost}
        custom: {colour: color}
      - record: account
        from: customers
        id: id
        fields: {name: "{first_name} {last_name}", country: {constant: US}}
        custom: {state: state}
      - record: deal
        from: sales
        id: id
        fields:
          stage: {constant: won}
          close_date: sale_date
          close_value: sale_price
        links:
          owner: {column: salesperson_id, match: id, required: true}
          product: {column: car_id, match: id}
          account: {column: customer_id, match: id}
      - record: invoice
        from: sales
        id: id
        fields: {date: sale_date, amount: sale_price}
        links: {deal: id}
      - record: payment
        from: payments_received
        id: id
        fields: {date: payment_date, amount: payment_amount}
        links: {invoice: sale_id}
        custom: {method: payment_method}
"""


def _sqlite_date(found: re.Match[str]) -> str:
    steps = re.findall(r"([-+])\s*INTERVAL\s*'(\d+) (\w+?)s?'", found[0], flags=re.IGNORECASE)
    days = [
        (sign, int(count) * 7, "day") if unit == "week" else (sign, int(count), unit) for sign, count, unit in steps
    ]
    return "date(" + ", ".join(["'now'", *(f"'{sign}{count} {unit}'" for sign, count, unit in days)]) + ")"


def _for_sqlite(script: str) -> str:
    script = script.replace("SERIAL PRIMARY KEY", "INTEGER PRIMARY KEY").replace("DEFAULT NOW()", "DEFAULT 0")
    today = r"(?:DATE_TRUNC\('week', CURRENT_DATE\)|NOW\(\)|CURRENT_DATE)"
    return re.sub(rf"{today}(?:\s*[-+]\s*INTERVAL\s*'[^']+')*", _sqlite_date, script)


def _check_cars(desk: Desk, url: str) -> None:
    report = desk.load(CARS, url)
    assert report.bad == 0
    assert {(note.column, note.value) for note in report.notes} == {("color", "Blue"), ("color", "Black")}
    with create_engine(url, poolclass=NullPool).connect() as truth:
        won = truth.exec_driver_sql("SELECT count(*), sum(sale_price) FROM sales").one()
        paid = truth.exec_driver_sql("SELECT count(*), sum(payment_amount) FROM payments_received").one()
        cars = truth.exec_driver_sql("SELECT count(*) FROM cars").scalar()
        best = truth.exec_driver_sql(
            "SELECT p.first_name || ' ' || p.last_name, sum(s.sale_price) FROM sales s JOIN salespersons p"
            " ON p.id = s.salesperson_id GROUP BY 1 ORDER BY 2 DESC, 1"
        ).all()
        gone = truth.exec_driver_sql("SELECT count(*) FROM salespersons WHERE termination_date IS NOT NULL").scalar()
    with system_session(desk.engine) as session:
        assert session.execute(select(func.count(), func.sum(Deal.close_value))).one() == (won[0], Decimal(str(won[1])))
        found = session.execute(select(func.count(), func.sum(Payment.amount)).where(Payment.owner_id.is_not(None)))
        assert found.one() == (paid[0], Decimal(str(paid[1])))
        sold = session.execute(
            select(Person.name, func.sum(Deal.close_value)).join(Deal, Deal.owner_id == Person.id).group_by(Person.name)
        ).all()
        assert {row.name: row[1] for row in sold} == {name: Decimal(str(total)) for name, total in best}
        assert session.scalar(select(func.count()).where(Person.active.is_(False))) == gone
        assert session.scalar(select(Person.name).where(Person.role == Role.DIRECTOR)) == "Ada Boss"
        assert session.scalar(select(func.count(Product.unit_cost))) == cars


def test_a_sqlite_database_by_url(both: Desk, shared: Path) -> None:
    script = (shared / "crm" / "car_dealership" / "car_dealership.sql").read_text(encoding="utf-8")
    file = both.folder / "cars.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(_for_sqlite(script))
    connection.close()
    _check_cars(both, f"sqlite:///{file}")


@pytest.mark.postgres
def test_a_postgresql_database_by_url(desk: Desk, shared: Path, postgres: Postgres) -> None:
    script = (shared / "crm" / "car_dealership" / "car_dealership.sql").read_text(encoding="utf-8")
    name = postgres.create()
    url = postgres.url(name)
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in re.sub(r"--.*", "", script).split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()
    _check_cars(desk, url)
    postgres.drop(name)
