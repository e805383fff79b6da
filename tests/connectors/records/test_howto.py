"""The how-to page is true: its examples load as it says, and its table is the code's."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.pool import NullPool

from connectors.records.reference import reference
from core.identity import Role
from db.company import load_company
from db.engine import system_session
from db.tables import Account, Deal, Payment, Person, Product, Stage
from tests.connectors.records.conftest import Desk

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "import.md"
BLOCK = re.compile(r"^```\w+ (?P<name>\S.*?)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def page() -> dict[str, str]:
    """The page's named examples."""
    return {found["name"]: found["text"] for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


def _write(desk: Desk, page: dict[str, str], *names: str) -> None:
    for name in names:
        (desk.folder / "in" / name).write_text(page[name], encoding="utf-8")


HARBOUR = ("reps and regions.csv", "clients.csv", "price list.csv", "opps.csv")


def test_the_worked_example_loads_as_the_page_says(both: Desk, page: dict[str, str]) -> None:
    _write(both, page, *HARBOUR)
    report = both.load(page["harbour.yaml"])
    assert [(note.file, note.line, note.column, note.value) for note in report.bad_rows] == [
        ("opps.csv", 8, "Closed", "31/02/2026"),
        ("opps.csv", 9, "Status", "Parked"),
    ]
    boss = aliased(Person)
    with system_session(both.engine) as session:
        people = session.execute(
            select(Person.name, Person.role, Person.region, boss.name).outerjoin(boss, Person.manager_id == boss.id)
        )
        assert {tuple(row) for row in people} == {
            ("Anna Berg", Role.REP, "North", "Priya Shah"),
            ("José Núñez", Role.REP, "North", "Priya Shah"),
            ("Tom O'Hara", Role.REP, "South", "Lena Fischer"),
            ("Wei Zhang", Role.REP, "South", "Lena Fischer"),
            ("Priya Shah", Role.MANAGER, "North", None),
            ("Lena Fischer", Role.MANAGER, "South", None),
            ("Grace Holt", Role.DIRECTOR, None, None),
        }
        deals = session.execute(
            select(
                Deal.external_id, Person.name, Product.name, Account.name, Deal.stage, Deal.close_value, Deal.list_price
            )
            .outerjoin(Person, Deal.owner_id == Person.id)
            .outerjoin(Product, Deal.product_id == Product.id)
            .outerjoin(Account, Deal.account_id == Account.id)
            .order_by(Deal.external_id)
        )
        price = Decimal("2450.50")
        assert [tuple(row) for row in deals] == [
            ("O-1", "Anna Berg", "ProLine 200", "Bluewater Foods", Stage.WON, Decimal(1150), Decimal(1200)),
            ("O-2", "José Núñez", "ProLine 300", "Orion Power", Stage.WON, price, price),
            ("O-3", "Anna Berg", "Gauge Mini", "Bluewater Logistics", Stage.LOST, None, Decimal(90)),
            ("O-4", "Tom O'Hara", "ProLine 300", "Kestrel Labs", Stage.ENGAGING, None, price),
            ("O-5", "Wei Zhang", "Service Plan", None, Stage.ENGAGING, None, Decimal(300)),
            ("O-6", "Wei Zhang", "ProLine 200", "Sable & Finch", Stage.PROSPECTING, None, Decimal(1200)),
        ]
        assert session.scalars(select(Account.sector).distinct().order_by(Account.sector)).all() == [
            "Energy",
            "Life Science",
            "Retail",
            "Transport",
        ]
        facts = load_company(session)
    assert {one.name: one.type for one in facts.company.custom_fields} == {"headcount": "number", "lead_source": "text"}
    assert {"owner", "stage", "close_value", "list_price", "lead_source"} <= facts.loaded["deal"]
    assert "payment" not in facts.loaded


def test_the_next_run_adds_what_was_corrected_and_leaves_the_rest(both: Desk, page: dict[str, str]) -> None:
    _write(both, page, *HARBOUR)
    both.load(page["harbour.yaml"])
    before = both.rows(Deal.external_id, Deal.id, Deal.loaded_at)
    file = both.folder / "in" / "opps.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("31/02/2026", "28/02/2026"), encoding="utf-8")
    report = both.load(page["harbour.yaml"].replace("New: prospecting", "New: prospecting\n          Parked: engaging"))
    assert report.bad == 0
    deals = next(feed for feed in report.feeds if feed.record == "deal")
    assert (deals.added, deals.updated, deals.unchanged) == (2, 0, 6)
    assert all(feed.added == feed.updated == 0 for feed in report.feeds if feed.record != "deal")
    assert both.rows(Deal.external_id, Deal.id, Deal.loaded_at)[:6] == before


def test_the_flat_file_example(both: Desk, page: dict[str, str]) -> None:
    _write(both, page, "sales.csv")
    report = both.load(page["flat.yaml"])
    assert (report.bad, report.warnings) == (0, 1)
    assert {feed.record: (feed.added, feed.repeated) for feed in report.feeds} == {
        "person": (2, 1),
        "account": (2, 1),
        "product": (2, 1),
        "deal": (3, 0),
    }
    assert both.rows(Deal.close_value) == [(Decimal("95.50"),), (Decimal("1180.00"),), (Decimal("88.00"),)]
    assert both.rows(Account.name) == [("Acme Ltd",), ("Borealis",)]
    assert ("Ana Ruiz", Role.MANAGER) in both.rows(Person.name, Person.role)


def test_the_excel_example(both: Desk, page: dict[str, str]) -> None:
    book = Workbook()
    team = book.active
    assert team is not None
    team.title = "Team"
    for row in (
        ["Sales team"],
        ["as of today"],
        ["Name", "Job", "Reports to"],
        ["Bo", "Rep", "Cy"],
        ["Cy", "VP", None],
    ):
        team.append(row)
    deals = book.create_sheet("Pipeline")
    for line in (["Deals"], [None, "x"], ["ID", "Title", "Stage", "Close", "Amount", "Owner", "Customer"]):
        deals.append(line)
    deals.append([7, "First", "Won", "2026-02-03", 1200.1, "bo", "Acme"])
    deals.append([8, "Second", "Open", None, None, "Bo", "Acme"])
    book.save(both.folder / "in" / "pipeline.xlsx")
    report = both.load(page["excel.yaml"], both.folder / "in" / "pipeline.xlsx")
    assert (report.bad, report.warnings) == (0, 0)
    assert both.rows(Deal.external_id, Deal.stage, Deal.close_value) == [
        ("7", Stage.WON, Decimal("1200.1")),
        ("8", Stage.ENGAGING, None),
    ]
    assert both.rows(Person.name, Person.role) == [("Bo", Role.REP), ("Cy", Role.DIRECTOR)]
    assert both.rows(Account.name) == [("Acme",)]


def test_the_sql_example(both: Desk, page: dict[str, str]) -> None:
    url = f"sqlite:///{both.folder / 'erp.db'}"
    with create_engine(url, poolclass=NullPool).begin() as erp:
        for statement in (
            "CREATE TABLE salespeople (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT)",
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT, salesperson_id INTEGER)",
            "CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer_id INTEGER, issued_on, due_on, total REAL)",
            "CREATE TABLE paid (id INTEGER PRIMARY KEY, invoice_id INTEGER, paid_on TEXT, amount NUMERIC)",
            "CREATE VIEW payments AS SELECT * FROM paid",
            "INSERT INTO salespeople VALUES (1, 'Bo', 'Li', 'bo@example.com')",
            "INSERT INTO customers VALUES (5, 'Acme', 'France', 1)",
            "INSERT INTO invoices VALUES (9, 5, '2026-01-02', '2026-02-01', 100.1)",
            "INSERT INTO paid VALUES (3, 9, '2026-02-10', 100.1)",
        ):
            erp.exec_driver_sql(statement)
    report = both.load(page["sql.yaml"], url)
    assert (report.bad, report.warnings) == (0, 0)
    with system_session(both.engine) as session:
        found = session.execute(
            select(Payment.amount, Person.name, Account.name)
            .join(Person, Payment.owner_id == Person.id)
            .join(Account, Payment.account_id == Account.id)
        ).all()
        assert [tuple(row) for row in found] == [(Decimal("100.1"), "Bo Li", "Acme")]
        assert {"owner", "account"} <= load_company(session).loaded["payment"]


