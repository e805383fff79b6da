"""100,000 deals, their people, customers and products from CSV files into an empty SQLite database, and again."""

import csv
import random
import tempfile
import time
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from bench.figures import NOW, emit
from connectors.records import load
from core.settings import Settings
from db.engine import open_engine
from db.migrations.run import migrate

ROWS = 100_000
GOAL = "<= 30"
STAGES = ("Prospecting", "Engaging", "Won", "Lost")
MAPPING = """
source: bench
records:
  - {record: person, from: team.csv, fields: {name: agent, region: office}, links: {manager: manager}}
  - {record: product, from: products.csv, fields: {name: product, list_price: price}}
  - {record: account, from: accounts.csv, fields: {name: account, sector: sector}}
  - record: deal
    from: deals.csv
    id: id
    fields: {stage: stage, engage_date: opened, close_date: closed, close_value: value}
    links: {owner: agent, product: product, account: account}
    custom: {lead_source: lead}
"""


def _write(file: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _deals(dice: random.Random) -> Iterable[list[object]]:
    for number in range(ROWS):
        stage = dice.choice(STAGES)
        opened = date(2024, 1, 1) + timedelta(days=dice.randrange(800))
        closed: object = opened + timedelta(days=dice.randrange(1, 130)) if stage in ("Won", "Lost") else ""
        value: object = f"{dice.randrange(1000, 9_000_000) / 100:,.2f}" if stage == "Won" else ""
        agent, product, account = dice.randrange(60), dice.randrange(40), dice.randrange(2000)
        names = [f"Agent, No {agent}", f"product{product}", f"ACCOUNT {account}"]
        yield [f"D{number}", *names, stage, opened, closed, value, dice.choice(("Web", "Fair"))]


def _export(folder: Path) -> None:
    dice = random.Random(7)
    people = ([f"No {number} Agent", f"Lead {number % 6}", f"Region {number % 3}"] for number in range(60))
    _write(folder / "team.csv", "agent,manager,office", people)
    _write(folder / "products.csv", "product,price", ([f"Product {n}", n * 10 + 50] for n in range(40)))
    _write(folder / "accounts.csv", "account,sector", ([f"Account {n}", f"Sector {n % 9}"] for n in range(2000)))
    _write(folder / "deals.csv", "id,agent,product,account,stage,opened,closed,value,lead", _deals(dice))


def main() -> None:
    """Print how long the first load takes, and a second one that changes nothing."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), now=NOW, _env_file=None)
        source, mapping = Path(home, "export"), Path(home, "mapping.yaml")
        source.mkdir()
        _export(source)
        mapping.write_text(MAPPING, encoding="utf-8")
        migrate(settings.database)
        engine = open_engine(settings.database)
        for figure in ("import_rows", "import_rows_again"):
            began = time.perf_counter()
            report = load(source, mapping, engine, settings.clock)
            took = time.perf_counter() - began
            if report.bad or report.warnings:
                raise SystemExit(f"{report.bad} bad rows, {report.warnings} warnings: {report.notes[:3]}")
            emit(figure, took, "s", goal=GOAL, n=sum(feed.read for feed in report.feeds))
        engine.dispose()


if __name__ == "__main__":
    main()
