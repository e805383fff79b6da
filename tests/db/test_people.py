"""Who is found by which name, and what proves who one is."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from core.clock import Clock
from core.errors import UnknownPerson
from core.identity import Role
from db import people
from db.engine import system_session
from db.tables import Credential, Person
from tests.db.company import Small


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.now()


@pytest.mark.parametrize("name", ["Ann", "ann", " A n n ", "ANN@example.com"])
def test_a_person_is_found_however_the_name_is_written(small: Small, name: str) -> None:
    with system_session(small.engine) as session:
        session.execute(update(Person).where(Person.name == "Ann").values(email="ann@example.com"))
        assert people.find_person(session, name) == small.people["Ann"]


def test_an_exact_name_beats_a_similar_one(small: Small, now: datetime) -> None:
    with system_session(small.engine) as session:
        session.execute(update(Person).where(Person.name == "Bo").values(name="ann"))
        assert people.find_person(session, "Ann").person_id == small.people["Ann"].person_id
        with pytest.raises(people.AmbiguousPerson):
            people.find_person(session, "ANN")


@pytest.mark.parametrize("name", ["Nobody", "", "   "])
def test_an_unknown_name_is_said_to_be_unknown(small: Small, name: str) -> None:
    with system_session(small.engine) as session, pytest.raises(UnknownPerson):
        people.find_person(session, name)


def test_who_left_is_not_known_and_their_token_is_void(small: Small, now: datetime) -> None:
    ann = small.people["Ann"].person_id
    with system_session(small.engine) as session:
        token = people.make_token(session, ann, now)
        link = people.make_link(session, ann, now)
        session.execute(update(Person).where(Person.id == ann).values(active=False))
        assert people.identify_token(session, token) is None
        assert people.redeem_link(session, link, now) is None
        assert "Ann" not in [row.name for row in people.list_people(session)]
        with pytest.raises(UnknownPerson):
            people.identity_of(session, ann)


def test_a_token_names_its_person_and_is_kept_as_a_hash(small: Small, now: datetime) -> None:
    with system_session(small.engine) as session:
        token = people.make_token(session, small.people["Bo"].person_id, now)
        assert people.identify_token(session, token) == small.people["Bo"]
        assert people.identify_token(session, token + "x") is None
        assert token not in set(session.scalars(select(Credential.secret_hash)))


def test_a_link_works_once_and_for_a_day(small: Small, now: datetime) -> None:
    with system_session(small.engine) as session:
        first, late = (people.make_link(session, small.people["Bo"].person_id, now) for _ in range(2))
        assert people.redeem_link(session, late, now + timedelta(hours=24)) is None
        assert people.redeem_link(session, first, now + timedelta(hours=23)) == small.people["Bo"]
        assert people.redeem_link(session, first, now) is None
        assert people.identify_token(session, late) is None


def test_the_list_runs_from_the_top(small: Small) -> None:
    with system_session(small.engine) as session:
        rows = people.list_people(session)
    assert rows[0] == people.PersonRow(small.people["Dana"].person_id, "Dana", Role.DIRECTOR, None, None)
    assert people.PersonRow(small.people["Ann"].person_id, "Ann", Role.REP, None, "Max") in rows


def test_adding_a_person_once(engine: Engine, now: datetime) -> None:
    with system_session(engine) as session:
        boss = people.add_person(session, "Li  Na", role=Role.MANAGER, region="East", manager=None, now=now)
        people.add_person(session, "Wei", role=Role.REP, region=None, manager="li na", now=now)
        assert (boss.name, boss.role, boss.region) == ("Li Na", Role.MANAGER, "East")
        with pytest.raises(people.PersonExists):
            people.add_person(session, "LiNa", role=Role.REP, region=None, manager=None, now=now)
        with pytest.raises(UnknownPerson):
            people.add_person(session, "Jo", role=Role.REP, region=None, manager="Nobody", now=now)
        assert [row.manager for row in people.list_people(session)] == [None, "Li Na"]
