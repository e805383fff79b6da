"""Which rows are the same record: repeats, several files, and rows without an id."""

import pytest

from db.tables import Deal
from tests.connectors.records.conftest import Desk


@pytest.mark.parametrize(
    ("repeats", "values", "repeated", "bad", "warnings"),
    [("first", [1, 3], 2, 0, 1), ("last", [2, 3], 2, 0, 0), ("bad", [1, 3], 0, 2, 0)],
)
def test_rows_that_come_again(
    desk: Desk, repeats: str, values: list[int], repeated: int, bad: int, warnings: int
) -> None:
    desk.write("d.csv", "no,v\na,1\nb,3\na,1\na,2\n")
    mapping = f"""
        source: crm
        records:
          - record: deal
            id: no
            repeats: {repeats}
            fields: {{stage: {{constant: engaging}}, close_value: v}}
    """
    report = desk.load(mapping)
    feed = report.feeds[0]
    assert (feed.repeated, feed.bad, feed.warnings) == (repeated, bad, warnings)
    assert sorted(int(value) for (value,) in desk.rows(Deal.close_value)) == values
    assert (desk.load(mapping).feeds[0].updated, len(desk.rows(Deal.id))) == (0, 2)


def test_several_files_are_one_feed(desk: Desk) -> None:
    desk.write("deals-2026-01.csv", "no,v\na,1\nb,2\n")
    desk.write("deals-2026-02.csv", "v,no\n2,b\n3,c\n")
    mapping = """
        source: crm
        records:
          - record: deal
            from: deals-*.csv
            id: no
            repeats: last
            fields: {stage: {constant: engaging}, close_value: v}
            custom: {file: {column: _file}}
    """
    report = desk.load(mapping)
    assert [(feed.added, feed.repeated) for feed in report.feeds] == [(1, 1), (2, 0)]
    assert desk.rows(Deal.external_id) == [("a",), ("b",), ("c",)]
    assert [feed.updated for feed in desk.load(mapping).feeds] == [0, 0]


def test_rows_without_any_id_are_known_by_what_they_say(desk: Desk) -> None:
    desk.write("pay.csv", "day,sum\n2026-01-01,5\n2026-01-01,5\n2026-01-02,5\n")
    mapping = "source: s\nrecords: [{record: payment, fields: {date: day, amount: sum}}]"
    assert desk.load(mapping).feeds[0].added == 3
    desk.write("pay.csv", "day,sum\n2026-01-02,5\n2026-01-01,5\n2026-01-01,5\n2026-01-03,5\n")
    again = desk.load(mapping).feeds[0]
    assert (again.added, again.unchanged) == (1, 3)


def test_deals_of_one_name_are_two_deals(desk: Desk) -> None:
    desk.write("d.csv", "name,v\nRenewal,1\nRenewal,2\n")
    desk.load("source: s\nrecords: [{record: deal, fields: {name: name, stage: {constant: won}, close_value: v}}]")
    assert len(desk.rows(Deal.id)) == 2
