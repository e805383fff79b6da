"""What people are told, the calendar file, and how often triggers were right."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from core.errors import NotFound
from core.escalations import Evidence, Outcome
from db.engine import system_session
from db.tables import Preference
from tests.conftest import NOW
from tests.tools.escalations.conftest import Firm


def test_the_person_reads_why_by_when_and_what_the_customer_said(small_firm: Firm) -> None:
    opened = small_firm.desk.open(small_firm["Rita"], small_firm.wanted(note="call first"), channel="console")
    small_firm.tick()
    ((person, notice, content),) = small_firm.sent
    assert person == small_firm["Max"].person_id
    assert notice
    assert content.title == "Please step in: Acme"
    assert content.text == "A sales manager is needed here by 2026-06-19 12:00 CST."
    assert ("Customer said", "we may leave") in content.fields
    assert ("Why", "may leave") in content.fields
    assert ("Note", "call first") in content.fields
    values = [button.value for row in content.buttons for button in row]
    assert values == [f"{verb}:{opened.id}" for verb in ("accept", "snooze", "handover", "resolve")]


def test_each_reads_it_in_their_own_language_and_zone(small_firm: Firm) -> None:
    with system_session(small_firm.engine) as session:
        about = {"time_zone": "Europe/Berlin", "lang": "zh", "channels": []}
        session.add(Preference(person_id=small_firm["Max"].person_id, **about))
    opened = small_firm.desk.open(small_firm["Rita"], small_firm.wanted(), channel="console")
    small_firm.moment += timedelta(hours=3)
    small_firm.tick()
    small_firm.desk.accept(small_firm["Max"], opened.id, channel="slack")
    (_, _, asked), (person, _, accepted) = small_firm.sent
    assert (asked.lang, asked.title) == ("zh", "请介入：Acme")
    assert "2026-06-19 06:00 CEST" in asked.text
    assert (person, accepted.lang, accepted.title) == (small_firm["Rita"].person_id, "en", "Max steps in: Acme")
    assert accepted.buttons == ()


def test_an_appointment_is_a_calendar_file_that_parses(small_firm: Firm) -> None:
    at = NOW + timedelta(hours=5)
    wanted = small_firm.wanted(appointment_at=at, cause="报价; 对方, 在比价\n第二行", note="x" * 200)
    opened = small_firm.desk.open(small_firm["Rita"], wanted, channel="console")
    file = small_firm.desk.calendar(small_firm["Max"], opened.id)
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert event["uid"] == f"{opened.id}@dealhand"
    start: Any = event["dtstart"]
    assert start.dt.astimezone(UTC) == at
    assert event["summary"] == "Acme: sales manager"
    assert event["description"] == "报价; 对方, 在比价 第二行. Asked by Rita."
    assert all(len(line.encode()) <= 75 for line in file.split("\r\n"))
    with pytest.raises(NotFound):
        small_firm.desk.calendar(small_firm["Ron"], opened.id)


def test_what_has_no_time_has_no_calendar_file(small_firm: Firm) -> None:
    opened = small_firm.desk.open(small_firm["Rita"], small_firm.wanted(), channel="console")
    with pytest.raises(NotFound):
        small_firm.desk.calendar(small_firm["Max"], opened.id)


def test_a_trigger_that_is_mostly_wrong_says_so_once_enough_is_known(firm: Firm) -> None:
    outcomes: list[Outcome] = ["not_useful", "useful", "not_useful", "not_useful", "useful"]
    for number, outcome in enumerate(outcomes):
        (before,) = firm.desk.precision(firm["Max"]) if number else (None,)
        assert before is None or not before.mostly_wrong
        wanted = firm.wanted(cause=f"c{number}", trigger="price_and_competitor", evidence=(Evidence("q"),))
        opened = firm.desk.open(firm["Rita"], wanted, channel="console")
        firm.desk.resolve(firm["Max"], opened.id, outcome, channel="slack")
    firm.desk.open(firm["Rita"], firm.wanted(trigger="price_and_competitor"), channel="console")
    (found,) = firm.desk.precision(firm["Max"])
    assert (found.trigger, found.fired, found.useful, found.not_useful) == ("price_and_competitor", 6, 2, 3)
    assert found.share == 0.4
    assert found.mostly_wrong
    assert firm.desk.precision(firm["Ron"]) == []
