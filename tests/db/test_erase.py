"""A customer is erased everywhere: a mark planted in every table is in no file afterwards."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, String, delete, func, inspect, select
from sqlalchemy.orm import Session

from core.needles import Needles
from db import audit
from db.engine import open_engine, system_session
from db.erase import Erased, Hands, erase_account, erase_contact
from db.tables import (
    Account,
    Activity,
    Arrival,
    AuditEntry,
    Call,
    Contact,
    Conversation,
    Deal,
    Escalation,
    EscalationEvent,
    Fact,
    Feedback,
    Inbound,
    LiveCall,
    Message,
    Notice,
    Outbound,
    Proposal,
    Remembered,
    Rung,
    Segment,
    Sentiment,
    Signal,
    SignalLabel,
    Ticket,
    Timer,
    ToRemember,
    Tracker,
)
from tests.db.company import NOW, Small, build

MARK = "zanzibarquux"
PERSON = "Wendelin Fitzhugh"


@pytest.fixture
def small(engine: Engine) -> Small:
    return build(engine)


def _row(model: Any, key: str, **values: Any) -> Any:
    return model(source="erase", external_id=key, loaded_at=NOW, **({"custom": {}} | values))


class Planted:
    """A customer with words of every kind, and a neighbour with the same."""

    def __init__(self, session: Session, small: Small, name: str, mark: str, person: str) -> None:
        owner = small.people["Ann"].person_id
        account = _row(Account, name, name=name, owner_id=owner)
        session.add(account)
        session.flush()
        self.account: int = account.id
        phone = "+86 138 0013 8000" if mark == MARK else "+86 139 0013 9000"
        contact = _row(
            Contact, f"{mark}@example.com", account_id=self.account, name=person, email=f"{mark}@example.com",
            phone=phone, custom={"note": mark}, title=mark,
        )  # fmt: skip
        session.add(contact)
        session.flush()
        self.contact: int = contact.id
        self.mark, self.name, self.person = mark, name, person
        self._talk(session, owner, "chat", contact.id)
        call = self._talk(session, owner, "call", None)
        self._records(session, owner)
        self._beside(session, owner, call)
        self._thread(session, owner)
        self._acts(session, owner, call)

    def _acts(self, session: Session, owner: int, call: int) -> None:
        said = session.scalars(select(Message.id).where(Message.conversation_id == call)).one()
        text = f"our {self.mark} plan is far too dear for us"
        escalation = Escalation(
            name=f"esc-{self.name}", open_key=f"{self.account}:price", account_id=self.account, conversation_id=call,
            cause=self.mark, trigger="asked", note=f"{self.mark} {self.person}", role="sales_manager", person_id=owner,
            owner_id=owner, due_at=NOW, time_zone="UTC", state="scheduled", created_at=NOW,
            evidence=[{"message_id": said, "quote": text, "kind": "price_sensitivity", "at": None}],
        )  # fmt: skip
        session.add(escalation)
        session.flush()
        rung = Rung(escalation_id=escalation.id, number=1, person_id=owner, due_at=NOW)
        notice = Notice(
            key=f"e-{self.name}", person_id=owner, kind="escalation", conversation_id=call, at=NOW,
            detail={"escalation": escalation.name, "mark": self.mark},
        )  # fmt: skip
        session.add_all([rung, notice])
        session.flush()
        happened = {"before": None, "after": {"account": self.mark, "person": self.person}}
        content = {"title": self.mark, "text": text}
        sent = {"channel": "slack", "place": "C1", "due_at": NOW, "created_at": NOW}
        cited = {"sources": [{"conversation": f"{self.name}-chat", "quote": self.mark}]}
        session.add_all([
            EscalationEvent(
                escalation_id=escalation.id, key=f"ev-{self.name}", at=NOW, action="opened", detail=happened,
            ),
            Timer(key=f"rung:{self.name}", kind="rung", payload={"rung": rung.id, "mark": self.mark}, due_at=NOW),
            Proposal(
                name=f"p-{self.name}", kind="escalate", person_id=owner, state="waiting", created_at=NOW,
                expires_at=NOW, payload={"wanted": {"account_id": self.account, "note": f"{self.mark} {self.person}"}},
            ),
            Outbound(key=f"notice:{self.name}", content=content, notice_id=notice.id, **sent),
            Outbound(key=f"reply:{self.name}", content={"text": self.mark, "reply": cited}, **sent),
            Inbound(channel="slack", key=self.name, lane="l", payload={"text": text}, received_at=NOW),
        ])  # fmt: skip

    def _talk(self, session: Session, owner: int, channel: str, contact: int | None) -> int:
        talk = _row(
            Conversation, f"{self.name}-{channel}", kind="customer", channel=channel, title=f"about {self.mark}",
            account_id=self.account, contact_id=contact, owner_id=owner, started_at=NOW,
        )  # fmt: skip
        session.add(talk)
        session.flush()
        text = f"our {self.mark} plan is far too dear for us"
        said = _row(
            Message, f"{self.name}-{channel}-1", conversation_id=talk.id, speaker="customer", author=self.person,
            text=text, lang="en", at=NOW,
        )  # fmt: skip
        session.add(said)
        session.flush()
        session.add(Signal(
            message_id=said.id, conversation_id=talk.id, kind="price_sensitivity", quote=text, start=0, end=len(text),
            confidence=0.9, method="rules", at=NOW, found_at=NOW,
        ))  # fmt: skip
        session.add(Sentiment(
            message_id=said.id, conversation_id=talk.id, label="negative", score=-0.5, detector="t", found_at=NOW,
        ))  # fmt: skip
        session.add(Remembered(
            message_id=said.id, conversation_id=talk.id, at=NOW, words=text, vector=b"1", version="t",
        ))  # fmt: skip
        session.add(Arrival(conversation_id=talk.id, account=self.mark, hints=[self.mark], state="matched", at=NOW))
        session.add(Notice(
            key=f"n-{talk.id}", person_id=owner, kind="signal", conversation_id=talk.id,
            detail={"quote": self.mark}, at=NOW,
        ))  # fmt: skip
        session.add(Fact(
            key=f"f-{talk.id}", account_id=self.account, conversation_id=talk.id, message_id=said.id, name="budget",
            value=self.mark, detail={"of": self.mark}, quote=self.mark, confidence=0.9, valid_from=NOW, origin="said",
            recorded_at=NOW,
        ))  # fmt: skip
        if channel == "call":
            call = Call(
                conversation_id=talk.id, content_hash=talk.external_id, file=f"calls/{self.name}",
                filename=f"{self.mark}.wav", bytes=3, created_at=NOW,
            )  # fmt: skip
            session.add(call)
            session.flush()
            words = [{"word": self.mark, "start": 0, "end": 1, "confidence": 1}]
            session.add(Segment(message_id=said.id, call_id=call.id, start=0, end=1, confidence=1, words=words))
        return int(talk.id)

    def _records(self, session: Session, owner: int) -> None:
        at = {"account_id": self.account, "owner_id": owner}
        session.add(
            _row(Deal, f"{self.name}-deal", name="Big deal", stage="won", close_value=100, close_date=NOW, **at)
        )
        session.add(_row(Activity, f"{self.name}-a", kind="visit", date=NOW, note=f"{self.mark} {self.person}", **at))
        session.add(_row(Ticket, f"{self.name}-t", date=NOW, subject=f"{self.mark} {self.person}", **at))

    def _beside(self, session: Session, owner: int, call: int) -> None:
        session.add(Fact(
            key=f"set-{self.name}", account_id=self.account, name="decider", value=f"{self.mark} {self.person}",
            detail={},
            confidence=1, valid_from=NOW, origin="person", person_id=owner, recorded_at=NOW,
        ))  # fmt: skip
        text = f"our {self.mark} plan is far too dear for us"
        session.add(SignalLabel(text_hash=self.mark, text=text, lang="en", kinds=[], person_id=owner, at=NOW))
        session.add(Tracker(
            name=self.mark[:4], description="d", examples=[text, "kept"], counterexamples=[text], settings={},
            person_id=owner, created_at=NOW, updated_at=NOW,
        ))  # fmt: skip
        session.add(LiveCall(
            id=f"live{self.name}", owner_id=owner, started_by=owner, account_id=self.account, format="pcm16", rate=8000,
            channels=1, segments=[{"text": self.mark}], started_at=NOW, heard_at=NOW,
        ))  # fmt: skip

    def _thread(self, session: Session, owner: int) -> None:
        thread = _row(
            Conversation, f"thread-{self.name}", kind="assistant", channel="assistant", owner_id=owner, started_at=NOW,
            title=f"what of {self.mark}",
        )  # fmt: skip
        session.add(thread)
        session.flush()
        quote = f"our {self.mark} plan is far too dear for us"
        cited = {"kind": "message", "id": "1", "conversation": f"{self.name}-chat", "quote": quote, "at": "x"}
        reply = {"turn_id": f"turn-{self.name}", "text": quote, "sources": [cited]}
        lines = (("asker", f"what of {self.mark}", None), ("assistant", quote, reply))
        for number, (speaker, text, value) in enumerate(lines):
            session.add(_row(
                Message, f"turn-{self.name}-{number}", conversation_id=thread.id, speaker=speaker, text=text, at=NOW,
                reply=value,
            ))  # fmt: skip
        session.add(Feedback(turn_id=f"turn-{self.name}", person_id=owner, thumb="down", text=self.mark, at=NOW))


class Witness:
    """Hands that note what they were asked to remove."""

    def __init__(self) -> None:
        self.gone: list[Any] = []
        self.hands = Hands(self.gone.append, self.gone.append, self.gone.append, self.gone.append)


@pytest.fixture
def planted(small: Small) -> tuple[Planted, Planted]:
    with system_session(small.engine) as session:
        return (
            Planted(session, small, "Vexcorp", MARK, PERSON),
            Planted(session, small, "Neighbour", "keepthisword", "Ulla Kept"),
        )


def _cells(engine: Engine) -> str:
    """Every text of every table."""
    found = []
    with engine.execution_options(scope="system").connect() as connection:
        for table in inspect(engine).get_table_names():
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"')
            found += [f"{table}: {row}" for row in rows]
    return "\n".join(found)


def _count(engine: Engine, model: Any) -> int:
    with system_session(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_account_is_erased_from_every_table(small: Small, planted: tuple[Planted, Planted]) -> None:
    gone, _ = planted
    witness = Witness()
    done = erase_account(small.engine, gone.account, witness.hands, by=small.people["Dana"], now=NOW)
    cells = _cells(small.engine)
    assert [line for line in cells.splitlines() if MARK in line] == []
    assert "138 0013 8000" not in cells
    assert (done.conversations, done.messages, done.recordings, done.turns, done.people) == (2, 2, 1, 1, 1)
    assert witness.gone[:3] == ["calls/Vexcorp", "live/liveVexcorp", ["thread-Vexcorp"]]
    assert cells.count("keepthisword") > 20


def test_deals_and_money_stay(small: Small, planted: tuple[Planted, Planted]) -> None:
    gone, _ = planted
    erase_account(small.engine, gone.account, Hands(), by=None, now=NOW)
    with system_session(small.engine) as session:
        deal = session.scalars(select(Deal).where(Deal.external_id == "Vexcorp-deal")).one()
        contact = session.get_one(Contact, gone.contact)
        assert (deal.account_id, int(deal.close_value or 0)) == (gone.account, 100)
        assert (contact.name, contact.email, contact.phone, contact.custom) == ("", None, None, {})
        assert session.get_one(Account, gone.account).name == "Vexcorp"


def test_a_person_is_erased_and_the_rest_of_the_account_stays(small: Small, planted: tuple[Planted, Planted]) -> None:
    gone, _ = planted
    with system_session(small.engine) as session:
        talk = session.scalars(select(Conversation).where(Conversation.external_id == "Vexcorp-call")).one()
        said = _row(
            Message, "rep-line", conversation_id=talk.id, speaker="rep", at=NOW,
            text=f"Thanks {PERSON.upper()}, call 138-0013-8000 about the rollout",
        )  # fmt: skip
        session.add(said)
        session.flush()
        session.add(Remembered(
            message_id=said.id, conversation_id=talk.id, at=NOW, words=said.text, vector=b"1", version="t",
        ))  # fmt: skip
    with system_session(small.engine) as session:
        session.execute(delete(ToRemember))
    erase_contact(small.engine, gone.contact, Hands(), by=small.people["Dana"], now=NOW)
    cells = _cells(small.engine)
    about = [line for line in cells.splitlines() if "Ulla" not in line and "Neighbour" not in line]
    assert [line for line in about if "fitzhugh" in line.lower() or "0013-8000" in line] == []
    with system_session(small.engine) as session:
        line = session.scalars(select(Message).where(Message.external_id == "rep-line")).one()
        assert line.text.endswith("about the rollout")
        assert session.scalars(
            select(Conversation.external_id).where(Conversation.account_id == gone.account)
        ).all() == ["Vexcorp-call"]
        subject = session.scalars(select(Ticket.subject).where(Ticket.account_id == gone.account)).one()
        assert subject == f"{MARK} {'█' * len(PERSON)}"


def test_the_audit_says_that_it_was_done_and_by_whom(small: Small, planted: tuple[Planted, Planted]) -> None:
    gone, _ = planted
    erase_account(small.engine, gone.account, Hands(), by=small.people["Dana"], now=NOW)
    with system_session(small.engine) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "erase")).one()
        assert (entry.actor_id, entry.subject) == (small.people["Dana"].person_id, f"account:{gone.account}")
        assert entry.id not in audit.verify(session) or entry.previous_hash
        assert MARK not in str(entry.detail)


@pytest.mark.parametrize("step", ["file", "folder", "threads", "memory"])
def test_broken_off_anywhere_it_is_finished_by_doing_it_again(
    small: Small, planted: tuple[Planted, Planted], step: str
) -> None:
    gone, _ = planted

    def fail(what: object) -> None:
        raise OSError(step)

    with pytest.raises(OSError, match=step):
        erase_account(small.engine, gone.account, Hands(**{step: fail}), by=None, now=NOW)
    erase_account(small.engine, gone.account, Hands(), by=None, now=NOW)
    again = erase_account(small.engine, gone.account, Hands(), by=None, now=NOW)
    assert MARK not in _cells(small.engine)
    assert set(again.counts().values()) == {0}


def test_nothing_is_left_in_the_files(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    small = build(engine)
    with system_session(engine) as session:
        gone = Planted(session, small, "Vexcorp", MARK, PERSON)
    assert _grep(tmp_path, MARK)
    erase_account(engine, gone.account, Hands(), by=None, now=NOW)
    assert _grep(tmp_path, MARK) == []
    assert _grep(tmp_path, "Fitzhugh") == []
    engine.dispose()


def _grep(folder: Path, word: str) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and word.encode() in file.read_bytes()]


def test_every_table_that_holds_words_is_planted(small: Small, planted: tuple[Planted, Planted]) -> None:
    """A new table with text must be thought of here, and in what is erased."""
    cells = _cells(small.engine)
    marked = {line.partition(":")[0] for line in cells.splitlines() if MARK in line}
    texts = {
        name
        for name in inspect(small.engine).get_table_names()
        if any(isinstance(column["type"], String) for column in inspect(small.engine).get_columns(name))
    }
    apart = {name for name in texts if name.startswith(("checkpoint", "remembered_words", "alembic"))}
    others = {
        "accounts", "audit", "campaign_touches", "company", "credentials", "deals", "invoices", "leases", "orders",
        "payments", "people", "products", "quote_lines", "quotes", "sentiments", "targets",
        "vector_stores", "absences", "channel_accounts", "channel_settings", "channel_threads", "duties",
        "preferences", "takeovers",
    }  # fmt: skip
    assert texts - apart - others <= marked


@pytest.mark.parametrize(
    ("words", "text", "blotted"),
    [
        (["Ann"], "Ann said annual, ann", "███ said annual, ███"),
        (["李伟"], "找李伟谈", "找██谈"),
        (["+86 138 0013 8000"], "ring 8613800138000 now", "ring █████████████ now"),
        (["a.b@c.de"], "to A.B@c.de, not xa.b@c.de", "to ████████, not xa.b@c.de"),
        ([""], "same", "same"),
    ],
)
def test_needles_find_people_in_texts(words: list[str], text: str, blotted: str) -> None:
    assert Needles(words).blotted(text) == blotted


def test_counts_are_only_numbers() -> None:
    assert Erased(1, 2, 3, 4, 5, 6, Needles(["x"])).counts()["people"] == 6
