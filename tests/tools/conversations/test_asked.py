"""What questions about conversations ask for, in both languages."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine

from core.identity import Identity, Role
from db.company import load_company
from db.engine import reader
from tools.conversations.asked import asks_for_latest, facts_asked, read
from tools.metrics.catalogue import load_catalogue
from tools.metrics.lexicon import Lexicon, build_lexicon

TODAY = date(2026, 6, 17)
ENGLISH, CHINESE = "Halden Machinery Inc", "南京华鼎建设有限公司"


@pytest.fixture(scope="module")
def lexicon(demo_engine: Engine) -> Iterator[Lexicon]:
    with reader(demo_engine, Identity(2, "", Role.DIRECTOR)) as records:
        facts = load_company(records)
        yield build_lexicon(records, load_catalogue(facts), facts)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (f"What did {ENGLISH} say about price last month?", ENGLISH),
        ("what did halden machinery tell us about delivery", ENGLISH),
        ("what did Halden Machinry Inc say", ENGLISH),
        (f"{CHINESE}上个月对价格怎么说的", CHINESE),
        (f"最近一次和{CHINESE}的通话说了什么", CHINESE),
    ],
)
def test_customers_are_found_by_name(lexicon: Lexicon, question: str, name: str) -> None:
    assert read(question, lexicon, TODAY).named("account") == (name,)


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What did Globex say about price?", "Globex"),
        ("阿里巴巴说了什么", "阿里巴巴"),
        ("Who told us they need on-premise deployment?", None),
        ("以前有没有客户问过私有化部署?", None),
        ("客户都在抱怨什么", None),
        ("did anyone mention a competitor", None),
        ("what are our customers saying about support", None),
    ],
)
def test_a_stranger_in_a_customers_place_is_told_from_anybody(
    lexicon: Lexicon, question: str, unknown: str | None
) -> None:
    assert read(question, lexicon, TODAY).unknown == unknown


def test_a_part_of_a_name_that_fits_several_is_open(lexicon: Lexicon) -> None:
    assert len(read("南京华鼎最近抱怨了什么", lexicon, TODAY).doubt) > 1


@pytest.mark.parametrize(
    ("question", "mode", "kinds"),
    [
        ("which customers are at risk of churn?", "kinds", ("churn_risk",)),
        ("哪些客户有流失风险?", "kinds", ("churn_risk",)),
        ("any buying signals this week?", "kinds", ("buying_intent",)),
        ("did anyone mention a competitor", "kinds", ("competitor",)),
        ("谁说过我们的价格太贵", "kinds", ("price_sensitivity",)),
        ("which customers complained about delivery this quarter?", "topic", ("complaint",)),
        ("Who told us they need an on-premise deployment?", "topic", ()),
        ("有没有客户问过单点登录?", "topic", ()),
        (f"what did {ENGLISH} say last week", "latest", ()),
    ],
)
def test_topics_are_told_from_signals(lexicon: Lexicon, question: str, mode: str, kinds: tuple[str, ...]) -> None:
    asked = read(question, lexicon, TODAY)
    assert (asked.mode, asked.kinds) == (mode, kinds)


def test_the_topic_is_what_is_left(lexicon: Lexicon) -> None:
    assert "私有化部署" in read("以前有没有客户问过私有化部署?", lexicon, TODAY).topic
    asked = read(f"what did {ENGLISH} say about single sign-on last month", lexicon, TODAY)
    assert "single sign-on" in asked.topic
    assert "halden" not in asked.topic
    assert asked.period is not None
    assert asked.period.name == "2026-05"


def test_our_own_words_and_the_last_exchange_are_recognised(lexicon: Lexicon) -> None:
    assert read(f"what did we promise {ENGLISH}", lexicon, TODAY).ours
    assert read("我们之前答应过什么", lexicon, TODAY).ours
    assert asks_for_latest("what was said in the last call with them")
    assert asks_for_latest("上次通话聊了什么")
    assert not asks_for_latest("who asked for a discount")


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("who decides there?", ("decision_people",)),
        ("他们的预算是多少", ("budget",)),
        ("when is their renewal", ("renewal_date",)),
        ("brief me", ()),
        ("客户画像", ()),
    ],
)
def test_facts_are_told_from_a_brief(question: str, facts: tuple[str, ...]) -> None:
    assert facts_asked(question) == facts
