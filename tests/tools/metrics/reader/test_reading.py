"""Questions in both languages and the one query they stand for."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from core.language import detect
from core.reply import Status
from tests.tools.metrics.reader.classic import TODAY, identity, lexicon
from tests.tools.metrics.reader.notation import compact
from tools.metrics.query import Question, Refusal
from tools.metrics.reader import read

HERE = Path(__file__).parent


def cases(name: str) -> list[Any]:
    found: list[Any] = yaml.safe_load((HERE / "cases" / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def ask(question: str, who: str = "Dana Holt", last: Question | None = None) -> Question | Refusal:
    return read(question, lexicon(who), today=TODAY, identity=identity(who), lang=detect(question), last=last)


@pytest.mark.parametrize("case", cases("pairs"), ids=lambda case: case["en"])
def test_both_languages_give_one_query(case: dict[str, str]) -> None:
    assert compact(ask(case["en"])) == case["query"]
    assert ask(case["zh"]) == ask(case["en"])


@pytest.mark.parametrize("case", [*cases("english"), *cases("chinese")], ids=lambda case: case["ask"])
def test_a_question_gives_its_query(case: dict[str, str]) -> None:
    assert compact(ask(case["ask"], case["as"])) == case["query"]


@pytest.mark.parametrize("question", cases("leftovers"))
def test_a_word_that_was_not_understood_is_never_passed_over(question: str) -> None:
    assert isinstance(ask(question), Refusal)
    assert isinstance(ask(question, "Anna Snelling"), Refusal)


@pytest.mark.parametrize("thread", cases("threads"), ids=lambda thread: thread[0]["ask"])
def test_a_follow_up_amends_the_last_question(thread: list[dict[str, str]]) -> None:
    last: Question | None = None
    for turn in thread:
        found = ask(turn["ask"], last=last)
        assert compact(found) == turn["query"], turn["ask"]
        last = last if isinstance(found, Refusal) else found


def refused(question: str, who: str) -> tuple[Status, str]:
    found = ask(question, who)
    assert isinstance(found, Refusal), compact(found)
    return found.status, found.reason


@pytest.mark.parametrize("name", ["Zumgold", "Nonesuch Holdings", "zencorporation", "宏图科技公司"])
def test_a_customer_out_of_sight_is_refused_alike_whether_it_exists(name: str) -> None:
    assert refused(f"how much has {name} bought from us", "Anna Snelling") == (Status.FORBIDDEN, "not_visible")


def test_an_unknown_colleague_is_undefined_for_everyone() -> None:
    assert refused("deals won by Gustavo Pereira", "Anna Snelling") == (Status.UNDEFINED, "unknown_person")
    assert refused("Gustavo Pereira's revenue", "Dana Holt")[0] is Status.UNDEFINED


def test_trainers_see_no_records() -> None:
    assert refused("revenue last month", "Tess Trainor") == (Status.FORBIDDEN, "no_records_for_role")


def test_a_first_name_of_two_people_is_to_be_clarified() -> None:
    found = ask("revenue of Anna last month")
    assert isinstance(found, Refusal)
    assert found.status is Status.CLARIFY
    assert found.offers == ("revenue of Anna Snelling last month", "revenue of Anna Kessel last month")


def test_mine_is_my_scope_and_my_team_is_my_managers() -> None:
    assert compact(ask("my revenue last month", "Anna Snelling")) == "revenue in 2017-11"
    assert compact(ask("my team's revenue", "Anna Snelling")) == "revenue where manager=Dustin Brock"
    assert compact(ask("我个人上个月的业绩", "Dustin Brock")) == "revenue where rep=Dustin Brock in 2017-11"
    assert compact(ask("我和团队平均比赢单率怎么样", "Anna Snelling")) == "win_rate average team"


def test_a_refusal_offers_whole_questions_that_can_be_read() -> None:
    for question in ("how many deals last month", "上个月多少单", "GTX Pro", "loss rate by region"):
        found = ask(question)
        assert isinstance(found, Refusal)
        assert found.offers
        for offer in found.offers:
            assert not isinstance(ask(offer), Refusal), offer


def test_what_was_never_loaded_is_undefined() -> None:
    assert refused("collections last month", "Dana Holt") == (Status.UNDEFINED, "never_loaded")


def test_a_definition_is_told_from_the_catalogue() -> None:
    assert refused("what does win rate mean", "Dana Holt") == (Status.ANSWERED, "definition")
