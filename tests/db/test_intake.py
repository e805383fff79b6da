"""What comes in comes in once, from however many sides, and nothing of it goes where its bringer may not."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from core.identity import Identity
from core.said import Incoming, IncomingConversation, Intake
from db.engine import open_engine, system_session
from db.incoming import MOST_MESSAGES, MOST_TEXT
from db.intake import Door, heard, receive, take_in
from db.tables import Account, Arrival, Conversation, Message
from tests.db.company import NOW, Small

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def say(key: str, text: str = "It is too dear for us", **changes: object) -> Incoming:
    return replace(Incoming(key, "customer", text, AT, "Wu"), **changes)  # type: ignore[arg-type]


def talk(key: str = "c1", *messages: Incoming, **changes: object) -> IncomingConversation:
    return replace(IncomingConversation(key, "chat", messages or (say("m1"),)), **changes)  # type: ignore[arg-type]


def take(engine: Engine, *talks: IncomingConversation, by: Identity | None = None, source: str = "api") -> Intake:
    with system_session(engine) as session:
        return take_in(session, talks, source=source, by=by, now=NOW)


def kept(engine: Engine) -> list[tuple[str, str, str]]:
    with system_session(engine) as session:
        statement = select(Conversation.external_id, Message.external_id, Message.text).join(
            Message, Message.conversation_id == Conversation.id
        )
        found = session.execute(statement.where(Conversation.source.in_(("api", "file"))))
        return sorted((row[0], row[1], row[2]) for row in found)


def one(engine: Engine, key: str) -> Conversation:
    with system_session(engine) as session:
        row = session.scalars(select(Conversation).where(Conversation.external_id == key, Conversation.source == "api"))
        found = row.one()
        session.expunge(found)
        return found


def test_what_comes_in_is_kept_with_its_language(engine: Engine) -> None:
    done = take(engine, talk("c1", say("m1"), say("m2", "太贵了", speaker="rep")))
    assert (done.accepted, done.duplicates, done.rejected, len(done.conversations)) == (2, 0, (), 1)
    with system_session(engine) as session:
        assert session.execute(select(Message.lang, Message.speaker).order_by(Message.external_id)).all() == [
            ("en", "customer"), ("zh", "rep"),
        ]  # fmt: skip


def test_what_comes_again_is_a_duplicate_even_with_another_text(engine: Engine) -> None:
    take(engine, talk())
    again = take(engine, talk("c1", say("m1", "something else"), say("m2", "new")))
    assert (again.accepted, again.duplicates) == (1, 1)
    assert kept(engine) == [("c1", "m1", "It is too dear for us"), ("c1", "m2", "new")]
    last = take(engine, talk())
    assert (last.accepted, last.duplicates, last.conversations) == (0, 1, ())


def test_two_conversations_may_use_the_same_message_ids(engine: Engine) -> None:
    done = take(engine, talk("c1"), talk("c2"))
    assert done.accepted == 2
    assert [row[:2] for row in kept(engine)] == [("c1", "m1"), ("c2", "m1")]


def test_sources_do_not_share_ids(engine: Engine) -> None:
    take(engine, talk())
    assert take(engine, talk(), source="file").accepted == 1


BAD = {
    "no_id": say(" "),
    "long_id": say("x" * 501),
    "odd_id": say("a\x00b"),
    "no_text": say("m", " \n\x00 "),
    "long_text": say("m", "x" * (MOST_TEXT + 1)),
    "unknown_speaker": say("m", speaker="boss"),
    "naive_time": say("m", at=datetime(2026, 6, 1)),  # noqa: DTZ001
    "old_time": say("m", at=datetime(1970, 1, 1, tzinfo=UTC)),
    "future_time": say("m", at=NOW + timedelta(days=2)),
    "long_author": say("m", author="x" * 501),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_message_is_refused_in_words_and_the_rest_comes_in(sqlite_engine: Engine, name: str) -> None:
    done = take(sqlite_engine, talk("c1", BAD[name], say("good")))
    assert done.accepted == 1
    assert len(done.rejected) == 1
    assert done.rejected[0].reason[-1] in ".。"


@pytest.mark.parametrize(
    "bad",
    [
        talk(""), talk(channel=""), talk(channel="x" * 51), IncomingConversation("c", "chat", ()),
        talk("many", *[say(str(number)) for number in range(MOST_MESSAGES + 1)]),
    ],
    ids=["id", "channel", "long channel", "empty", "many"],
)  # fmt: skip
def test_a_bad_conversation_is_refused_whole_and_the_rest_comes_in(
    sqlite_engine: Engine, bad: IncomingConversation
) -> None:
    done = take(sqlite_engine, bad, talk("fine"))
    assert (done.accepted, len(done.rejected)) == (1, 1)


def test_reasons_are_in_the_readers_language(sqlite_engine: Engine) -> None:
    with system_session(sqlite_engine) as session:
        bad = talk("c", say("m", ""))
        done = take_in(session, [bad], source="api", by=None, now=NOW, lang="zh")
    assert done.rejected[0].reason == "没有文字内容。"


def test_two_in_one_batch_with_one_id_are_told_apart(sqlite_engine: Engine) -> None:
    done = take(sqlite_engine, talk("c1", say("m1"), say("m1"), say("m1", "another")))
    assert (done.accepted, done.duplicates, [one.external_id for one in done.rejected]) == (1, 1, ["m1"])


def test_what_no_database_keeps_is_replaced(engine: Engine) -> None:
    done = take(engine, talk("c1", say("m1", "a\x00b\ud800c"), title="t\x00"))
    assert done.accepted == 1
    assert kept(engine) == [("c1", "m1", "a\ufffdb\ufffdc")]


def test_a_conversation_is_matched_and_owned_by_the_accounts_owner(small: Small) -> None:
    take(small.engine, talk("c1", account="ann LTD."))
    row = one(small.engine, "c1")
    assert row.owner_id == small.people["Ann"].person_id
    assert row.account_id is not None


def test_the_rep_who_speaks_owns_it(small: Small) -> None:
    take(small.engine, talk("c1", say("m1"), say("m2", speaker="rep", author="Bo"), account="Ann Ltd"))
    assert one(small.engine, "c1").owner_id == small.people["Bo"].person_id


def test_what_nobody_is_known_for_waits_without_an_owner(small: Small) -> None:
    take(small.engine, talk("c1", account="Nobody we know"))
    row = one(small.engine, "c1")
    assert (row.account_id, row.owner_id) == (None, None)


def test_a_later_message_may_tell_whose_it_is(small: Small) -> None:
    take(small.engine, talk())
    take(small.engine, talk("c1", say("m2", "hello again"), account="Ann Ltd"))
    row = one(small.engine, "c1")
    assert row.account_id is not None
    with system_session(small.engine) as session:
        assert session.get_one(Arrival, row.id).why == "name"


def test_a_reps_unmatched_conversation_is_theirs(small: Small) -> None:
    take(small.engine, talk(), by=small.people["Ann"])
    assert one(small.engine, "c1").owner_id == small.people["Ann"].person_id


def test_an_account_out_of_sight_is_as_one_that_is_not_there(small: Small) -> None:
    ann = small.people["Ann"]
    seen = take(small.engine, talk("c1", account="Cy Ltd"), by=ann)
    none = take(small.engine, talk("c2", account="No Such Ltd"), by=ann)
    assert (seen.accepted, seen.rejected) == (none.accepted, none.rejected) == (1, ())
    for key in ("c1", "c2"):
        row = one(small.engine, key)
        assert (row.account_id, row.owner_id) == (None, ann.person_id)


def test_nobody_speaks_for_a_colleague_out_of_their_line(small: Small) -> None:
    spoken = talk("c1", say("m1", speaker="rep", author="Cy"), account="Ann Ltd")
    take(small.engine, spoken, by=small.people["Ann"])
    assert one(small.engine, "c1").owner_id == small.people["Ann"].person_id
    take(small.engine, replace(spoken, external_id="c2"), by=small.people["Otto"])
    assert one(small.engine, "c2").owner_id == small.people["Cy"].person_id


def test_nobody_adds_to_a_conversation_that_is_not_theirs(small: Small) -> None:
    take(small.engine, talk("c1", account="Cy Ltd"))
    done = take(small.engine, talk("c1", say("m2", "grafted")), by=small.people["Ann"])
    assert (done.accepted, done.duplicates, done.conversations) == (0, 0, ())
    assert [one.external_id for one in done.rejected] == ["c1"]
    assert [row[1] for row in kept(small.engine)] == ["m1"]
    assert take(small.engine, talk("c1", say("m2")), by=small.people["Otto"]).accepted == 1


def test_a_trainer_may_bring_something_in_twice(small: Small) -> None:
    tess = small.people["Tess"]
    assert take(small.engine, talk(), by=tess).accepted == 1
    assert take(small.engine, talk(), by=tess).duplicates == 1


def test_what_an_admins_integration_brings_is_matched_against_everything(small: Small) -> None:
    take(small.engine, talk("c1", account="Cy Ltd"), by=small.people["Adam"])
    assert one(small.engine, "c1").owner_id == small.people["Cy"].person_id


def test_an_earlier_message_moves_the_beginning(small: Small) -> None:
    take(small.engine, talk())
    take(small.engine, talk("c1", say("m0", at=AT - timedelta(days=3))))
    assert one(small.engine, "c1").started_at == AT - timedelta(days=3)


def test_many_sides_at_once_double_nothing(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    batch = [talk(f"c{number % 4}", *[say(f"m{index}") for index in range(20)]) for number in range(8)]

    def send(turn: int) -> Intake:
        own = open_engine(url)
        try:
            return receive(own, batch[turn % 3 :], Door(source="api", by=None, now=NOW))
        finally:
            own.dispose()

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(send, range(6)))
    assert sum(each.accepted for each in done) == 80
    assert sum(each.accepted + each.duplicates for each in done) == 20 * sum(8 - turn % 3 for turn in range(6))
    assert all(each.rejected == () for each in done)
    with system_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Arrival)) == 4


def test_a_job_is_for_the_last_message_of_a_conversation(engine: Engine) -> None:
    door = Door(source="api", by=None, now=NOW)
    receive(engine, [talk("c1", say("m1"), say("m2"))], door)
    receive(engine, [talk("c1", say("m1"))], door)
    (work,) = heard(engine, door.touched)
    conversation = work.payload["conversation_id"]
    assert work.key == f"heard:{conversation}:{work.payload['message_id']}"


MESSAGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.text(min_size=1, max_size=8)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.tuples(st.sampled_from("xyz"), MESSAGES), min_size=1, max_size=5))
def test_sending_everything_again_changes_nothing(
    sqlite_engine: Engine, batches: Sequence[tuple[str, list[tuple[str, str]]]]
) -> None:
    talks = [talk(key, *[say(name, text) for name, text in said]) for key, said in batches]
    take(sqlite_engine, *talks)
    before = kept(sqlite_engine)
    again = take(sqlite_engine, *talks)
    assert again.accepted == 0
    assert kept(sqlite_engine) == before


def test_an_account_is_found_by_its_own_id(small: Small) -> None:
    take(small.engine, talk("c1", account="Ann"))
    with system_session(small.engine) as session:
        wanted = session.scalar(select(Account.id).where(Account.external_id == "Ann"))
    assert one(small.engine, "c1").account_id == wanted
