"""What a message says of the customer's firm, in both languages, and what it does not say."""

from datetime import date

import pytest

from core.said import Found
from tools.profiles.claims import Claim, Said, claims_of

TODAY = date(2026, 6, 17)


def claims(text: str, *kinds: str) -> list[Claim]:
    signals = [Found(kind, text, 0, len(text), 0.9) for kind in kinds]
    return claims_of(Said(text, TODAY, signals, frozenset({"atlas"})))


def values(text: str, name: str, *kinds: str) -> list[str]:
    return [claim.value for claim in claims(text, *kinds) if claim.name == name]


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("We have a budget of $80,000 for this.", "80000"),
        ("Our budget isn't 200k, it is 150k this year.", "150000"),
        ("We can't go above 1.2 million.", "1200000"),
        ("预算大概二十万左右", "200000"),
        ("经费只批了8万块", "80000"),
    ],
)
def test_budgets_are_amounts_and_the_last_counts(text: str, budget: str) -> None:
    assert values(text, "budget") == [budget]


@pytest.mark.parametrize(
    "text",
    [
        "What is your budget for marketing?",
        "预算多少合适?",
        "We need 5000 units.",
        "The 2026 budget is not final.",
        "如果预算有50万就好了",
    ],
)
def test_what_is_no_budget(text: str) -> None:
    assert values(text, "budget") == []


@pytest.mark.parametrize(
    ("text", "renewal"),
    [
        ("The contract runs until end of September.", "2026-09-30"),
        ("We renew in March.", "2027-03"),
        ("Our licence expires on 1 October 2026.", "2026-10-01"),
        ("合同明年3月到期", "2027-03"),
        ("我们的服务2026年12月31日到期", "2026-12-31"),
    ],
)
def test_renewals_lie_ahead(text: str, renewal: str) -> None:
    assert values(text, "renewal_date") == [renewal]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Our CFO signs off everything above 50k.", "CFO"),
        ("The decision is with the steering committee.", "steering committee"),
        ("Purchasing needs approval from the board.", "board"),
        ("Jane Liu has the final say.", "Jane Liu"),
        ("这事要等王总拍板", "王总"),
        ("需要上会，由院长审批", "院长"),
    ],
)
def test_who_decides(text: str, who: str) -> None:
    assert values(text, "decision_people") == [who]


def test_rivals_are_named_only_where_the_signal_is() -> None:
    assert values("Norvik quoted us 20% less than you", "competitors", "competitor") == ["Norvik"]
    assert values("Norvik painted our hall in May", "competitors") == []
    assert values("we compared you with Helmstadt Controls and Qirui", "competitors", "competitor") == [
        "Helmstadt Controls",
        "Qirui",
    ]
    assert values("隔壁那家海尔给我们报了8万", "competitors", "competitor") == ["海尔"]
    assert values("We compared Atlas with another supplier", "competitors", "competitor") == []


def test_a_rival_ruled_out_is_withdrawn() -> None:
    (claim,) = [one for one in claims("We're no longer looking at Norvik", "competitor") if one.name == "competitors"]
    assert claim.withdrawn


def test_needs_and_preferences_keep_the_words() -> None:
    assert values("We need it to export every hour.", "needs", "demand") == ["We need it to export every hour"]
    assert values("I'd rather have everything by e-mail.", "preferences") == ["I'd rather have everything by e-mail"]
    assert values("以后有事微信联系就行", "preferences") != []


@pytest.mark.parametrize("text", ["Our budget is 90k. We renew in March.", "预算20万，王总拍板。合同明年3月到期"])
def test_evidence_is_a_part_of_the_message(text: str) -> None:
    found = claims(text)
    assert found
    assert all(claim.quote in text for claim in found)


@pytest.mark.parametrize("text", ["", "Thanks!", "好的", "a" * 20_000, "预算" * 5_000, "(((((", "\x00\x01"])
def test_odd_texts_do_no_harm(text: str) -> None:
    assert isinstance(claims(text), list)
