"""From the wish to the end, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.errors import NotFound
from core.escalations import DeadlinePast, Evidence, NobodyToAsk, NotTheirs, TakenAlready, TooLateFor
from db.audit import verify
from db.engine import system_session
from tests.conftest import NOW
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


def test_the_ladder_is_climbed_around_the_night_until_somebody_accepts(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    steps = firm.desk.view(firm["Rita"], opened.id).ladder
    assert [(one.person, one.due_at.hour) for one in steps] == [("Max", 4), ("Mona", 6), ("Dora", 10)]
    firm.pass_time(firm.moment + timedelta(hours=7))
    assert firm.told() == [("Max", "asked"), ("Mona", "asked"), ("Dora", "asked")]
    assert firm.desk.view(firm["Rita"], opened.id).person == "Dora"
    assert firm.desk.accept(firm["Max"], opened.id, channel="slack").person == "Max"


def test_nobody_stepping_in_is_said_when_the_time_is_over(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(due_at=firm.moment + timedelta(hours=3)), channel="console")
    firm.pass_time(firm.moment + timedelta(hours=4))
    assert [one for one in firm.told() if one[1] == "missed"] == [("Dora", "missed"), ("Rita", "missed")]
    assert firm.desk.view(firm["Rita"], opened.id).state == "scheduled"


def test_the_first_to_accept_wins_and_the_second_is_told_who(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    firm.desk.accept(firm["Max"], opened.id, channel="slack")
    assert firm.desk.accept(firm["Max"], opened.id, channel="slack").person == "Max"
    with pytest.raises(TakenAlready) as refused:
        firm.desk.accept(firm["Mona"], opened.id, channel="slack")
    assert refused.value.params["person"] == "Max"


def test_of_two_at_once_one_is_first(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")

    def accept(name: str) -> str:
        try:
            return str(firm.desk.accept(firm[name], opened.id, channel="slack").person)
        except TakenAlready as error:
            return f"{error.params['person']} has it"

    with ThreadPoolExecutor(3) as pool:
        answers = set(pool.map(accept, ("Max", "Mona", "Dora")))
    winner = str(firm.desk.view(firm["Rita"], opened.id).person)
    assert answers == {winner, f"{winner} has it"}
    assert firm.told() == [("Rita", "accepted")]


def test_of_many_that_ask_at_once_one_opens_and_the_others_merge(firm: Firm) -> None:
    def ask(number: int) -> tuple[str, bool]:
        evidence = (Evidence(f"said {number}", "churn_risk", None, NOW),)
        opened = firm.desk.open(firm["Rita"], firm.wanted(evidence=evidence), channel="console")
        return opened.id, opened.merged

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(8)))
    assert len({name for name, _ in answers}) == 1
    assert sorted(merged for _, merged in answers) == [False] + [True] * 7
    view = firm.desk.view(firm["Rita"], answers[0][0])
    assert len(view.evidence) == 8
    assert [one.action for one in view.history] == ["opened"] + ["merged"] * 7


def test_a_merge_may_bring_the_deadline_forward_and_whoever_is_asked_hears_of_it(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    firm.tick()
    sooner = firm.moment + timedelta(hours=2)
    again = firm.desk.open(firm["Mona"], firm.wanted(due_at=sooner, cause=" Churn_Risk "), channel="slack")
    assert (again.id, again.merged) == (opened.id, True)
    view = firm.desk.view(firm["Rita"], opened.id)
    assert view.due_at == sooner
    assert firm.told()[1:] == [("Max", "sooner")]
    assert all(one.due_at < sooner for one in view.ladder if not one.cancelled)
    assert firm.desk.open(firm["Mona"], firm.wanted(due_at=sooner + DAY), channel="slack").merged
    assert firm.desk.view(firm["Rita"], opened.id).due_at == sooner


def test_another_cause_or_a_closed_one_is_opened_anew(firm: Firm) -> None:
    first = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    assert not firm.desk.open(firm["Rita"], firm.wanted(cause="complaint"), channel="console").merged
    firm.desk.cancel(firm["Rita"], first.id, channel="console")
    assert not firm.desk.open(firm["Rita"], firm.wanted(), channel="console").merged


def test_a_snoozed_one_is_quiet_until_its_end_and_begins_again(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    firm.tick()
    until = firm.moment + DAY
    assert firm.desk.snooze(firm["Max"], opened.id, until, channel="slack").state == "snoozed"
    assert firm.desk.snooze(firm["Max"], opened.id, until, channel="slack").snoozed_until == until
    firm.pass_time(until - timedelta(minutes=1), step=timedelta(hours=1))
    assert firm.told() == [("Max", "asked")]
    firm.pass_time(until + timedelta(minutes=1))
    assert firm.told() == [("Max", "asked")] * 2
    assert firm.desk.view(firm["Rita"], opened.id).state == "scheduled"
    with pytest.raises(DeadlinePast):
        firm.desk.snooze(firm["Max"], opened.id, firm.moment + 9 * DAY, channel="slack")


def test_an_accepted_one_does_not_come_back_from_an_earlier_snooze(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    firm.desk.snooze(firm["Max"], opened.id, firm.moment + timedelta(hours=3), channel="slack")
    firm.desk.accept(firm["Max"], opened.id, channel="slack")
    firm.pass_time(firm.moment + 3 * DAY, step=timedelta(hours=1))
    assert firm.told() == [("Rita", "accepted")]


def test_handing_over_asks_the_other_person_and_begins_the_ladder_with_them(firm: Firm) -> None:
    wanted = firm.wanted(role="technical_consultant", cause="technical_need")
    opened = firm.desk.open(firm["Rita"], wanted, channel="console")
    firm.tick()
    theo = firm["Theo"].person_id
    view = firm.desk.hand_over(firm["Tina"], opened.id, theo, channel="slack", note="he knows it")
    assert (view.state, view.person) == ("scheduled", "Theo")
    assert [one.person for one in view.ladder if not one.cancelled][1:] == ["Theo", "Max", "Dora"]
    firm.tick()
    assert firm.told() == [("Tina", "asked"), ("Rita", "handed_over"), ("Theo", "asked")]
    with pytest.raises(NotTheirs) as refused:
        firm.desk.hand_over(firm["Theo"], opened.id, firm["Ron"].person_id, channel="slack")
    assert refused.value.params == {"name": "Ron", "role": "technical_consultant", "choices": "Tina, Theo"}


def test_resolving_ends_it_with_an_outcome_once(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    firm.desk.accept(firm["Max"], opened.id, channel="slack")
    for _ in range(2):
        view = firm.desk.resolve(firm["Max"], opened.id, "useful", channel="slack", note="they stay")
        assert (view.state, view.outcome, view.outcome_note) == ("resolved", "useful", "they stay")
    assert firm.told() == [("Rita", "accepted"), ("Rita", "resolved")]
    with pytest.raises(TooLateFor):
        firm.desk.accept(firm["Mona"], opened.id, channel="slack")
    with pytest.raises(TooLateFor):
        firm.desk.resolve(firm["Max"], opened.id, "not_useful", channel="slack")


def test_cancelling_ends_it_and_whoever_was_asked_is_told(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(), channel="console")
    firm.tick()
    assert firm.desk.cancel(firm["Rita"], opened.id, channel="console").state == "cancelled"
    assert firm.desk.cancel(firm["Rita"], opened.id, channel="console").state == "cancelled"
    firm.pass_time(firm.moment + 3 * DAY, step=timedelta(hours=1))
    assert firm.told() == [("Max", "asked"), ("Max", "cancelled")]


def test_only_those_concerned_see_it_and_nobody_else_can_act(firm: Firm) -> None:
    wanted = firm.wanted(role="technical_consultant", cause="technical_need")
    opened = firm.desk.open(firm["Rita"], wanted, channel="console")
    firm.tick()
    for name in ("Rita", "Max", "Mona", "Dora", "Tina"):
        assert firm.desk.view(firm[name], opened.id).account == "Acme"
        assert len(firm.desk.listed(firm[name])) == 1
    for name in ("Ron", "Otto", "Theo"):
        assert firm.desk.listed(firm[name]) == []
        for act in (firm.desk.accept, firm.desk.cancel):
            with pytest.raises(NotFound):
                act(firm[name], opened.id, channel="slack")
        with pytest.raises(NotFound):
            firm.desk.open(firm[name], wanted, channel="slack")


def test_whoever_was_asked_before_may_still_step_in_but_the_rep_may_not(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(role="technical_consultant"), channel="console")
    firm.pass_time(firm.moment + timedelta(hours=3))
    assert firm.told() == [("Tina", "asked"), ("Theo", "asked")]
    with pytest.raises(NotTheirs):
        firm.desk.accept(firm["Rita"], opened.id, channel="console")
    assert firm.desk.accept(firm["Tina"], opened.id, channel="slack").person == "Tina"


def test_whoever_is_away_when_their_turn_comes_is_passed_over(firm: Firm) -> None:
    opened = firm.desk.open(firm["Rita"], firm.wanted(role="technical_consultant"), channel="console")
    firm.away("Tina", firm.moment, firm.moment + DAY)
    firm.away("Theo", firm.moment, firm.moment + DAY)
    firm.tick()
    assert firm.told() == [("Max", "asked")]
    actions = [one.action for one in firm.desk.view(firm["Rita"], opened.id).history]
    assert actions == ["opened", "passed_over", "passed_over", "asked"]


def test_what_is_too_late_or_for_nobody_is_refused(firm: Firm) -> None:
    with pytest.raises(DeadlinePast):
        firm.desk.open(firm["Rita"], firm.wanted(due_at=firm.moment), channel="console")
    for name in ("Tina", "Theo"):
        firm.away(name, firm.moment - DAY, firm.moment + DAY)
    with pytest.raises(NobodyToAsk):
        firm.desk.open(firm["Rita"], firm.wanted(role="technical_consultant"), channel="console")
    assert firm.desk.listed(firm["Dora"]) == []


def test_lists_show_the_next_due_first_and_can_be_paged(firm: Firm) -> None:
    names = [
        firm.desk.open(
            firm["Rita"], firm.wanted(cause=f"cause {hours}", due_at=firm.moment + timedelta(hours=hours)), channel="x"
        ).id
        for hours in (30, 10, 20)
    ]
    firm.desk.cancel(firm["Rita"], names[1], channel="x")
    listed = [one.id for one in firm.desk.listed(firm["Max"])]
    assert listed == [names[2], names[0], names[1]]
    assert [one.id for one in firm.desk.listed(firm["Max"], limit=1)] == listed[:2]
    assert [one.id for one in firm.desk.listed(firm["Max"], after=1, limit=1)] == listed[1:]
    assert [one.id for one in firm.desk.listed(firm["Max"], states=["cancelled"])] == [names[1]]
    assert firm.desk.listed(firm["Max"], account_id=firm.account + 1) == []


def test_without_a_cause_another_role_is_another_escalation(firm: Firm) -> None:
    def ask(role: str, cause: str) -> bool:
        return firm.desk.open(firm["Rita"], firm.wanted(role=role, cause=cause), channel="console").merged

    assert not ask("sales_manager", "asked")
    assert not ask("technical_consultant", "asked")
    assert ask("technical_consultant", "asked")
    assert not ask("sales_manager", "complaint")
    assert ask("technical_consultant", "complaint")
