"""Files as they come: encodings, delimiters, broken rows, workbooks, mixed folders, databases."""

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from connectors.records.csvfile import CsvTable, detect_encoding
from connectors.records.mapping import FileFormat
from connectors.records.source import BadSource, open_source
from tests.connectors.records.conftest import Desk


def _cells(table: CsvTable) -> list[list[str]]:
    return [row.cells for row in table.rows()]


def _table(file: Path, **form: object) -> CsvTable:
    return CsvTable(file, file.name, FileFormat.model_validate(form))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_in_every_encoding(desk: Desk, encoding: str) -> None:
    file = desk.write("a.csv", "客户,行业\n华东电力有限公司,能源\n北方零售集团,零售\n", encoding)
    table = _table(file)
    assert table.columns == ["客户", "行业"]
    assert _cells(table) == [["华东电力有限公司", "能源"], ["北方零售集团", "零售"]]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_accents_in_western_encodings(desk: Desk, encoding: str) -> None:
    file = desk.write("a.csv", "name,city\nJosé Núñez,Málaga\nSøren Ærø,Århus\nZoë,Köln\n", encoding)
    assert _cells(_table(file))[0] == ["José Núñez", "Málaga"]


def test_a_file_is_looked_at_to_its_end_before_its_encoding_is_told(desk: Desk) -> None:
    file = desk.folder / "late.csv"
    file.write_bytes(b"a,b\n" + b"1,2\n" * 400_000 + "Málaga,x\n".encode("latin-1"))
    assert detect_encoding(file) == "cp1252"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_detected(desk: Desk, delimiter: str) -> None:
    text = "name;amount;note\nA;1,5;x, y\nB;2,5;z | w\n".replace(";", delimiter)
    text = text.replace("x, y", '"x, y"').replace("1,5", '"1,5"').replace("2,5", '"2,5"').replace("z | w", '"z | w"')
    table = _table(desk.write("a.txt", text))
    assert table.columns == ["name", "amount", "note"]
    assert _cells(table)[0] == ["A", "1,5", "x, y"]


def test_a_header_below_titles_and_quoted_line_breaks_keep_their_line_numbers(desk: Desk) -> None:
    file = desk.write("a.csv", 'Report\n\nname,note\nA,"two\nlines"\nB,x\n')
    table = _table(file, header=3)
    assert table.columns == ["name", "note"]
    assert [(row.line, row.cells) for row in table.rows()] == [(4, ["A", "two\nlines"]), (6, ["B", "x"])]


def test_rows_of_another_width_carry_a_fault_and_empty_lines_do_not_count(desk: Desk) -> None:
    table = _table(desk.write("a.csv", "a,b\n1,2\n\n3\n4,5,6\n,,\n7,8\n"))
    assert [(row.line, row.fault) for row in table.rows()] == [
        (2, None),
        (4, "wrong_width"),
        (5, "wrong_width"),
        (7, None),
    ]


def test_an_enormous_cell_is_a_broken_row(desk: Desk) -> None:
    table = _table(desk.write("a.csv", "a,b\n1,2\n" + "x" * 1_100_000 + ",2\n3,4\n"))
    assert [row.fault for row in table.rows()][:2] == [None, "broken_row"]
    assert [row.cells for row in table.rows() if not row.fault][-1] == ["3", "4"]


@pytest.mark.parametrize(
    ("form", "reason"), [({"encoding": "utf-9"}, "unknown_encoding"), ({"encoding": "ascii"}, "wrong_encoding")]
)
def test_a_declared_encoding_must_fit(desk: Desk, form: dict[str, str], reason: str) -> None:
    with pytest.raises(BadSource) as caught:
        _table(desk.write("a.csv", "é,b\n"), **form)
    assert caught.value.reason == reason


