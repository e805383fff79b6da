"""A mapping that does not fit is refused at once, with everything that is wrong with it."""

import pytest
from sqlalchemy import func, select

from core.wording import say
from db.engine import system_session
from db.tables import Person
from tests.connectors.records.conftest import Desk

GOOD = """
    source: crm
    records:
      - record: person
        from: team.csv
        fields: {name: rep}
"""


@pytest.fixture
def team(desk: Desk) -> Desk:
    desk.write("team.csv", "rep,lead,office\nAnna,Bo,East\n")
    desk.write("deals.csv", "no,stage,closed,value\n1,Won,2026-01-02,10\n")
    return desk


BROKEN = """\
sorce: crm
company: {currency: usd, fiscal_year_start: April, timezone: Mars}
date_format: [DD/MM]
records:
  - record: person
    from: teem.csv
    fields: {name: rep, regin: office}
    links: {manager: {column: lead, match: fuzzy}}
  - record: deel
    from: deals.csv
  - record: deal
    from: deals.csv
    id: number
    fields:
      stage: {column: stage, values: {Won: wonn}}
      close_date: {column: closed, date_format: MM/YY}
      close_value: {column: valu, date_format: YYYY-MM-DD}
      owner: rep
    links:
      account: {constant: Acme, create: maybe}
      product: {column: no, match: email}
    custom:
      Lead: {column: no, type: numbr}
  - record: deal
    from: deals.csv
    id: no
    fields: {name: {column: no, constant: x}}
  - record: payment
    from: deals.csv
    when: [{column: x, empty: true}, {column: no}]
"""


def test_every_problem_is_listed_in_one_go_with_its_line(team: Desk) -> None:
    problems = team.problems(BROKEN)
    expected = [
        ("line 1, sorce", '"source"'),
        ("line 1, source", "missing"),
        ("line 2, company.currency", "usd"),
        ("line 2, company.fiscal_year_start", "April"),
        ("line 2, company.timezone", "Mars"),
        ("line 3, date_format[1]", "DD/MM"),
        ("line 6, records[1].from", '"team.csv"'),
        ("line 7, records[1].fields.regin", '"region"'),
        ("line 8, records[1].links.manager.match", "id, name or email"),
        ("line 9, records[2].record", '"deal"'),
        ("line 13, records[3].id", "number"),
        ("line 15, records[3].fields.stage.values.Won", '"won"'),
        ("line 16, records[3].fields.close_date.date_format", "MM/YY"),
        ("line 17, records[3].fields.close_value.date_format", "money"),
        ("line 17, records[3].fields.close_value", '"value"'),
        ("line 18, records[3].fields.owner", "links"),
        ("line 20, records[3].links.account.create", "true or false"),
        ("line 21, records[3].links.product.match", "email"),
        ("line 23, records[3].custom.Lead.type", "number"),
        ("line 23, records[3].custom.Lead", "lower-case"),
        ("line 27, records[4].fields.name", "exactly one"),
        ("line 30, records[5].when[1].column", '"x"'),
        ("line 30, records[5].when[2]", "test"),
    ]
    missing = [one for one in expected if not any(p.startswith(f"{one[0]}:") and one[1] in p for p in problems)]
    assert missing == []
    with system_session(team.engine) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_problems_come_in_the_order_of_the_file(team: Desk) -> None:
    lines = [int(problem.split()[1].rstrip(",")) for problem in team.problems(BROKEN)]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("fields: {name: rep}", "fields: {region: office}"), "needs fields.name"),
        (("fields: {name: rep}", "fields: {name: rep, name: lead}"), "twice"),
        (("fields: {name: rep}", "fields: {name: '{rep} {surname}'}"), '"surname"'),
        (("fields: {name: rep}", "fields: {name: rep}\n        kustom: {}"), '"custom"'),
        (("fields: {name: rep}", "fields: {name: rep, role: {column: lead, from_reports: true}}"), "exactly one"),
        (("fields: {name: rep}", "fields: {name: {from_reports: true}}"), "only for the role"),
        (("fields: {name: rep}", "fields: {name: rep, active: {constant: perhaps}}"), "active"),
        (("fields: {name: rep}", "fields: {name: rep, role: {constant: boss}}"), "director"),
        (("fields: {name: rep}", "fields: {name: rep, manager: lead}"), "links"),
        (("fields: {name: rep}", "fields: {name: rep}\n        links: {region: office}"), "fields"),
        (("fields: {name: rep}", "fields: {name: rep}\n        custom: {region: office}"), "already has"),
        (("fields: {name: rep}", "fields: {name: {column: rep, number: {round: 2}}}"), "amounts"),
        (("fields: {name: rep}", "fields: {name: {column: rep, lookup: {from: x.csv, by: a, take: b}}}"), "x.csv"),
        (("fields: {name: rep}", "fields: {name: {column: rep, lookup: {from: deals.csv, by: a, take: no}}}"), '"a"'),
        (("from: team.csv", "from: [team.csv, other-*.csv]"), "other-*.csv"),
        (("from: team.csv", "id: rep"), "`from:`"),
        (("source: crm", "source: crm\n    company_file: firm.yaml"), "firm.yaml"),
        (("source: crm", "source: crm\n    files: {teams.csv: {header: 2}}"), '"team.csv"'),
        (("source: crm", "source: crm\n    people: [{name: A, role: chief}]"), "director"),
        (("source: crm", "source: crm\n    number: {thousands: ',', decimal: ','}"), "same"),
    ],
)
def test_a_single_slip_is_named(team: Desk, change: tuple[str, str], told: str) -> None:
    problems = team.problems(GOOD.replace(*change))
    assert len(problems) == 1, problems
    assert told in problems[0]


