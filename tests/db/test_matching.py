"""Whose a conversation is: sure, or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.company import Company, CompanyWords
from core.firms import firm_name, phone_of
from core.identity import Role
from db.company import save_company
from db.engine import system_session
from db.matching import Clues, Match, match
from db.ours import our_side
from db.people import add_person
from db.scope import scope_of
from db.tables import Account, Contact, Person
from tests.db.company import NOW

FIRMS = {
    "acme": "Acme Robotics, Inc.",
    "acme-de": "Acme Robotics GmbH",
    "globex": "Globex",
    "east": "华东机械有限公司",
    "east-stock": "华东机械股份有限公司",
    "north": "北方电气（集团）有限责任公司",
    "initech": "Initech Ltd",
}
PEOPLE: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("acme", "Ann Lee", "ann@acme.example", "+1 212 555 0123"),
    ("acme-de", "Jörg Alt", "joerg@acme.example", None),
    ("globex", "Wu Ming", "Wu@Globex.example", "138 0013 8000"),
    ("globex", "吴明", "wm@qq.com", None),
    ("east", "张三", None, "021-62345678"),
    ("north", "张三", "z3@north.example", "(010) 6234 5678"),
    ("initech", "Bill", "bill@initech.example", None),
    ("initech", "Peter", "peter@initech.example", None),
)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with system_session(engine) as opened:
        for key, name in FIRMS.items():
            row = Account(source="crm", external_id=key, custom={}, loaded_at=NOW, name=name)
            opened.add(row)
            opened.flush()
            for number, (_, person, email, phone) in enumerate(one for one in PEOPLE if one[0] == key):
                about: dict[str, Any] = {"name": person, "email": email, "phone": phone, "account_id": row.id}
                opened.add(Contact(source="crm", external_id=f"{key}{number}", custom={}, loaded_at=NOW, **about))
        words = CompanyWords(accounts={"Globex": ["the purple ones", "环球"]})
        save_company(opened, Company(timezone="Asia/Shanghai", words=words), {}, NOW)
        opened.flush()
        yield opened


def found(session: Session, account: str | None = None, *hints: str) -> tuple[str | None, str | None]:
    done = match(session, Clues(account, hints))
    return _name(session, done), done.why


def _name(session: Session, done: Match) -> str | None:
    return session.get_one(Account, done.account_id).external_id if done.account_id else None


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("acme", "acme"), ("Globex", "globex"), ("GLOBEX", "globex"), ("  globex ltd", "globex"), ("环球", "globex"),
        ("acme robotics inc", "acme"), ("Acme Robotics Incorporated", "acme"), ("Acme Robotics", None),
        ("Acme Robotics LLC", None), ("华东机械", None),
        ("华东机械有限责任公司", "east"), ("华东机械股份公司", "east-stock"),
        ("北方电气（集团）", "north"), ("北方电气(集团)有限公司", "north"),
        ("北方电气", None), ("Nobody", None), ("", None), ("。", None),
    ],
)  # fmt: skip
def test_a_name_is_sure_or_nothing(session: Session, account: str, expected: str | None) -> None:
    assert found(session, account)[0] == expected


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (["ANN@acme.example"], ("acme", "address")),
        (["Somebody <wu@globex.example>"], ("globex", "address")),
        (["new.person@globex.example"], ("globex", "domain")),
        (["new.person@initech.example"], ("initech", "domain")),
        (["new.person@acme.example"], (None, None)),
        (["stranger@qq.com"], (None, None)),
        (["ann@acme.example", "joerg@acme.example"], (None, None)),
        (["13800138000"], ("globex", "phone")),
        (["+86 138-0013-8000"], ("globex", "phone")),
        (["0086 21 6234 5678"], ("east", "phone")),
        (["+12125550123"], ("acme", "phone")),
        (["call 2026-06-01"], (None, None)),
        (["张三"], (None, None)),
        (["张三 华东机械有限公司"], ("east", "contact")),
        (["Initech 项目 Bill"], ("initech", "contact")),
        (["Globex"], ("globex", "name")),
        (["ann@acme.example", "Globex"], ("acme", "address")),
        ([], (None, None)),
    ],
)
def test_hints_are_sure_or_nothing(session: Session, hints: list[str], expected: tuple[str | None, str | None]) -> None:
    assert found(session, None, *hints) == expected


def test_what_could_be_two_is_offered_as_both(session: Session) -> None:
    done = match(session, Clues("Acme Robotics"))
    assert sorted(one.name for one in done.candidates) == ["Acme Robotics GmbH", "Acme Robotics, Inc."]
    zhang = match(session, Clues(None, ("张三",)))
    assert sorted(one.name for one in zhang.candidates) == [FIRMS["north"], FIRMS["east"]] or {
        one.name for one in zhang.candidates
    } == {FIRMS["north"], FIRMS["east"]}
    assert {one.why for one in zhang.candidates} == {"contact"}


def test_an_address_decides_between_two_of_one_name(session: Session) -> None:
    assert found(session, "Acme Robotics", "joerg@acme.example")[0] == "acme-de"


def test_hints_never_replace_an_account_that_was_named(session: Session) -> None:
    done = match(session, Clues("Umbrella", ("ann@acme.example",)))
    assert done.account_id is None
    assert [one.name for one in done.candidates] == ["Acme Robotics, Inc."]


def test_the_contact_is_who_wrote(session: Session) -> None:
    done = match(session, Clues(None, ("Wu@globex.example",)))
    assert done.contact_id
    assert session.get_one(Contact, done.contact_id).name == "Wu Ming"
    by_name = match(session, Clues("Globex", ("吴明",)))
    assert by_name.contact_id
    assert session.get_one(Contact, by_name.contact_id).email == "wm@qq.com"


def test_a_scope_bounds_match_and_candidates(session: Session) -> None:
    rep = add_person(session, "Rita", role=Role.REP, region=None, manager=None, now=NOW)
    session.flush()
    scope = scope_of(session, rep)
    clues = Clues("Globex", ("ann@acme.example",))
    assert match(session, clues, scope=scope) == Match()
    row = session.query(Account).filter_by(external_id="globex").one()
    row.owner_id = rep.person_id
    session.flush()
    assert match(session, clues, scope=scope).account_id == row.id


def test_our_side_is_known_by_address_domain_or_name(session: Session) -> None:
    for name, email in (("Kevin Chen", "kevin@ours.example"), ("王芳", "wangfang@qq.com"), ("王芳 ", None)):
        session.add(
            Person(
                source="t", external_id=f"{name}{email}", custom={}, loaded_at=NOW, name=name, role=Role.REP,
                email=email, active=True,
            )
        )  # fmt: skip
    session.flush()
    ours = our_side(session)
    assert ours.is_ours("Kevin Chen")
    assert ours.is_ours("kevin chen <K.Chen@gmail.com>")
    assert ours.is_ours("someone@OURS.example")
    assert not ours.is_ours("Kevin Chen <kevin.chen@acme.example>")
    assert not ours.is_ours("stranger@qq.com")
    assert ours.person("王芳 <wangfang@qq.com>") is not None
    assert ours.person("王芳") is None
    assert ours.also("小王").is_ours("小王")


def test_names_and_numbers_are_compared_alike() -> None:
    assert firm_name("Müller GmbH & Co. KG").core == "müller"
    assert firm_name("Ltd").core == "ltd"
    assert phone_of("2026-06-01", "CN") is None
    assert phone_of("a@b.example 1234567890", "CN") is None
