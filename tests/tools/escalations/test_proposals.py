"""What the model writes waits for a person's word."""

from datetime import timedelta

import pytest

from core.errors import NotFound
from core.escalations import Evidence, NotTheirs, TakenAlready
from core.identity import Identity
from tests.conftest import NOW
from tests.tools.escalations.conftest import DAY, Firm


def yes(firm: Firm, who: Identity, proposal: str) -> str:
    return firm.desk.decide(who, proposal, confirmed=True, channel="slack", lang="en").state


def test_nothing_happens_before_the_asker_confirms(firm: Firm) -> None:
    shown = firm.desk.propose(firm["Rita"], firm.wanted(), thread_id="t")
    assert (shown.state, shown.person, shown.account, shown.confirmed_by) == ("proposed", "Max", "Acme", None)
    firm.tick()
    assert firm.told() == []
    assert firm.desk.waiting(firm["Rita"], "t") == shown
    assert firm.desk.view(firm["Rita"], shown.id) == shown
    assert firm.desk.listed(firm["Rita"]) == [shown]
    opened = firm.desk.decide(firm["Rita"], shown.id, confirmed=True, channel="slack", lang="en")
    assert (opened.state, opened.person, opened.asked_by, opened.confirmed_by) == ("scheduled", "Max", "Rita", "Rita")
    assert opened.evidence == (Evidence("we may leave", "churn_risk", None, NOW),)
    firm.tick()
    assert firm.told() == [("Max", "asked")]
    assert firm.desk.waiting(firm["Rita"], "t") is None


def test_deciding_again_changes_nothing(firm: Firm) -> None:
    shown = firm.desk.propose(firm["Rita"], firm.wanted(), thread_id="t")
    first = firm.desk.decide(firm["Rita"], shown.id, confirmed=True, channel="slack", lang="en")
    assert firm.desk.decide(firm["Rita"], shown.id, confirmed=True, channel="slack", lang="en") == first
    assert firm.desk.decide(firm["Rita"], shown.id, confirmed=False, channel="slack", lang="en") == first
    assert len(firm.desk.listed(firm["Rita"])) == 1


def test_what_was_declined_or_is_a_day_old_stays_so(firm: Firm) -> None:
    declined = firm.desk.propose(firm["Rita"], firm.wanted(), thread_id="t")
    assert firm.desk.decide(firm["Rita"], declined.id, confirmed=False, channel="x", lang="en").state == "declined"
    assert yes(firm, firm["Rita"], declined.id) == "declined"
    old = firm.desk.propose(firm["Rita"], firm.wanted(), thread_id="t")
    firm.moment += DAY + timedelta(minutes=1)
    assert firm.desk.waiting(firm["Rita"], "t") is None
    assert firm.desk.listed(firm["Rita"]) == []
    assert yes(firm, firm["Rita"], old.id) == "expired"


def test_only_whoever_asked_may_confirm(firm: Firm) -> None:
    shown = firm.desk.propose(firm["Rita"], firm.wanted(), thread_id="t")
    for name in ("Max", "Dora", "Ron"):
        with pytest.raises(NotFound):
            yes(firm, firm[name], shown.id)
        with pytest.raises(NotFound):
            firm.desk.view(firm[name], shown.id)
        assert firm.desk.waiting(firm[name], "t") is None
    assert firm.desk.view(firm["Rita"], shown.id).state == "proposed"


def test_a_yes_is_to_what_was_last_proposed_in_the_thread(firm: Firm) -> None:
    first = firm.desk.propose(firm["Rita"], firm.wanted(), thread_id="t")
    second = firm.desk.propose(firm["Rita"], firm.wanted(cause="complaint"), thread_id="t")
    other = firm.desk.propose(firm["Rita"], firm.wanted(cause="demand"), thread_id="u")
    assert firm.desk.waiting(firm["Rita"], "t") == second
    assert yes(firm, firm["Rita"], second.id) == "scheduled"
    assert firm.desk.waiting(firm["Rita"], "t") is None
    assert yes(firm, firm["Rita"], first.id) == "expired"
    assert firm.desk.waiting(firm["Rita"], "u") == other


def test_a_proposal_says_that_it_would_be_merged(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    shown = firm.desk.propose(firm["Mona"], firm.wanted(), thread_id="t")
    assert shown.history[0].detail == {"verb": "escalate", "merges": True}
    merged = firm.desk.decide(firm["Mona"], shown.id, confirmed=True, channel="slack", lang="en")
    assert (merged.id, merged.history[-1].action, merged.history[-1].actor) == (opened.id, "merged", "Mona")


def test_a_change_is_proposed_with_what_it_would_become(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    until = firm.moment + DAY
    shown = firm.desk.propose_change(firm["Max"], opened.id, "snooze", thread_id="t", until=until)
    assert (shown.state, shown.snoozed_until, shown.asked_by) == ("proposed", until, "Max")
    assert shown.history[0].detail["verb"] == "snooze"
    assert firm.desk.view(firm["Rita"], opened.id).state == "scheduled"
    assert yes(firm, firm["Max"], shown.id) == "snoozed"
    mona = firm["Mona"].person_id
    over = firm.desk.propose_change(firm["Max"], opened.id, "handover", thread_id="t", person_id=mona, note="n")
    assert over.person == "Mona"
    assert yes(firm, firm["Max"], over.id) == "scheduled"
    done = firm.desk.propose_change(firm["Mona"], opened.id, "resolve", thread_id="t", outcome="useful")
    assert yes(firm, firm["Mona"], done.id) == "resolved"
    assert firm.desk.view(firm["Rita"], opened.id).outcome == "useful"


def test_a_change_that_can_not_be_made_is_not_proposed(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    ron = firm["Ron"].person_id
    with pytest.raises(NotTheirs):
        firm.desk.propose_change(firm["Max"], opened.id, "handover", thread_id="t", person_id=ron)
    with pytest.raises(NotFound):
        firm.desk.propose_change(firm["Ron"], opened.id, "cancel", thread_id="t")
    assert firm.desk.waiting(firm["Max"], "t") is None
    shown = firm.desk.propose_change(firm["Max"], opened.id, "accept", thread_id="t")
    firm.desk.accept(firm["Mona"], opened.id, channel="slack")
    with pytest.raises(TakenAlready):
        yes(firm, firm["Max"], shown.id)


def test_whoever_was_shown_and_is_away_by_now_is_not_asked(firm: Firm) -> None:
    shown = firm.desk.propose(firm["Rita"], firm.wanted(), thread_id="t")
    assert shown.person == "Max"
    firm.away("Max", firm.moment, firm.moment + DAY)
    opened = firm.desk.decide(firm["Rita"], shown.id, confirmed=True, channel="slack", lang="en")
    assert opened.person == "Mona"
