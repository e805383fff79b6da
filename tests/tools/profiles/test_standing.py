"""What holds now: newer evidence supersedes, a person's word stays, contradictions are shown."""

from datetime import UTC, datetime, timedelta
from itertools import count

from db.facts import FactRow
from tools.profiles.standing import Standing, standing_of

START = datetime(2026, 5, 1, tzinfo=UTC)
NUMBERS = count(1)


def fact(name: str, value: str, day: int, **more: object) -> FactRow:
    kept: dict[str, object] = {
        "detail": {},
        "quote": value,
        "confidence": 0.8,
        "origin": "said",
        "pinned": False,
        "person": None,
        "author": "Wu",
        "conversation": f"c{day}",
        "message": f"m{day}",
        "channel": "chat",
        "second": None,
    }
    return FactRow(next(NUMBERS), name, value, at=START + timedelta(days=day), **(kept | more))  # type: ignore[arg-type]


def holding(rows: list[FactRow]) -> list[str]:
    return [one.row.value for one in standing_of(rows) if one.holds]


def first(rows: list[FactRow]) -> Standing:
    return standing_of(rows)[0]


def test_the_later_value_supersedes_and_the_earlier_one_is_dated() -> None:
    found = standing_of([fact("budget", "200000", 1), fact("budget", "150000", 50)])
    assert [(one.row.value, one.holds) for one in found] == [("150000", True), ("200000", False)]
    assert found[1].valid_to == found[0].valid_from
    assert found[0].against == ()


def test_two_people_at_odds_within_a_month_are_shown() -> None:
    assert first([fact("budget", "200000", 1), fact("budget", "150000", 5, author="Li")]).against == ("200000",)


def test_said_again_it_is_the_same_fact_and_surer() -> None:
    found = first([fact("budget", "200000", 1), fact("budget", "200000", 9)])
    assert (found.times, found.holds, found.valid_from) == (2, True, START + timedelta(days=1))
    assert found.confidence > 0.8


def test_a_pinned_word_stays_and_shows_what_speaks_against_it() -> None:
    mine = fact("budget", "300000", 5, origin="person", pinned=True, person="Ann", confidence=1.0)
    found = first([fact("budget", "200000", 1), mine, fact("budget", "150000", 9)])
    assert (found.row.value, found.against) == ("300000", ("150000",))


def test_a_word_that_is_not_pinned_gives_way_to_newer_evidence() -> None:
    mine = fact("budget", "300000", 5, origin="person", pinned=False, person="Ann")
    assert holding([mine, fact("budget", "150000", 9)]) == ["150000"]


def test_what_is_taken_back_no_longer_holds() -> None:
    gone = {"withdrawn": True}
    assert holding([fact("competitors", "Norvik", 1), fact("competitors", "Norvik", 3, detail=gone)]) == []
    assert holding([fact("budget", "10000", 1), fact("budget", "", 3, detail=gone, origin="person")]) == []


def test_several_may_hold_at_once_each_once() -> None:
    rows = [fact("competitors", "Norvik", 1), fact("competitors", "norvik", 2), fact("competitors", "Qirui", 3)]
    assert sorted(value.casefold() for value in holding(rows)) == ["norvik", "qirui"]


def test_one_of_several_can_be_replaced_by_a_person() -> None:
    mine = fact("decision_people", "王总", 4, origin="person", detail={"instead_of": "张总"})
    assert holding([fact("decision_people", "张总", 1), mine]) == ["王总"]
