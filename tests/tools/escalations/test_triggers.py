"""What opens an escalation by itself, and what does not."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.escalations import OPEN
from db.engine import system_session
from db.tables import Account, Conversation, Deal, Escalation, Message, Signal, Stage, Timer
from tests.conftest import NOW
from tests.tools.escalations.conftest import Firm
from tools.escalations.triggers import Triggers, rules

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Talk:
    """A conversation with Acme; what is said in it is looked at at once."""

    def __init__(self, firm: Firm, name: str = "t1") -> None:
        self.firm, self.name, self.said = firm, name, 0
        with system_session(firm.engine) as session:
            row = Conversation(
                **self._mark(name), channel="chat", account_id=firm.account, owner_id=firm["Rita"].person_id,
                kind="customer", started_at=firm.moment,
            )  # fmt: skip
            session.add(row)
            session.flush()
            self.id = row.id

    def say(self, *kinds: str, at: datetime | None = None, speaker: str = "customer", confidence: float = 0.9) -> int:
        """A line with these signals; how many escalations it opened."""
        self.said += 1
        with system_session(self.firm.engine) as session:
            line = Message(
                **self._mark(f"{self.name}.{self.said}"), conversation_id=self.id, speaker=speaker,
                text=" ".join(kinds) or "hello", at=at or self.firm.moment,
            )  # fmt: skip
            session.add(line)
            session.flush()
            for place, kind in enumerate(kinds):
                session.add(
                    Signal(
                        message_id=line.id,
                        conversation_id=self.id,
                        kind=kind,
                        quote=kind,
                        start=place,
                        end=place + 1,
                        confidence=confidence,
                        method="rules",
                        at=line.at,
                        found_at=self.firm.moment,
                    )
                )
            session.flush()
            return Triggers(self.firm.teller).look(session, self.id, [line.id], self.firm.moment)

    def _mark(self, name: str) -> dict[str, object]:
        return {"source": "t", "external_id": name, "custom": {}, "loaded_at": NOW}


def opened(firm: Firm) -> list[tuple[str, str, str]]:
    """What is open: trigger, cause, role."""
    with system_session(firm.engine) as session:
        rows = session.scalars(select(Escalation).where(Escalation.state.in_(OPEN)).order_by(Escalation.id)).all()
        return [(row.trigger, row.cause, row.role) for row in rows]


def won(firm: Firm, amount: int) -> None:
    """Acme bought for that much, beside nine customers who bought for 100 each."""
    with system_session(firm.engine) as session:
        for number in range(10):
            mark = {"source": "t", "external_id": f"d{number}", "custom": {}, "loaded_at": NOW}
            account = firm.account
            if number:
                other = Account(**mark, name=f"Other {number}")
                session.add(other)
                session.flush()
                account = other.id
            value = Decimal(100 if number else amount)
            session.add(
                Deal(**mark, account_id=account, stage=Stage.WON, close_date=date(2026, 1, 5), close_value=value)
            )


def test_price_and_a_rival_within_a_week_open_one(firm: Firm) -> None:
    talk = Talk(firm)
    assert talk.say("price_sensitivity") == 0
    firm.moment += 2 * DAY
    assert Talk(firm, "t2").say("competitor") == 1
    assert opened(firm) == [("price_and_competitor", "competitor", "sales_manager")]
    with system_session(firm.engine) as session:
        row = session.scalars(select(Escalation)).one()
        assert [one["kind"] for one in row.evidence] == ["competitor", "price_sensitivity"]
        assert (row.asked_by, row.confirmed_by, row.owner_id) == (None, None, firm["Rita"].person_id)
    assert talk.say("competitor") == 0, "a second is merged"


def test_price_and_a_rival_far_apart_open_nothing(firm: Firm) -> None:
    Talk(firm).say("price_sensitivity")
    firm.moment += 8 * DAY
    assert Talk(firm, "t2").say("competitor") == 0
    assert opened(firm) == []


def test_a_complaint_twice_in_ten_days(firm: Firm) -> None:
    talk = Talk(firm)
    talk.say("complaint")
    assert talk.say("complaint", at=firm.moment + HOUR) == 0, "said in one breath it is one complaint"
    firm.moment += 9 * DAY
    assert talk.say("complaint") == 1
    assert opened(firm) == [("complaint_twice", "complaint", "sales_manager")]


def test_what_was_said_before_the_last_one_was_closed_counts_no_more(firm: Firm) -> None:
    talk = Talk(firm)
    talk.say("complaint")
    firm.moment += DAY
    assert talk.say("complaint") == 1
    with system_session(firm.engine) as session:
        name = session.scalars(select(Escalation.name)).one()
    firm.desk.accept(firm["Max"], name, channel="console")
    firm.moment += HOUR
    firm.desk.resolve(firm["Max"], name, "useful", channel="console")
    firm.moment += HOUR
    assert talk.say("complaint") == 0
    firm.moment += DAY
    assert talk.say("complaint") == 1


@pytest.mark.parametrize(("amount", "count"), [(1000, 1), (100, 1), (50, 0)])
def test_who_may_leave_matters_most_where_much_is_bought(firm: Firm, amount: int, count: int) -> None:
    won(firm, amount)
    assert Talk(firm).say("churn_risk") == count


def test_without_any_revenue_nobody_is_big(firm: Firm) -> None:
    assert Talk(firm).say("churn_risk") == 0


def test_a_technical_question_that_nobody_answers_for_a_working_day(firm: Firm) -> None:
    talk = Talk(firm)
    assert talk.say("technical_need") == 0
    unanswered = Triggers(firm.teller).unanswered
    payload = {"message": _last(firm), "trigger": "technical_unanswered"}
    firm.moment += DAY
    with system_session(firm.engine) as session:
        unanswered(session, payload, firm.moment)
    assert opened(firm) == [("technical_unanswered", "technical_need", "technical_consultant")]


def test_a_technical_question_that_was_answered(firm: Firm) -> None:
    talk = Talk(firm)
    talk.say("technical_need")
    payload = {"message": _last(firm), "trigger": "technical_unanswered"}
    talk.say(speaker="rep", at=firm.moment + HOUR)
    firm.moment += DAY
    with system_session(firm.engine) as session:
        Triggers(firm.teller).unanswered(session, payload, firm.moment)
    assert opened(firm) == []


def test_old_or_doubtful_signals_open_nothing(firm: Firm) -> None:
    talk = Talk(firm)
    talk.say("price_sensitivity", at=firm.moment - 5 * DAY)
    assert talk.say("competitor", at=firm.moment - 4 * DAY) == 0, "history that is loaded late"
    assert talk.say("competitor", confidence=0.3) == 0
    assert talk.say("competitor") == 1


def test_every_trigger_names_signals_and_a_role() -> None:
    assert len({one.name for one in rules().triggers}) == len(rules().triggers) == 4


def _last(firm: Firm) -> int:
    with system_session(firm.engine) as session:
        return session.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).one()


def test_a_question_on_a_day_off_may_wait_for_the_next_working_day_to_be_over(firm: Firm) -> None:
    saturday = firm.moment.replace(day=20)
    firm.moment = saturday
    Talk(firm).say("technical_need")
    with system_session(firm.engine) as session:
        due = session.scalars(select(Timer.due_at).where(Timer.kind == "unanswered")).one()
    assert due.astimezone(ZoneInfo("Asia/Shanghai")) == datetime(2026, 6, 23, tzinfo=ZoneInfo("Asia/Shanghai"))
