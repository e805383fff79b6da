"""People: who manages whom, who is a manager, and what the mapping itself says of them."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.identity import Role
from db.engine import system_session
from db.tables import Person
from tests.connectors.records.conftest import Desk


def test_people_of_the_mapping_stand_over_the_file(both: Desk) -> None:
    both.write("t.csv", "name,role,lead\nAnna,rep,Bo\nBo,rep,Cy\nCy,rep,Anna\nDee,rep,Dee\nEve,,Fay\n")
    mapping = """
        source: hr
        people:
          - {name: bo, role: director, region: HQ}
          - {name: Gus, role: director}
          - {name: Anna, manager: Gus}
        records:
          - {record: person, fields: {name: name, role: role}, links: {manager: lead}}
    """
    report = both.load(mapping)
    boss = aliased(Person)
    with system_session(both.engine) as session:
        rows = session.execute(
            select(Person.name, Person.role, Person.region, boss.name).outerjoin(boss, Person.manager_id == boss.id)
        )
        people: dict[str, tuple[object, ...]] = {name: (role, region, manager) for name, role, region, manager in rows}
    assert people["Bo"][:2] == (Role.DIRECTOR, "HQ")
    assert people["Gus"] == (Role.DIRECTOR, None, None)
    assert people["Anna"] == (Role.REP, None, "Gus")
    assert people["Dee"] == (Role.REP, None, None)
    assert people["Fay"][0] is Role.MANAGER
    assert report.bad == 0
    assert [(feed.added, feed.updated) for feed in both.load(mapping).feeds] == [(0, 0), (0, 0)]


def test_nobody_is_above_themselves(desk: Desk) -> None:
    desk.write("t.csv", "name,lead\nA,B\nB,C\nC,A\n")
    desk.load("source: hr\nrecords: [{record: person, fields: {name: name}, links: {manager: lead}}]")
    above = dict(desk.rows(Person.id, Person.manager_id))
    for person in above:
        seen = set()
        current: int | None = person
        while current is not None and current not in seen:
            seen.add(current)
            current = above[current]
        assert current is None


def test_managers_by_id_or_mail_and_people_who_left(desk: Desk) -> None:
    desk.write(
        "t.csv", "id,name,mail,boss,boss_mail,left\n1,A,a@x.y,2,,2025-01-01\n2,B,b@x.y,,a@x.y,\n3,C,c@x.y,,B@X.Y,\n"
    )
    desk.load(
        """
        source: hr
        records:
          - record: person
            id: id
            fields: {name: name, email: mail, active: {column: left, values: {"*": "false"}, default: "true"}}
            links: {manager: {column: boss, match: id, create: false}}
            when: [{column: boss_mail, empty: true}]
          - record: person
            id: id
            fields: {name: name, email: mail}
            links: {manager: {column: boss_mail, match: email}}
            when: [{column: boss_mail, empty: false}]
        """
    )
    ids = dict(desk.rows(Person.name, Person.id))
    managers = dict(desk.rows(Person.name, Person.manager_id))
    assert managers["C"] == ids["B"]
    assert desk.rows(Person.name, Person.active)[0] == ("A", False)
