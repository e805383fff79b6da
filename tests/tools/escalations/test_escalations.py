"""From the wish to the end, on both databases."""

from datetime import timedelta

from db.audit import verify
from db.engine import system_session
from tests.tools.escalations.conftest import DAY, Firm


def test_the_person_is_asked_and_accepts_and_the_owner_learns_it(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    firm.tick()
    assert firm.told() == [("Max", "asked")]
    accepted = firm.desk.accept(firm["Max"], opened.id, channel="slack")
    assert (accepted.state, accepted.person, accepted.asked_by) == ("accepted", "Max", "Rita")
    assert firm.told() == [("Max", "asked"), ("Rita", "accepted")]
    firm.pass_time(firm.moment + 3 * DAY, step=timedelta(hours=1))
    assert firm.told() == [("Max", "asked"), ("Rita", "accepted")]
    assert [one.action for one in firm.desk.view(firm["Rita"], opened.id).history] == ["opened", "asked", "accepted"]
    with system_session(firm.engine) as session:
        assert verify(session) == []
