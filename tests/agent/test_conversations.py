"""Questions about what customers said, asked in chat: quotes with sources, and never more than the asker may hear."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from agent.assistant import Assistant
from core.identity import Identity, Role
from core.profiles import Setting
from core.reply import Status
from core.said import Found, Incoming, IncomingConversation, Reading
from core.settings import Settings
from db.engine import open_engine, system_session
from db.intake import take_in
from db.people import identity_of, list_people
from db.signals import store_readings
from db.tables import Account, Conversation, Message, Person
from tools.workbench import Workbench

NOW = datetime(2026, 6, 17, 4, 0, tzinfo=UTC)
SAID = (
    (
        "m1",
        "customer",
        "We can only go ahead with an on-premise installation on our own servers.",
        "technical_need",
        "on our own servers",
    ),
    ("m2", "rep", "I will ask our engineers about a private installation.", None, ""),
    (
        "m3",
        "customer",
        "And honestly the price is too high, our budget is 90,000.",
        "price_sensitivity",
        "the price is too high",
    ),
    (
        "m4",
        "customer",
        "Mr Cole, our plant director, signs off everything.",
        "decision_process",
        "signs off everything",
    ),
)


@dataclass
class Told:
    """An account with a conversation, its owner, and someone who may not hear it."""

    account: str
    account_id: int
    owner: Identity
    stranger: Identity
    director: Identity


@pytest.fixture
def told(settings: Settings) -> Iterator[Told]:
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        account = session.scalars(
            select(Account)
            .join(Person, Person.id == Account.owner_id)
            .where(Person.role == Role.REP)
            .order_by(Account.id)
        ).first()
        assert account
        owner = identity_of(session, account.owner_id or 0)
        said = tuple(Incoming(key, who, text, NOW, "Ray Cole") for key, who, text, _, _ in SAID)  # type: ignore[arg-type]
        talk = IncomingConversation("talk-1", "email", said, account=account.name)
        take_in(session, [talk], source="api", by=owner, now=NOW)
        session.flush()
        conversation = session.scalars(select(Conversation.id).where(Conversation.external_id == "talk-1")).one()
        readings = []
        for key, _, text, kind, quote in SAID:
            message = session.scalars(
                select(Message.id).where(Message.external_id == key, Message.conversation_id == conversation)
            ).one()
            at = text.find(quote)
            found = (Found(kind, quote, at, at + len(quote), 0.9),) if kind else ()
            readings.append((message, Reading(found)))
        store_readings(session, readings, detector="test", now=NOW)
        session.flush()
        workbench = Workbench(settings, engine)
        workbench.profiles.learn(session, conversation)
        reps = [row for row in list_people(session) if row.role is Role.REP and row.id != owner.person_id]
        strangers = [identity_of(session, row.id) for row in reps if row.region != owner.region]
        directors = [identity_of(session, row.id) for row in list_people(session) if row.role is Role.DIRECTOR]
        found_told = Told(account.name, account.id, owner, strangers[0], directors[0])
    yield found_told
    workbench.close()
    engine.dispose()


@pytest.mark.parametrize("question", ["What did {name} say about price?", "{name}对价格怎么说的?"])
async def test_what_was_said_about_price_is_quoted_with_its_source(
    assistant: Assistant, told: Told, question: str
) -> None:
    reply = await assistant.turn(told.owner, question.format(name=told.account))
    assert reply.status is Status.ANSWERED
    assert "the price is too high" in reply.text
    assert reply.sources[0].conversation == "talk-1"
    assert reply.sources[0].id == "m3"
    assert reply.sources[0].at == "2026-06-17T12:00:00+08:00", "by the company's clock"


@pytest.mark.parametrize("question", ["Who told us they need an on-premise deployment?", "有没有客户问过私有化部署?"])
async def test_what_was_meant_is_found_in_either_language(assistant: Assistant, told: Told, question: str) -> None:
    reply = await assistant.turn(told.owner, question)
    assert reply.status is Status.ANSWERED
    assert "m1" in {source.id for source in reply.sources}


async def test_a_stranger_learns_nothing_not_even_that_it_exists(assistant: Assistant, told: Told) -> None:
    real = await assistant.turn(told.stranger, f"What did {told.account} say about price?", lang="en")
    invented = await assistant.turn(told.stranger, "What did Zyqqorp Industries say about price?", lang="en")
    anybody = await assistant.turn(told.stranger, "Who told us they need an on-premise deployment?")
    assert real.status is invented.status is Status.FORBIDDEN
    assert real.text.replace(told.account, "X") == invented.text.replace("Zyqqorp Industries", "X")
    assert "own servers" not in anybody.text
    assert not {"m1", "m3"} & {source.id for source in (*real.sources, *anybody.sources)}


async def test_an_unknown_customer_is_undefined_to_who_sees_all(assistant: Assistant, told: Told) -> None:
    reply = await assistant.turn(told.director, "What did Zyqqorp Industries say about price?")
    assert reply.status is Status.UNDEFINED


async def test_signals_are_listed_and_a_follow_up_narrows_them(assistant: Assistant, told: Told) -> None:
    reply = await assistant.turn(told.owner, "who said our price is too high?")
    assert "the price is too high" in reply.text
    later = await assistant.turn(told.owner, "and last year?", thread_id=reply.thread_id)
    assert later.status is Status.EMPTY
    assert "2025" in later.text


async def test_what_was_not_read_yet_is_said_to_be_missing(
    assistant: Assistant, told: Told, settings: Settings
) -> None:
    engine = open_engine(settings.database)
    talk = IncomingConversation(
        "talk-2", "email", (Incoming("m9", "customer", "It costs too much.", NOW, None),), account=told.account
    )
    question = f"What did {told.account} say about price?"
    with system_session(engine) as session:
        take_in(session, [talk], source="api", by=told.owner, now=NOW)
        mine = Conversation.account_id == told.account_id
        lines = select(Message.id).join(Conversation, Conversation.id == Message.conversation_id).where(mine)
        waiting = list(session.scalars(lines.where(~Message.external_id.in_([key for key, *_ in SAID]))))
        store_readings(session, [(one, Reading(())) for one in waiting[:-1]], detector="test", now=NOW)
    before = await assistant.turn(told.owner, question, lang="en")
    assert "1 message of customers was not read for this yet" in before.text
    with system_session(engine) as session:
        store_readings(session, [(waiting[-1], Reading(()))], detector="test", now=NOW)
    after = await assistant.turn(told.owner, question, lang="en")
    assert "not read" not in after.text
    engine.dispose()


async def test_nothing_said_is_said_so(assistant: Assistant, told: Told) -> None:
    reply = await assistant.turn(told.owner, f"What did {told.account} say about price in 2019?")
    assert reply.status is Status.EMPTY
    assert reply.sources == ()


@pytest.mark.parametrize("question", ["Brief me on {name}", "{name}客户画像"])
async def test_a_brief_tells_what_is_known_with_sources_and_receipts(
    assistant: Assistant, told: Told, question: str
) -> None:
    reply = await assistant.turn(told.owner, question.format(name=told.account))
    assert reply.status is Status.ANSWERED
    assert "plant director" in reply.text
    assert {"m3", "m4"} <= {source.id for source in reply.sources}
    assert {receipt.metric for receipt in reply.receipts} >= {"revenue", "pipeline_value"}


async def test_a_fact_is_told_and_the_next_question_stays_with_the_customer(assistant: Assistant, told: Told) -> None:
    reply = await assistant.turn(told.owner, f"Who decides at {told.account}?")
    assert "plant director" in reply.text
    later = await assistant.turn(told.owner, "and what is their budget?", thread_id=reply.thread_id)
    assert "90,000" in later.text
    assert later.status is Status.ANSWERED


async def test_a_brief_is_refused_to_a_stranger_in_the_same_words(assistant: Assistant, told: Told) -> None:
    real = await assistant.turn(told.stranger, f"Brief me on {told.account}", lang="en")
    invented = await assistant.turn(told.stranger, "Brief me on Zyqqorp Industries", lang="en")
    assert real.status is invented.status is Status.FORBIDDEN
    assert real.text.replace(told.account, "X") == invented.text.replace("Zyqqorp Industries", "X")


async def test_a_pinned_correction_is_what_chat_tells(assistant: Assistant, told: Told, settings: Settings) -> None:
    engine = open_engine(settings.database)
    workbench = Workbench(settings, engine)
    workbench.profiles.correct(told.owner, told.account_id, Setting(name="budget", value="120000"))
    reply = await assistant.turn(told.owner, f"What is the budget of {told.account}?")
    assert "120,000" in reply.text
    workbench.close()
    engine.dispose()