def test_the_same_feed_twice_is_refused_but_a_second_with_another_condition_is_not(team: Desk) -> None:
    twice = GOOD + "      - {record: person, from: team.csv, fields: {name: rep, region: office}}\n"
    assert "number 1" in team.problems(twice)[0]
    assert (
        team.load(twice.replace("region: office}}", "region: office}, when: [{column: rep, empty: false}]}")).bad == 0
    )


def test_a_custom_field_has_one_type_everywhere(team: Desk) -> None:
    feeds = """
        custom: {office: {column: office, type: text}}
      - record: person
        from: team.csv
        id: lead
        fields: {name: lead}
        custom: {office: {column: office, type: number}}
"""
    assert "number here and text elsewhere" in team.problems(GOOD.rstrip() + feeds)[0]


@pytest.mark.parametrize("text", ["a: [", "- 1", "", "\t- x: 1"])
def test_what_is_no_mapping_is_refused(team: Desk, text: str) -> None:
    assert team.problems(text)


def test_a_missing_source_and_a_wrong_mapping_are_told_together(team: Desk) -> None:
    problems = team.problems(GOOD.replace("name: rep", "nam: rep"), team.folder / "nowhere")
    assert len(problems) == 3
    assert "nowhere" in problems[0]


def test_a_column_that_is_there_twice_can_not_be_mapped(desk: Desk) -> None:
    desk.write("team.csv", "rep,rep\nAnna,Bo\n")
    assert "more than one" in desk.problems(GOOD)[0]


@pytest.mark.parametrize("url", ["nodb://x/y", "sqlite:////nowhere/x.db", "postgresql://u:secret@127.0.0.1:1/x"])
def test_a_database_that_can_not_be_read_is_a_problem_without_its_password(desk: Desk, url: str) -> None:
    problems = desk.problems(GOOD, url)
    assert len(problems) == 1
    assert "secret" not in problems[0]


def test_problems_speak_chinese_too() -> None:
    assert "没有" in say("import.problem.missing_column", "zh", table="a", column="b", near="")