MIXED = """
    source: mixed
    company: {timezone: Asia/Shanghai}
    records:
      - {record: person, from: team, fields: {name: rep}}
      - record: deal
        from: Pipeline
        id: ID
        fields: {stage: {column: Stage}, close_date: Closed, close_value: Value}
        links: {owner: Rep}
"""


def _book(file: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Pipeline"
    sheet.append(["ID", "Stage", "Closed", "Value", "Rep", None])
    sheet.append([1, "won", dt.datetime.fromisoformat("2026-03-01 10:00"), 0.1 + 0.2, "anna"])
    sheet.append([])
    sheet.append([2.0, "won", dt.date(2026, 3, 2), 1200, "Anna"])
    sheet.append([3, "won", 46083, 10, "Anna"])
    sheet.append([4, "won", "2026-03-04", "12.50", "Anna", "beyond the header"])
    book.create_sheet("Empty")
    book.save(file)


def test_a_folder_of_csv_and_excel(desk: Desk) -> None:
    from db.tables import Deal  # noqa: PLC0415

    desk.write("sub/team.csv", "rep\nAnna\n")
    desk.write(".hidden.csv", "x\n")
    desk.write("notes.md", "x\n")
    _book(desk.folder / "in" / "deals.xlsx")
    report = desk.load(MIXED)
    assert sorted(open_source(str(desk.folder / "in"), {}).tables) == ["deals.xlsx#Pipeline", "sub/team.csv"]
    assert [(note.line, note.column) for note in report.bad_rows] == [(5, "Closed"), (6, "")]
    found = desk.rows(Deal.external_id, Deal.close_date, Deal.close_value)
    assert [(one, day, str(value)) for one, day, value in found] == [
        ("1", dt.date(2026, 3, 1), "0.3"),
        ("2", dt.date(2026, 3, 2), "1200"),
    ]
    again = desk.load(MIXED)
    assert [(feed.added, feed.updated, feed.unchanged) for feed in again.feeds] == [(0, 0, 1), (0, 0, 2)]


def test_what_is_no_workbook_is_a_problem(desk: Desk) -> None:
    desk.write("team.csv", "rep\nAnna\n")
    desk.write("deals.xlsx", "not a zip\n")
    assert any("workbook" in problem for problem in desk.problems(MIXED))


def test_names_of_tables_in_short(desk: Desk) -> None:
    for name in ("a/deals.csv", "b/deals.csv", "Team List.csv"):
        desk.write(name, "x\n1\n")
    source = open_source(str(desk.folder / "in"), {})
    assert source.find("deals") is None
    assert {source.find(name).name for name in ("team list", "TEAM LIST.CSV", "a/deals.csv") if source.find(name)} == {  # type: ignore[union-attr]
        "Team List.csv",
        "a/deals.csv",
    }
    assert [table.name for table in source.matching("*/deals.csv")] == ["a/deals.csv", "b/deals.csv"]


def test_odd_names_and_types_in_a_database(desk: Desk) -> None:
    from db.tables import Deal  # noqa: PLC0415

    url = f"sqlite:///{desk.folder / 'x.db'}"
    with create_engine(url, poolclass=NullPool).begin() as crm:
        crm.exec_driver_sql('CREATE TABLE "My ""deals"": all" ("the id" INTEGER, "won?" BOOLEAN, "when:" DATE, v BLOB)')
        crm.exec_driver_sql("""INSERT INTO "My ""deals"": all" VALUES (1, 1, '2026-01-02', 12.5), (2, 0, NULL, NULL)""")
    mapping = """
        source: odd
        records:
          - record: deal
            from: 'My "deals": all'
            id: the id
            fields:
              stage: {column: "won?", values: {"1": won, "0": engaging}}
              close_date: "when:"
              close_value: v
    """
    assert desk.load(mapping, url).bad == 0
    assert [(str(stage), day) for stage, day in desk.rows(Deal.stage, Deal.close_date)] == [
        ("won", dt.date(2026, 1, 2)),
        ("engaging", None),
    ]
