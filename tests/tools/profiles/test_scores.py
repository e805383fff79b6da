"""Stage and health from behaviour and signals, each with its reasons."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from db.behaviour import Bargain, Behaviour, Line, Sign
from db.tables import Stage
from tests.tools.profiles.test_standing import fact
from tools.profiles.scores import Score, health_of, stage_of
from tools.profiles.worth import Worth, value_of

NOW = datetime(2026, 6, 17, 4, tzinfo=UTC)
NOBODY = Behaviour("Acme", None, None, (), (), (), (), (), (), (), (), ())


def sign(kind: str, days: int) -> Sign:
    return Sign(kind, NOW - timedelta(days=days), f"words of {kind}", 0.9, "c1", "m1")


def line(speaker: str, days: float, score: float | None = None) -> Line:
    return Line(1, speaker, NOW - timedelta(days=days), score)


def points(score: Score) -> dict[str, int]:
    return {reason.key: reason.points for reason in score.reasons}


@pytest.mark.parametrize(
    ("kinds", "stage"),
    [
        ({}, "early"),
        ({"technical_need": 3}, "evaluating"),
        ({"technical_need": 1, "price_sensitivity": 5}, "evaluating"),
        ({"buying_intent": 2}, "negotiating"),
        ({"complaint": 2, "churn_risk": 1}, "at_risk"),
        ({"buying_intent": 2, "churn_risk": 1}, "at_risk"),
        ({"churn_risk": 200}, "early"),
    ],
)
def test_the_stage_is_the_furthest_of_the_latest_talk_and_risk_outranks(kinds: dict[str, int], stage: str) -> None:
    behaviour = replace(
        NOBODY, signs=tuple(sign(kind, days) for kind, days in sorted(kinds.items(), key=lambda x: -x[1]))
    )
    assert stage_of(behaviour, [], NOW).value == stage


def test_a_signature_after_a_threat_settles_it() -> None:
    behaviour = replace(NOBODY, signs=(sign("complaint", 31), sign("churn_risk", 30)))
    signed = {"firm": "yes"}
    assert stage_of(behaviour, [fact("stage", "committed", 40, detail=signed)], NOW).value == "committed"
    assert stage_of(behaviour, [fact("stage", "committed", 1, detail=signed)], NOW).value == "at_risk"


def test_who_never_bought_threatens_us_only_if_it_is_sure_and_about_no_rival() -> None:
    vague = replace(NOBODY, signs=(replace(sign("churn_risk", 1), confidence=0.7),))
    assert stage_of(vague, [], NOW).value == "early"
    assert stage_of(replace(vague, signs=(sign("complaint", 2), *vague.signs)), [], NOW).value == "at_risk"
    threat = sign("churn_risk", 1)
    rival = replace(fact("competitors", "Norvik", 1), at=threat.at)
    assert stage_of(replace(NOBODY, signs=(threat,)), [rival], NOW).value == "early"


def test_a_threat_that_was_taken_back_is_none() -> None:
    threat, stays = fact("stage", "at_risk", 5), fact("stage", "at_risk", 9, detail={"withdrawn": True})
    assert stage_of(NOBODY, [threat], NOW).value == "at_risk"
    assert stage_of(NOBODY, [threat, stays], NOW).value == "committed"


def test_only_looking_outweighs_what_is_vague_and_what_is_put_off_is_early_again() -> None:
    looks, asks = fact("stage", "early", 5), fact("stage", "evaluating", 6)
    tries = fact("stage", "evaluating", 7, detail={"firm": "yes"})
    assert stage_of(NOBODY, [looks, asks], NOW).value == "early"
    assert stage_of(NOBODY, [looks, asks, tries], NOW).value == "evaluating"
    assert stage_of(NOBODY, [tries, fact("stage", "early", 9, detail={"firm": "yes"})], NOW).value == "early"


def test_records_speak_where_nothing_was_said() -> None:
    won = replace(NOBODY, deals=(Bargain(Stage.WON, date(2026, 1, 1), date(2026, 3, 1)),))
    engaging = replace(NOBODY, deals=(Bargain(Stage.ENGAGING, date(2026, 6, 1), None),))
    assert stage_of(won, [], NOW).value == "committed"
    assert stage_of(engaging, [], NOW).value == "evaluating"
    assert stage_of(replace(engaging, quotes=(date(2026, 6, 2),)), [], NOW).value == "negotiating"


def test_a_person_sets_the_stage() -> None:
    mine = fact("stage", "committed", 40, origin="person", person="Ann")
    assert stage_of(replace(NOBODY, signs=(sign("churn_risk", 2),)), [mine], NOW).value == "committed"


def test_health_adds_up_to_its_reasons() -> None:
    lines = (line("rep", 5), line("rep", 4), line("rep", 3), line("customer", 1, -0.8))
    behaviour = replace(
        NOBODY,
        lines=lines,
        signs=(sign("complaint", 3), sign("churn_risk", 1)),
        tickets=((date(2026, 6, 1), None, "complaint"),),
        owed=((date(2026, 3, 1), Decimal(100)),),
    )
    found = health_of(behaviour, NOW)
    assert found.value == 60 + sum(points(found).values())
    assert points(found) == {
        "churn_risk": -20,
        "long_overdue": -15,
        "sentiment": -12,
        "fresh": 10,
        "complaint": -8,
        "ticket": -5,
        "replies": 5,
    }


def test_health_stays_between_nought_and_a_hundred() -> None:
    signs = tuple(sign(kind, 2) for kind in ("churn_risk", "complaint", "competitor") for _ in range(9))
    assert health_of(replace(NOBODY, signs=signs, owed=((date(2025, 1, 1), Decimal(1)),)), NOW).value == 0


def test_value_doubles_with_typical_deals() -> None:
    def value(bought: int) -> int:
        return int(value_of(Worth({"revenue": Decimal(bought)}, (), Decimal(100)), NOBODY, "early").value)

    assert [value(0), value(100), value(300), value(700)] == [0, 20, 40, 60]


def test_a_customer_who_buys_again_is_not_leaving() -> None:
    left = replace(NOBODY, signs=(sign("complaint", 61), sign("churn_risk", 60)), orders=(date(2026, 3, 1),))
    assert stage_of(left, [], NOW).value == "at_risk"
    assert stage_of(replace(left, orders=(date(2026, 3, 1), date(2026, 6, 1))), [], NOW).value != "at_risk"
