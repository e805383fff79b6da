"""Who is asked: by line, duty, skill, region, load and absence, or by name; in what order, and when."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.escalations import Evidence, NobodyToAsk, NotTheirs
from core.identity import Role
from db.engine import system_session
from db.people import add_person, find_person
from db.tables import Account, Person, Preference
from tests.conftest import NOW
from tests.tools.escalations.conftest import DAY, Firm

SHANGHAI = ZoneInfo("Asia/Shanghai")


def asked(firm: Firm, **more: object) -> str | None:
    return firm.desk.propose(firm["Rita"], firm.wanted(**more), thread_id=None).person


def ladder(firm: Firm, **more: object) -> list[tuple[str | None, str]]:
    opened = firm.desk.open(firm["Rita"], firm.wanted(**more), channel="console")
    steps = firm.desk.view(firm["Dora"], opened.id).ladder
    return [(one.person, one.due_at.astimezone(SHANGHAI).strftime("%a %H:%M")) for one in steps]


def test_a_sales_manager_is_the_first_above_the_owner_who_is_there(small_firm: Firm) -> None:
    assert asked(small_firm) == "Max"
    small_firm.away("Max", NOW, NOW + DAY)
    assert asked(small_firm) == "Mona"
    small_firm.away("Mona", NOW - DAY, NOW + DAY)
    assert asked(small_firm) == "Dora"


def test_who_asks_does_not_mean_themselves(small_firm: Firm) -> None:
    shown = small_firm.desk.propose(small_firm["Max"], small_firm.wanted(), thread_id=None)
    assert shown.person == "Mona"


@pytest.mark.parametrize(
    ("words", "person"),
    [
        ("How does your API do SSO with our LDAP?", "Theo"),
        ("接口怎么对接我们的系统", "Tina"),
        ("等保三级能过吗,加密怎么做", "Theo"),
        ("can the rapid response help", "Tina"),
    ],
)
def test_a_consultant_is_found_by_what_the_customer_asks(small_firm: Firm, words: str, person: str) -> None:
    small_firm.duty("Theo", skills=["security", "deployment"])
    if "API" in words:
        small_firm.duty("Tina", skills=["data"])
    evidence = (Evidence(words, "technical_need"),)
    assert asked(small_firm, role="technical_consultant", cause="technical_need", evidence=evidence) == person


def test_region_load_and_room_decide_between_equals(small_firm: Firm) -> None:
    want = {"role": "technical_consultant", "cause": "x", "evidence": ()}
    small_firm.duty("Tina", regions=["West"])
    small_firm.duty("Theo", regions=["east"])
    assert asked(small_firm, **want) == "Theo"
    small_firm.duty("Tina")
    small_firm.duty("Theo")
    small_firm.desk.open(small_firm["Rita"], small_firm.wanted(**want), channel="x")
    assert asked(small_firm, **{**want, "cause": "y"}) == "Theo"
    small_firm.duty("Theo", regions=["East"], skills=["integration"], most_open=1)
    small_firm.desk.open(small_firm["Rita"], small_firm.wanted(**{**want, "cause": "y"}), channel="x")
    assert asked(small_firm, **{**want, "cause": "z api"}) == "Tina"


def test_a_named_person_is_asked_if_the_role_is_theirs(small_firm: Firm) -> None:
    theo, ron = small_firm["Theo"].person_id, small_firm["Ron"].person_id
    assert asked(small_firm, role="technical_consultant", person_id=theo) == "Theo"
    assert asked(small_firm, role="technical_consultant", person_id=small_firm["Mona"].person_id) == "Mona"
    with pytest.raises(NotTheirs) as refused:
        asked(small_firm, role="technical_consultant", person_id=ron)
    assert refused.value.params["choices"] == "Tina, Theo"
    small_firm.away("Theo", NOW, NOW + DAY)
    with pytest.raises(NotTheirs) as refused:
        asked(small_firm, role="technical_consultant", person_id=theo)
    assert refused.value.params["choices"] == "Tina"


def test_whoever_left_is_not_asked(small_firm: Firm) -> None:
    with system_session(small_firm.engine) as session:
        session.get_one(Person, small_firm["Max"].person_id).active = False
    assert asked(small_firm) == "Mona"


def test_the_ladder_waits_for_the_morning(small_firm: Firm) -> None:
    small_firm.moment = datetime(2026, 6, 17, 22, 0, tzinfo=SHANGHAI)
    assert ladder(small_firm) == [("Max", "Thu 08:00"), ("Mona", "Thu 10:00"), ("Dora", "Thu 14:00")]


def test_the_ladder_is_shortened_to_end_before_the_deadline(small_firm: Firm) -> None:
    due = small_firm.moment + timedelta(hours=2)
    steps = ladder(small_firm, due_at=due)
    assert steps[0] == ("Max", "Wed 12:00")
    assert [name for name, _ in steps] == ["Max", "Mona", "Dora"]
    assert steps[-1][1] < "Wed 14:00"
    assert len({when for _, when in steps}) == 3


def test_an_appointment_ends_the_ladder_before_it(small_firm: Firm) -> None:
    at = small_firm.moment + timedelta(hours=3)
    assert ladder(small_firm, appointment_at=at, due_at=at + DAY)[-1][1] < "Wed 15:00"


def test_a_day_off_is_worked_before_a_night_and_a_night_before_it_is_too_late(small_firm: Firm) -> None:
    small_firm.moment = datetime(2026, 6, 19, 20, 30, tzinfo=SHANGHAI)
    weekend = ladder(small_firm, due_at=small_firm.moment + timedelta(days=1, hours=12))
    assert all(when.startswith(("Fri 20", "Sat")) for _, when in weekend)
    small_firm.moment = datetime(2026, 6, 20, 22, 0, tzinfo=SHANGHAI)
    tonight = ladder(small_firm, cause="complaint", due_at=small_firm.moment + timedelta(hours=2))
    assert tonight[0] == ("Max", "Sat 22:00")
    assert tonight[-1][1] < "Sat 23:59"


def test_each_person_is_asked_in_their_own_zone_and_hours(small_firm: Firm) -> None:
    with system_session(small_firm.engine) as session:
        session.add(
            Preference(
                person_id=small_firm["Max"].person_id, time_zone="Europe/Berlin", channels=[], quiet_from="18:00",
                quiet_to="09:30",
            )
        )  # fmt: skip
    assert ladder(small_firm)[0] == ("Max", "Wed 15:30")


def test_an_account_without_an_owner_goes_to_who_has_the_duty_then_to_a_director(small_firm: Firm) -> None:
    with system_session(small_firm.engine) as session:
        session.get_one(Account, small_firm.account).owner_id = None
        add_person(session, "Sam", role=Role.MANAGER, region="West", manager="Dora", now=NOW)
        small_firm.people["Sam"] = find_person(session, "Sam")
    who = small_firm["Dora"]
    with pytest.raises(NobodyToAsk):
        small_firm.desk.propose(who, small_firm.wanted(), thread_id=None)
    small_firm.duty("Sam", "sales_manager")
    assert small_firm.desk.propose(who, small_firm.wanted(), thread_id=None).person == "Sam"
