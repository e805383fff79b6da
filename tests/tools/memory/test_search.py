"""What a search finds: by meaning, by words, across languages, narrowed, and never outside the asker's scope."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from core.said import Filters, Found, Reading
from core.settings import Settings
from db.engine import system_session
from db.signals import store_readings
from tests.conftest import NOW
from tests.tools.memory.conftest import Talks
from tools.memory.memory import Limits, Memory

Find = Callable[..., list[int]]
PREMISES = "No, the records may not leave our own server room, so it has to be on premises."
DEAR = "四十八万比我们批下来的预算高了十多万，这个价实在接不住。"


def test_a_chinese_question_finds_an_english_message_and_back(talks: Talks, find: Find) -> None:
    (premises,) = talks.add("Rita", PREMISES)
    (dear,) = talks.add("Rita", DEAR)
    assert find("Rita", "以前有没有客户问过私有化部署？")[0] == premises
    assert find("Rita", "who said our quote is above their budget?")[0] == dear


def test_a_message_is_found_right_after_it_was_said(talks: Talks, find: Find) -> None:
    assert find("Rita", "who wants a discount?") == []
    (said,) = talks.add("Rita", "Could you give us a 15 % discount on the sensors?")
    assert find("Rita", "who wants a discount?") == [said]


def test_a_name_alone_finds_what_was_said_there(talks: Talks, find: Find) -> None:
    (said,) = talks.add("Rita", "Can we talk on Tuesday?", account="Globex")
    talks.add("Rita", "Can we talk on Wednesday?", account="Initech")
    assert find("Rita", "Globex") == [said]


def test_a_short_answer_is_found_by_what_it_answers(talks: Talks, find: Find) -> None:
    talks.add("Rita", "Our boiler is too loud at night.", "A technician will come.")
    _, offer, yes = talks.add("Rita", "Ten is not enough.", "Would fifteen per cent discount settle it?", "Yes please.")
    assert set(find("Rita", "who agreed to the discount?", k=2)) == {offer, yes}


def test_nobody_finds_what_is_not_theirs(talks: Talks, find: Find) -> None:
    (hers,) = talks.add("Rita", PREMISES, account="Hers")
    (his,) = talks.add("Ross", PREMISES, account="His")
    (nobodys,) = talks.add(None, PREMISES)
    asked = "on-premise deployment"
    assert find("Rita", asked) == [hers]
    assert find("Max", asked) == [hers]
    assert find("Ross", asked) == [his]
    assert find("Tess", asked) == []
    assert set(find("Dora", asked)) == {hers, his, nobodys}


@pytest.mark.parametrize(
    "query", ["who told us about volcano eruptions?", "有没有客户提过火山爆发？", "???", " ", "的"]
)
def test_what_nobody_said_is_not_found(talks: Talks, find: Find, query: str) -> None:
    talks.add("Rita", PREMISES, "Understood, which virtualisation do you run?")
    talks.add("Rita", DEAR, "那我回去申请一下。")
    assert find("Rita", query) == []


def test_filters_narrow_a_search(talks: Talks, memory: Memory, engine: Engine) -> None:
    old = NOW - timedelta(days=40)
    (mail,) = talks.add("Rita", "The discount is too small.", account="Globex", channel="email", at=old)
    chat, reply = talks.add("Rita", "We want a bigger discount.", "A discount of ten?", account="Initech")
    with system_session(engine) as session:
        found = Found("price_sensitivity", "discount", 17, 25, 0.9)
        store_readings(session, [(chat, Reading((found,)))], detector="test", now=NOW)
    for filters, expected in (
        (Filters(accounts=(talks.accounts["Globex"],)), {mail}),
        (Filters(channels=("chat",)), {chat, reply}),
        (Filters(speakers=("rep",)), {reply}),
        (Filters(signals=("price_sensitivity",)), {chat}),
        (Filters(since=NOW - timedelta(days=30)), {chat, reply}),
        (Filters(until=NOW - timedelta(days=30)), {mail}),
        (Filters(people=(talks.people["Ross"].person_id,)), set()),
    ):
        hits = memory.search(talks.people["Dora"], "discount", filters=filters)
        assert {hit.message_id for hit in hits} == expected, filters


def test_the_newer_of_two_equals_comes_first(talks: Talks, find: Find) -> None:
    first = talks.add("Rita", "The discount is too small.")
    second = talks.add("Rita", "The discount is too small.")
    assert find("Rita", "discount too small") == [*second, *first]


@pytest.fixture(
    params=[Limits(few=0, exact=1000), Limits(few=0, exact=0), Limits(few=0, exact=0, overfetch=3, nearest=3)]
)
def by_store(request: pytest.FixtureRequest, settings: Settings, engine: Engine) -> Iterator[Memory]:
    """A memory that compares vectors one by one, asks Chroma, and asks it for too little."""
    made = Memory(settings, engine, request.param)
    yield made
    made.close()


def test_many_messages_are_searched_like_few(talks: Talks, by_store: Memory) -> None:
    (premises,) = talks.add("Rita", PREMISES)
    for number in range(12):
        talks.add("Ross", f"Number {number}: it has to be on premises, in our own server room.")
        talks.add("Rita", f"The lorry number {number} came late and the pallets were broken.")
    by_store.catch_up()
    (late,) = talks.add("Rita", "病人数据不能上云，必须私有化部署。")
    hits = by_store.search(talks.people["Rita"], "who wants an on-premise deployment?", k=3)
    assert {hit.message_id for hit in hits} == {premises, late}
    everyone = by_store.search(talks.people["Dora"], "who wants an on-premise deployment?", k=20)
    assert late in {hit.message_id for hit in everyone}


def test_an_accounts_name_alone_answers_nothing_else(talks: Talks, find: Find) -> None:
    (said,) = talks.add("Rita", "发票什么时候能寄出来？", account="大同租赁")
    assert find("Rita", "有没有客户提到过租潜水艇？") == []
    assert find("Rita", "大同租赁") == [said]


def test_words_in_no_glossary_are_found_across_languages(talks: Talks, find: Find) -> None:
    (bees,) = talks.add("Rita", "蜂蜜的价格涨了很多。", "我去问问。")[:1]
    talks.add("Rita", "The lorry came late and the pallets were broken.")
    assert find("Rita", "who told us about the honey?")[0] == bees
