"""What a load leaves on disk, and what a kill in the middle leaves in the database."""

import csv
import json
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine, func, select

from core.clock import Clock
from db.engine import system_session
from db.tables import Deal
from tests.connectors.records.conftest import Desk

MAPPING = """
    source: crm
    records:
      - record: deal
        id: no
        fields: {stage: {column: stage}, close_value: v}
        links: {account: client}
"""
KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from connectors.records import load
from core.clock import Clock
from db.engine import open_engine

def tell(step):
    if step.read >= 10_000:
        os._exit(9)

clock = Clock(datetime(2026, 6, 17, tzinfo=UTC))
load(sys.argv[1], Path(sys.argv[2]), open_engine(sys.argv[3]), clock, tell)
"""


def test_the_report_is_written_with_what_a_spreadsheet_must_not_run(desk: Desk) -> None:
    desk.write("d.csv", "no,stage,v,client\n1,=cmd(),5,\n2,won,5,Nobody\n3,won,6,Nobody\n")
    report = desk.load(MAPPING)
    first, second = report.write(desk.folder / "imports"), report.write(desk.folder / "imports")
    assert (first.name, second.name) == ("20260617T040000Z", "20260617T040000Z-2")
    with (first / "rows.csv").open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    told = [(row["level"], row["line"], row["column"], row["value"], row["times"]) for row in rows]
    assert told == [("bad", "2", "stage", "'=cmd()", "1"), ("warning", "3", "client", "Nobody", "2")]
    whole = json.loads((first / "report.json").read_text(encoding="utf-8"))
    assert (whole["bad"], whole["warnings"], whole["feeds"][0]["added"]) == (1, 2, 2)


def test_reasons_are_told_in_the_readers_language(desk: Desk, sqlite_engine: Engine, clock: Clock) -> None:
    from connectors.records import load  # noqa: PLC0415

    desk.write("d.csv", "no,stage,v,client\n1,won,much,\n")
    report = load(str(desk.folder / "in"), desk.mapping(MAPPING), sqlite_engine, clock, lang="zh")
    assert "数字" in report.bad_rows[0].reason


def test_only_so_many_notes_are_kept_but_all_are_counted(desk: Desk) -> None:
    desk.table("d.csv", ["no", "stage", "v", "client"], ([number, "?", 1, ""] for number in range(21_000)))
    report = desk.load(MAPPING)
    assert (report.bad, len(report.notes)) == (21_000, 20_000)


def test_a_kill_in_the_middle_leaves_whole_batches_and_the_next_run_completes(both: Desk, database_url: str) -> None:
    file = both.table("d.csv", ["no", "stage", "v", "client"], ([n, "won", n, ""] for n in range(17_000)))
    mapping = both.mapping(MAPPING)
    command = [sys.executable, "-c", KILLED, str(file), str(mapping), database_url]
    ended = subprocess.run(command, cwd=Path(__file__).parents[3], check=False)
    assert ended.returncode == 9
    with system_session(both.engine) as session:
        assert session.scalar(select(func.count()).select_from(Deal)) == 10_000
    report = both.load(MAPPING)
    assert (report.feeds[0].added, report.feeds[0].unchanged) == (7_000, 10_000)
    with system_session(both.engine) as session:
        counts = session.execute(
            select(func.count(), func.count(Deal.external_id.distinct()), func.sum(Deal.close_value))
        )
        assert tuple(counts.one()) == (17_000, 17_000, sum(range(17_000)))