def test_the_team_table_example(both: Desk, page: dict[str, str]) -> None:
    _write(both, page, "reps.csv", "teams.csv")
    report = both.load(page["teams.yaml"])
    assert (report.bad, report.warnings) == (0, 0)
    boss = aliased(Person)
    with system_session(both.engine) as session:
        found = session.execute(
            select(Person.name, Person.region, boss.name, Person.custom).join(boss, Person.manager_id == boss.id)
        )
        assert [tuple(row) for row in found] == [
            ("Mia Chen", "East", "Sam Stone", {"team": "Enterprise"}),
            ("Raj Patel", "West", "Joan Park", {"team": "Mid-market"}),
        ]


def test_the_four_file_sample_with_its_misspellings(both: Desk, page: dict[str, str]) -> None:
    agents = [(f"Agent {letter}", ("Dee Lead", "Max Lead")[number % 2]) for number, letter in enumerate("ABCD")]
    both.table(
        "sales_teams.csv",
        ["sales_agent", "manager", "regional_office"],
        [[agent, lead, "East" if lead == "Max Lead" else "West"] for agent, lead in agents],
    )
    both.table(
        "products.csv",
        ["product", "series", "sales_price"],
        [["GTX Basic", "GTX", 550], ["GTX Pro", "GTX", 4821], ["GTX Plus Pro", "GTX", 5482], ["MG Special", "MG", 55]],
    )
    header = ["account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of"]
    both.table(
        "accounts.csv",
        header,
        [
            ["Acme", "technolgy", 1996, 1100.04, 2822, "United States", ""],
            ["Beta LLC", "technology", 1999, 251.41, 495, "Kenya", "Acme"],
            ["Ceta", "retail", 2001, 12.5, 10, "Philipines", "Acme"],
        ],
    )
    products = ["GTXPro", "GTX Pro", "MG Special", "GTX Basic"]
    deals = []
    for number in range(400):
        stage = ("Won", "Lost", "Engaging", "Prospecting")[number % 4]
        closed = stage in ("Won", "Lost")
        deals.append(
            [
                f"OP{number:04}",
                agents[number % 3][0],
                products[number % 3],
                "" if number % 7 == 3 else ("Acme", "Beta LLC", "Ceta")[number % 3],
                stage,
                "" if stage == "Prospecting" else f"2017-0{number % 3 + 1}-01",
                f"2017-0{number % 3 + 4}-15" if closed else "",
                {"Won": 100 + number, "Lost": 0}.get(stage, ""),
            ]
        )
    header = [
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
    ]
    both.table("sales_pipeline.csv", header, deals)
    report = both.load(page["four-files.yaml"])
    assert (report.bad, report.warnings) == (0, 0)
    with system_session(both.engine) as session:
        won = session.execute(
            select(Person.region, func.count(), func.sum(Deal.close_value))
            .join(Person, Deal.owner_id == Person.id)
            .where(Deal.stage == Stage.WON)
            .group_by(Person.region)
        ).all()
        assert session.scalar(select(func.count()).where(Deal.product_id.is_(None))) == 0
        assert session.scalar(select(func.count()).where(Deal.account_id.is_(None))) == sum(not row[3] for row in deals)
        assert set(session.scalars(select(Account.sector))) == {"technology", "retail"}
        assert session.scalar(select(func.count()).where(Person.role == Role.MANAGER)) == 2
    lead = dict(agents)
    expected: dict[str, tuple[int, Decimal]] = {}
    for row in deals:
        if row[4] == "Won":
            region = "East" if lead[str(row[1])] == "Max Lead" else "West"
            count, total = expected.get(region, (0, Decimal()))
            expected[region] = (count + 1, total + Decimal(str(row[7])))
    assert {region: (count, total) for region, count, total in won} == expected


def test_the_table_of_fields_is_that_of_the_code() -> None:
    assert reference("en") in PAGE.read_text(encoding="utf-8")
    assert reference("zh").count("\n|") == reference("en").count("\n|")


def test_every_key_of_a_mapping_is_on_the_page() -> None:
    from connectors.records.parse import MODELS  # noqa: PLC0415

    text = PAGE.read_text(encoding="utf-8")
    keys = {info.alias or key for model in MODELS.values() for key, info in model.model_fields.items()}
    assert sorted(key for key in keys if not re.search(rf"`{key}\b|\b{key}:|{{{key}\b", text)) == []
