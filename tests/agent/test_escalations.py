"""Asking for someone to step in: a proposal, and only the asker's own plain word makes it happen."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from agent.assistant import Assistant, open_assistant
from agent.words import plain_word
from core.identity import Identity
from core.reply import Reply, Status
from core.settings import Settings
from db.engine import open_engine, system_session
from db.people import find_person
from tests.fakes import openai_server as fake
from tests.fakes.openai_server import OpenAIServer
from tools.escalations.escalations import open_escalations
from tools.escalations.tools import SCHEDULE

ASK = "Get a technical consultant to call Redmond Finance tomorrow at 3"


@pytest.fixture
def engine_of(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database)
    yield engine
    engine.dispose()


@pytest.fixture
def person(engine_of: Engine) -> Callable[[str], Identity]:
    def find(name: str) -> Identity:
        with system_session(engine_of) as session:
            return find_person(session, name)

    return find


@pytest.fixture
def kevin(person: Callable[[str], Identity]) -> Identity:
    return person("Kevin Chen")


def _states(reply: Reply) -> list[str]:
    return [action.state for action in reply.actions]


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ("yes", True), ("Yes, please!", True), ("ok, go ahead", True), ("好的", True), ("确认，谢谢", True),
        ("no", False), ("No, never mind.", False), ("不用了", False), ("取消", False), ("don't do it", False),
        ("yes but at 4", None), ("好的，改到四点", None), ("yes or no?", None), ("no revenue yet", None),
        ("他说好的", None), ('"yes"', True), ("", None), ("可以看一下业绩吗", None), ("确认一下华东的业绩", None),
    ],
)  # fmt: skip
def test_a_plain_word_is_a_word_and_nothing_else(message: str, word: bool | None) -> None:
    assert plain_word(message) is word


async def test_nothing_happens_before_the_asker_says_yes(
    assistant: Assistant, settings: Settings, engine_of: Engine, kevin: Identity
) -> None:
    kept = open_escalations(settings, engine_of)
    proposal = await assistant.turn(kevin, ASK)
    assert _states(proposal) == ["proposed"]
    for shown in ("Redmond Finance", "technical consultant", "18 June 2026, 15:00", "Shall I?"):
        assert shown in proposal.text
    assert kept.listed(kevin, states=("scheduled",)) == []
    done = await assistant.turn(kevin, "yes", thread_id=proposal.thread_id, channel="slack")
    assert _states(done) == ["scheduled"]
    (view,) = kept.listed(kevin, states=("scheduled",))
    assert (view.asked_by, view.confirmed_by) == ("Kevin Chen", "Kevin Chen")
    assert view.appointment_at is not None
    again = await assistant.turn(kevin, "yes", thread_id=proposal.thread_id)
    assert again.actions == ()
    assert len(kept.listed(kevin, states=("scheduled",))) == 1


async def test_a_no_leaves_nothing(
    assistant: Assistant, settings: Settings, engine_of: Engine, kevin: Identity
) -> None:
    proposal = await assistant.turn(kevin, ASK)
    declined = await assistant.turn(kevin, "不用了", thread_id=proposal.thread_id)
    assert _states(declined) == ["declined"]
    later = await assistant.turn(kevin, "yes", thread_id=proposal.thread_id)
    assert later.actions == ()
    assert open_escalations(settings, engine_of).listed(kevin) == []


async def test_another_wish_replaces_the_proposal(assistant: Assistant, kevin: Identity) -> None:
    first = await assistant.turn(kevin, ASK)
    second = await assistant.turn(kevin, "yes but at 4", thread_id=first.thread_id)
    assert "18 June 2026, 16:00" in second.text
    assert _states(second) == ["proposed"]
    assert second.actions[0].id != first.actions[0].id
    done = await assistant.turn(kevin, "ok", thread_id=first.thread_id)
    assert "16:00" in done.text


async def test_a_question_between_leaves_it_waiting(assistant: Assistant, kevin: Identity) -> None:
    first = await assistant.turn(kevin, ASK)
    await assistant.turn(kevin, "what was my revenue last quarter?", thread_id=first.thread_id)
    done = await assistant.turn(kevin, "yes", thread_id=first.thread_id)
    assert _states(done) == ["scheduled"]


async def test_a_yes_to_another_question_confirms_nothing(assistant: Assistant, kevin: Identity) -> None:
    first = await assistant.turn(kevin, ASK)
    asked_back = await assistant.turn(kevin, "how many deals last month?", thread_id=first.thread_id)
    assert asked_back.status is Status.CLARIFY
    reply = await assistant.turn(kevin, "yes", thread_id=first.thread_id)
    assert reply.actions == ()


async def test_a_yes_elsewhere_or_of_another_confirms_nothing(
    assistant: Assistant, kevin: Identity, director: Identity
) -> None:
    await assistant.turn(kevin, ASK)
    elsewhere = await assistant.turn(kevin, "yes")
    another = await assistant.turn(director, "yes")
    assert elsewhere.actions == another.actions == ()


async def test_a_stream_decides_too(assistant: Assistant, kevin: Identity) -> None:
    proposal = await assistant.turn(kevin, ASK)
    events = [event async for event in assistant.stream(kevin, "yes", thread_id=proposal.thread_id)]
    assert isinstance(events[-1], Reply)
    assert _states(events[-1]) == ["scheduled"]


async def test_no_model_can_confirm(
    model_settings: Settings, server: OpenAIServer, engine_of: Engine, kevin: Identity
) -> None:
    """A model that says it is done has done nothing; the asker's yes is not even shown to it."""
    server.play(fake.call(SCHEDULE, {"question": ASK}), fake.say("Done, it is scheduled."))
    kept = open_escalations(model_settings, engine_of)
    async with open_assistant(model_settings) as modelled:
        proposal = await modelled.turn(kevin, ASK)
        assert "Shall I?" in proposal.text
        assert "Done" not in proposal.text
        assert kept.listed(kevin, states=("scheduled",)) == []
        asked = len(server.requests)
        done = await modelled.turn(kevin, "yes", thread_id=proposal.thread_id)
    assert _states(done) == ["scheduled"]
    assert len(server.requests) == asked


async def test_it_is_the_escalation_just_made(assistant: Assistant, kevin: Identity) -> None:
    proposal = await assistant.turn(kevin, ASK)
    thread = proposal.thread_id
    await assistant.turn(kevin, "yes", thread_id=thread)
    change = await assistant.turn(kevin, "snooze it until tomorrow at 10", thread_id=thread)
    assert _states(change) == ["proposed"]
    done = await assistant.turn(kevin, "yes", thread_id=thread)
    assert _states(done) == ["snoozed"]


async def test_a_stranger_to_the_customer_hears_the_usual_words(
    assistant: Assistant, person: Callable[[str], Identity]
) -> None:
    chloe = person("Chloe Tan")
    real = await assistant.turn(chloe, ASK)
    invented = await assistant.turn(chloe, ASK.replace("Redmond Finance", "Zyqqorp Industries"))
    assert real.status is invented.status is Status.FORBIDDEN
    assert real.text.replace("Redmond Finance", "X") == invented.text.replace("Zyqqorp Industries", "X")
