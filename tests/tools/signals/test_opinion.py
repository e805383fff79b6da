"""The language model adds what it can quote, doubts what we are unsure of, and is not missed when it fails."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.said import Feeling, Found, Reading, Utterance
from core.settings import Settings
from tests.fakes import openai_server as fake
from tests.fakes.openai_server import OpenAIServer, run_openai_server
from tools.signals.opinion import Opinion, open_opinion

LINE = "We might have to look at Norvik, to be frank."
OURS = Reading((Found("competitor", "look at Norvik", 17, 31, 0.9), Found("demand", "have to", 9, 16, 0.42)))


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with run_openai_server() as running:
        yield running


@pytest.fixture
def opinion(server: OpenAIServer, tmp_path: Path) -> Opinion:
    settings = Settings(
        home=tmp_path, model="openai:tiny", openai_base_url=server.url, model_timeout_seconds=0.7, _env_file=None
    )
    opened = open_opinion(settings)
    assert opened is not None
    return opened


def ask(opinion: Opinion, *speakers: Any) -> Reading:
    return opinion.find([Utterance(LINE, "customer")], [OURS])[0]


def told(*signals: tuple[str, str], sentiment: str = "neutral") -> str:
    rows = [{"kind": kind, "quote": quote} for kind, quote in signals]
    return json.dumps({"lines": [{"n": 1, "signals": rows, "sentiment": sentiment}]})


def test_none_is_asked_without_a_model(tmp_path: Path) -> None:
    assert open_opinion(Settings(home=tmp_path, _env_file=None)) is None


def test_what_it_can_quote_is_added_and_what_both_doubt_goes(server: OpenAIServer, opinion: Opinion) -> None:
    server.play(fake.say(told(("churn_risk", "might have to look at Norvik"), sentiment="negative")))
    reading = ask(opinion)
    assert {(one.kind, one.quote, one.method) for one in reading.signals} == {
        ("competitor", "look at Norvik", "rules"),
        ("churn_risk", "might have to look at Norvik", "llm"),
    }
    assert all(LINE[one.start : one.end] == one.quote for one in reading.signals)
    assert reading.sentiment == Feeling("negative", -0.5)


def test_an_answer_in_a_fence_is_read(server: OpenAIServer, opinion: Opinion) -> None:
    server.play(fake.say("Sure!\n```json\n" + told(("demand", "have to")) + "\n```"))
    assert {one.kind for one in ask(opinion).signals} == {"competitor", "demand"}


def test_what_it_made_up_is_left_out(server: OpenAIServer, opinion: Opinion) -> None:
    server.play(fake.say(told(("complaint", "terrible service"), ("joy", "frank"), ("demand", "have to"))))
    assert {one.kind for one in ask(opinion).signals} == {"competitor", "demand"}


@pytest.mark.parametrize(
    "step",
    [fake.fail(500), fake.fail(429), fake.stall(2.0), fake.garbage(), fake.nothing(), fake.cut_after("{"),
     fake.say("I am sorry"), fake.say('{"lines": [{"n": "x"}]}'), fake.say('{"lines": 3}')],
)  # fmt: skip
def test_when_it_fails_ours_stands_and_it_rests(server: OpenAIServer, opinion: Opinion, step: fake.Step) -> None:
    server.play(step)
    assert ask(opinion) == OURS
    started = time.monotonic()
    assert ask(opinion) == OURS
    assert time.monotonic() - started < 0.3
    assert len(server.requests) == 1


def test_reps_lines_are_not_sent(server: OpenAIServer, opinion: Opinion) -> None:
    server.play(fake.say(told(("demand", "have to"))))
    assert opinion.find([Utterance(LINE, "rep")], [Reading()]) == [Reading()]
    assert server.requests == []
