"""Signals are kept once a message, seen in scope only, and labels are redacted before they are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core.errors import Forbidden
from core.said import Feeling, Found, Incoming, IncomingConversation, Reading
from db.engine import system_session
from db.intake import take_in
from db.labels import Label, read_labels, save_labels
from db.signals import list_signals, store_readings, unread
from db.tables import Account, Conversation, Message, Sentiment, Signal
from tests.db.company import NOW, Small

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def bring(small: Small, key: str, owner: str) -> tuple[int, list[int]]:
    lines = (("m1", "customer", "too dear for us"), ("m2", "rep", "I see"), ("m3", "customer", "send the contract"))
    said = tuple(
        Incoming(f"{key}-{one}", who, text, AT + timedelta(minutes=at))  # type: ignore[arg-type]
        for at, (one, who, text) in enumerate(lines)
    )
    with system_session(small.engine) as session:
        take_in(session, [IncomingConversation(key, "wechat", said)], source="api", by=small.people[owner], now=NOW)
        talk = session.scalar(select(Conversation.id).where(Conversation.external_id == key))
        assert talk
        ids = session.scalars(select(Message.id).where(Message.conversation_id == talk).order_by(Message.at))
        return talk, list(ids)


def keep(small: Small, message: int, *found: Found) -> None:
    with system_session(small.engine) as session:
        store_readings(session, [(message, Reading(found, Feeling("negative", -0.4)))], detector="v1", now=NOW)


DEAR = Found("price_sensitivity", "too dear", 0, 8, 0.9)


def test_what_nobody_has_read_is_handed_out_once(small: Small) -> None:
    talk, ids = bring(small, "t1", "Ann")
    with system_session(small.engine) as session:
        lines = unread(session, talk)
    assert [(line.message_id, line.utterance.speaker) for line in lines] == list(
        zip(ids, ("customer", "rep", "customer"), strict=True)
    )
    assert lines[2].utterance.before == (("customer", "too dear for us"), ("rep", "I see"))
    keep(small, ids[0], DEAR)
    with system_session(small.engine) as session:
        assert [line.message_id for line in unread(session, talk)] == ids[1:]


def test_a_second_reading_takes_the_place_of_the_first(small: Small) -> None:
    _, ids = bring(small, "t1", "Ann")
    keep(small, ids[0], DEAR, Found("demand", "us", 13, 15, 0.5))
    keep(small, ids[0], DEAR, DEAR)
    keep(small, 10**9, DEAR)
    with system_session(small.engine) as session:
        assert session.scalar(select(func.count(Signal.id))) == 1
        assert session.scalar(select(func.count(Sentiment.message_id))) == 1


def test_everyone_sees_their_own(small: Small) -> None:
    _, mine = bring(small, "of ann", "Ann")
    _, other = bring(small, "of cy", "Cy")
    keep(small, mine[0], DEAR)
    keep(small, other[0], DEAR)

    def seen(name: str, **wanted: object) -> list[str]:
        rows = list_signals(small.engine, small.people[name], **wanted)  # type: ignore[arg-type]
        return sorted(row.conversation for row in rows)

    assert seen("Ann") == ["of ann"]
    assert seen("Dana") == ["of ann", "of cy"]
    assert seen("Adam") == []
    assert seen("Dana", conversation="of cy") == ["of cy"]
    assert seen("Ann", conversation="of cy") == []
    assert seen("Dana", since=AT + timedelta(days=1)) == []
    assert seen("Dana", account="nobody") == []


def test_pages_follow_each_other(small: Small) -> None:
    _, ids = bring(small, "t1", "Ann")
    keep(small, ids[0], DEAR)
    keep(small, ids[2], Found("buying_intent", "contract", 9, 17, 0.9))
    first = list_signals(small.engine, small.people["Ann"], limit=1)
    assert [row.kind for row in first] == ["buying_intent", "price_sensitivity"]
    second = list_signals(small.engine, small.people["Ann"], after=(first[0].at, first[0].id), limit=1)
    assert [(row.kind, row.message, row.speaker) for row in second] == [("price_sensitivity", "t1-m1", "customer")]


def test_labels_are_kept_without_names_and_the_last_counts(small: Small) -> None:
    with system_session(small.engine) as session:
        name = session.scalars(select(Account.name)).first()
        assert name
    trainer = small.people["Tess"]
    text = f"{name} finds it dear, write to li.wei@example.com or call +86 138-0013-8000, says Ann"
    save_labels(small.engine, trainer, [Label(text, ("demand",))], NOW)
    save_labels(small.engine, trainer, [Label(text, ("price_sensitivity",), "negative")], NOW)
    rows = read_labels(small.engine)
    assert [(row.kinds, row.sentiment) for row in rows] == [(("price_sensitivity",), "negative")]
    assert not any(secret in rows[0].text for secret in (name, "example.com", "8000", "Ann"))
    assert "finds it dear" in rows[0].text


def test_reps_do_not_label(small: Small) -> None:
    with pytest.raises(Forbidden):
        save_labels(small.engine, small.people["Ann"], [Label("too dear", ())], NOW)
