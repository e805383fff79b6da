"""Who, at whose, when and why, out of one message; and what is left open rather than guessed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from core.identity import Identity, Role
from db.company import load_company
from db.engine import reader
from tools.escalations.cues import unquoted
from tools.escalations.request import Request, read_request
from tools.metrics.catalogue import load_catalogue
from tools.metrics.lexicon import Lexicon, build_lexicon

NOW = datetime(2026, 6, 17, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def lexicon(demo_engine: Engine) -> Iterator[Lexicon]:
    with reader(demo_engine, Identity(2, "", Role.DIRECTOR)) as records:
        facts = load_company(records)
        yield build_lexicon(records, load_catalogue(facts), facts)


def _read(lexicon: Lexicon, text: str) -> Request:
    return read_request(text, lexicon, NOW, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("get a technical consultant to call Zephyr Medical", "technical_consultant"),
        ("have an SE join at Zephyr Medical", "technical_consultant"),
        ("bring in a solutions architect", "technical_consultant"),
        ("get my boss in", "sales_manager"),
        ("请售前支持一下", "technical_consultant"),
        ("找个懂技术的同事", "technical_consultant"),
        ("让我们领导出面", "sales_manager"),
        ("the customer's manager is angry", None),
        ("对方经理不同意", None),
        ("客户经理是谁", None),
    ],
)
def test_roles_are_ours_not_the_customers(lexicon: Lexicon, text: str, role: str | None) -> None:
    assert _read(lexicon, text).role == role


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("have Olivia Chen call Zephyr Medical", ("Olivia Chen",)),
        ("Ask Daniel to step in", ("Daniel Okafor", "Daniel Reyes")),
        ("让刘经理介入", ("刘敏",)),
        ("让李经理介入", ("李伟", "李娜")),
        ("转给马晓东", ("马晓东",)),
        ("请建国去一趟", ("王建国",)),
        ("get a manager to call", ()),
    ],
)
def test_colleagues_are_named_or_left_open(lexicon: Lexicon, text: str, names: tuple[str, ...]) -> None:
    person = _read(lexicon, text).person
    assert (person.offers or ((person.one.name,) if person.one else ())) == names


@pytest.mark.parametrize("text", ["have Bob call Zephyr Medical", "loop in Sergei for them", "让诸葛亮介入一下"])
def test_a_stranger_in_a_colleagues_place_is_told(lexicon: Lexicon, text: str) -> None:
    assert _read(lexicon, text).person.unknown


@pytest.mark.parametrize(
    ("text", "cause", "note"),
    [
        ("get a manager in by Friday because they compare quotes", "competitor", "they compare quotes"),
        ("周五前让经理介入Zephyr Medical,对方在比价", "competitor", "对方在比价"),
        ("get an SE to call about SSO tomorrow at 3", "technical_need", "SSO"),
        ("They are about to cancel, get my boss in", "churn_risk", "They are about to cancel"),
        ("get a manager to call Zephyr Medical because of the weather", "asked", "the weather"),
        ("get a technical consultant to call Zephyr Medical", "asked", None),
    ],
)  # fmt: skip
def test_the_reason_is_a_signal_or_none(lexicon: Lexicon, text: str, cause: str, note: str | None) -> None:
    found = _read(lexicon, text)
    assert (found.cause, found.note) == (cause, note)


def test_a_time_in_the_reason_is_not_the_askers(lexicon: Lexicon) -> None:
    found = _read(lexicon, "get a manager to call Zephyr Medical tomorrow at 3 because they decide on Friday")
    assert found.when.moment
    assert found.when.moment.at.isoformat() == "2026-06-18T07:00:00+00:00"


def test_two_customers_are_not_one(lexicon: Lexicon) -> None:
    assert len(_read(lexicon, "Escalate Halden to my manager").asked.doubt) > 1
    assert _read(lexicon, "get a manager to call Globex tomorrow").asked.unknown == "Globex"


def test_what_is_quoted_asks_for_nothing() -> None:
    assert "manager" not in unquoted('They wrote "get your manager to call me"')
    assert "经理" not in unquoted("客户说“让你们经理来”")
    assert "manager" not in unquoted("> get your manager\nwhat do they want?")
    assert unquoted("don't it's fine") == "don't it's fine"
