"""Which channel a notice goes by, when, and what waits for the day's digest."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from core.channels import Content
from core.company import Company
from core.identity import Role
from db.company import save_company
from db.engine import system_session
from db.links import link
from db.notices import SIGNAL, Telling, notice_id, tell
from db.people import add_person
from db.preferences import BadPreference, Wishes, set_wishes, ways_to, wishes_of
from db.tables import Account, AuditEntry, Conversation, Message, Outbound, Signal, Timer
from tests.conftest import NOW
from tools.notices.alerts import Alerts
from tools.notices.delivery import deliver, undelivered

MIDNIGHT = datetime(2026, 6, 17, 16, 30, tzinfo=UTC)
"""Half past midnight in Shanghai."""
MORNING = datetime(2026, 6, 18, 0, 0, tzinfo=UTC)
HELLO = Content(title="Hello", text="there")


SAID = "It is too dear for us."


class Office:
    """Rita, linked to Slack and then to Telegram, and a conversation with Acme of hers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with system_session(engine) as session:
            save_company(session, Company(name="Firm", timezone="Asia/Shanghai"), {}, NOW)
            add_person(session, "Dora", role=Role.DIRECTOR, region=None, manager=None, now=NOW)
            self.rita = add_person(session, "Rita", role=Role.REP, region="East", manager="Dora", now=NOW).person_id
            link(session, "slack", "T:U1", self.rita, how="code", by=self.rita, now=NOW)
            link(session, "telegram", "77", self.rita, how="code", by=self.rita, now=NOW + timedelta(hours=1))
            mark = {"source": "t", "external_id": "a", "custom": {}, "loaded_at": NOW}
            account = Account(**mark, name="Acme", owner_id=self.rita)
            session.add(account)
            session.flush()
            talk = Conversation(
                **mark, channel="chat", account_id=account.id, owner_id=self.rita, kind="customer", started_at=NOW
            )
            session.add(talk)
            session.flush()
            line = Message(**mark, conversation_id=talk.id, speaker="customer", text=f"Hello. {SAID} Bye.", at=NOW)
            session.add(line)
            session.flush()
            self.talk, self.message = talk.id, line.id
            for kind in ("price_sensitivity", "churn_risk"):
                about = {"message_id": line.id, "conversation_id": talk.id, "quote": "too dear", "start": 13, "end": 21}
                session.add(Signal(**about, kind=kind, confidence=0.9, method="rules", at=NOW, found_at=NOW))

    def notice(self, key: str = "n", at: datetime = NOW) -> None:
        with system_session(self.engine) as session:
            tell(session, [Telling(key, self.rita, "escalation", None)], at)
            deliver(session, self.rita, notice_id(session, key), HELLO)

    def sent(self) -> list[tuple[str, str, datetime]]:
        with system_session(self.engine) as session:
            rows = session.scalars(select(Outbound).order_by(Outbound.id)).all()
            return [(row.channel, row.place, row.due_at) for row in rows]

    def signal(self, kind: str) -> Telling:
        detail = {"signal": kind, "message_id": self.message}
        return Telling(f"s:{kind}", self.rita, SIGNAL, self.talk, detail)

    def want(self, **wishes: object) -> None:
        with system_session(self.engine) as session:
            set_wishes(session, self.rita, Wishes(**wishes), by=self.rita, channel="console", now=NOW)  # type: ignore[arg-type]


@pytest.fixture
def office(engine: Engine) -> Office:
    return Office(engine)


def test_a_notice_goes_by_the_channel_linked_last(office: Office) -> None:
    office.notice()
    assert office.sent() == [("telegram", "@77", NOW)]


def test_or_by_the_one_that_is_wanted_first(office: Office) -> None:
    office.want(channels=("slack",))
    office.notice()
    assert office.sent() == [("slack", "@T:U1", NOW)]


def test_who_wants_the_console_first_is_told_nowhere_else(office: Office) -> None:
    office.want(channels=("console", "slack"))
    office.notice()
    assert office.sent() == []


def test_nobody_is_woken(office: Office) -> None:
    office.notice(at=MIDNIGHT)
    assert office.sent() == [("telegram", "@77", MORNING)]


def test_what_a_channel_refuses_goes_by_the_next_and_then_by_none(office: Office) -> None:
    office.notice()
    for _ in range(3):
        with system_session(office.engine) as session:
            for row in session.scalars(select(Outbound.id)).all():
                undelivered(session, row)
    assert [channel for channel, _, _ in office.sent()] == ["telegram", "slack"]


def test_who_may_leave_is_told_at_once_and_a_price_once_a_day(office: Office) -> None:
    alerts = Alerts("en", "https://d.example/")
    tellings = [office.signal("churn_risk"), office.signal("price_sensitivity")]
    for count in (2, 0):
        with system_session(office.engine) as session:
            assert alerts.tell(session, tellings, NOW) == count
    with system_session(office.engine) as session:
        (first,) = session.scalars(select(Outbound)).all()
        told = Content.model_validate(first.content)
        assert (told.title, told.text) == ("Acme: may leave", f"“{SAID}”"), "the sentence, not a word of it"
        assert told.buttons[0][0].url == f"https://d.example/conversations/{office.talk}?message={office.message}"
        (timer,) = session.execute(select(Timer.payload, Timer.due_at)).all()
        assert timer.due_at == datetime(2026, 6, 18, 0, 30, tzinfo=UTC), "half past eight in Shanghai"
    for _ in range(2):
        with system_session(office.engine) as session:
            alerts.digest(session, timer.payload, timer.due_at)
    with system_session(office.engine) as session:
        rows = session.scalars(select(Outbound).order_by(Outbound.id)).all()
        assert len(rows) == 2, "once, and only what was not told before"
        assert f"Acme · price: “{SAID}”" in Content.model_validate(rows[1].content).text


def test_who_wants_no_digest_gets_none(office: Office) -> None:
    office.want(digest_at="never")
    with system_session(office.engine) as session:
        Alerts("zh").tell(session, [office.signal("price_sensitivity")], NOW)
        assert session.scalars(select(Timer)).all() == []


def test_wishes_are_kept_and_written_down(office: Office) -> None:
    office.want(lang="zh", quiet_from="22:00", quiet_to="07:30", time_zone="Europe/Berlin")
    office.want(lang="zh", quiet_from="22:00", quiet_to="07:30", time_zone="Europe/Berlin")
    with system_session(office.engine) as session:
        assert wishes_of(session, office.rita).quiet_to == "07:30"
        assert ways_to(session, office.rita)[0] == ("telegram", "77")
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.preferences")).all()
        assert [(one.detail["before"]["lang"], one.detail["after"]["lang"]) for one in entries] == [(None, "zh")]


@pytest.mark.parametrize(
    "wishes",
    [
        {"channels": ("fax",)},
        {"lang": "fr"},
        {"quiet_from": "25:00", "quiet_to": "07:00"},
        {"quiet_from": "22:00"},
        {"digest_at": "noon"},
        {"time_zone": "Mars/Base"},
    ],
)
def test_wishes_that_cannot_be_are_refused(office: Office, wishes: dict[str, object]) -> None:
    with pytest.raises(BadPreference):
        office.want(**wishes)
