"""A firm with a line of managers, two consultants, an account of a rep's, and a clock that can be moved."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.channels import Content
from core.clock import Clock
from core.company import Company
from core.escalations import Evidence, Wanted
from core.escalations import Role as Asked
from core.identity import Identity, Role
from db.company import save_company
from db.duties import add_absence, set_duty
from db.engine import system_session
from db.ladders import DEADLINE, RUNG, WAKE
from db.people import add_person, find_person
from db.tables import Account, Notice
from jobs.timers import Ticker
from tests.conftest import NOW
from tools.escalations.escalations import Escalations
from tools.escalations.firing import fire_rung, miss, wake
from tools.escalations.telling import Teller

PEOPLE = (
    ("Dora", Role.DIRECTOR, None),
    ("Mona", Role.MANAGER, "Dora"),
    ("Max", Role.MANAGER, "Mona"),
    ("Rita", Role.REP, "Max"),
    ("Ron", Role.REP, "Max"),
    ("Otto", Role.REP, "Dora"),
    ("Tina", Role.REP, "Dora"),
    ("Theo", Role.REP, "Dora"),
)
DAY = timedelta(days=1)


@dataclass
class Firm:
    """Rita owns Acme; Max, Mona and Dora stand above her; Tina and Theo are technical consultants."""

    engine: Engine
    moment: datetime = NOW
    sent: list[tuple[int, int, Content]] = field(default_factory=list)
    people: dict[str, Identity] = field(default_factory=dict)
    account: int = 0

    def __post_init__(self) -> None:
        self.clock = Clock(source=lambda: self.moment)
        self.teller = Teller(self.deliver, "en")
        self.desk = Escalations(self.engine, self.clock, self.teller)
        kinds = {RUNG: fire_rung, WAKE: wake, DEADLINE: miss}
        self.ticker = Ticker(self.engine, self.clock, {name: partial(do, self.teller) for name, do in kinds.items()})

    def deliver(self, session: Session, person_id: int, notice_id: int, content: Content) -> None:
        self.sent.append((person_id, notice_id, content))

    def __getitem__(self, name: str) -> Identity:
        return self.people[name]

    def wanted(self, **more: Any) -> Wanted:
        """A sales manager for Acme within two days, as changed."""
        given: dict[str, Any] = {
            "account_id": self.account,
            "role": "sales_manager",
            "cause": "churn_risk",
            "due_at": self.moment + 2 * DAY,
            "time_zone": "Asia/Shanghai",
            "evidence": (Evidence("we may leave", "churn_risk", None, NOW),),
        }
        return Wanted(**{**given, **more})

    def pass_time(self, until: datetime, step: timedelta = timedelta(minutes=10)) -> None:
        """Let time go by, and timers fire when they are due."""
        while self.moment < until:
            self.moment = min(self.moment + step, until)
            while self.ticker.tick():
                pass

    def tick(self) -> None:
        """Fire what is due now."""
        while self.ticker.tick():
            pass

    def told(self) -> list[tuple[str, str]]:
        """Who was told what, in order."""
        names = {one.person_id: name for name, one in self.people.items()}
        with system_session(self.engine) as session:
            rows = session.scalars(select(Notice).order_by(Notice.id)).all()
            return [(names[row.person_id], row.detail["what"]) for row in rows]

    def away(self, name: str, start: datetime, end: datetime) -> None:
        """Have someone away."""
        with system_session(self.engine) as session:
            add_absence(session, self[name].person_id, start, end, now=self.moment)

    def duty(self, name: str, role: Asked = "technical_consultant", **more: Any) -> None:
        """Have someone take a role."""
        with system_session(self.engine) as session:
            set_duty(session, self[name].person_id, role, **more, now=self.moment)


def firm_of(engine: Engine) -> Firm:
    """The firm in an empty database."""
    firm = Firm(engine)
    with system_session(engine) as session:
        save_company(session, Company(name="Firm", timezone="Asia/Shanghai"), {}, NOW)
        for name, role, manager in PEOPLE:
            add_person(session, name, role=role, region="East", manager=manager, now=NOW)
            firm.people[name] = find_person(session, name)
        origin = {"source": "t", "external_id": "a", "custom": {}, "loaded_at": NOW}
        account = Account(**origin, name="Acme", owner_id=firm["Rita"].person_id)
        session.add(account)
        session.flush()
        firm.account = account.id
    firm.duty("Tina", skills=["integration"])
    firm.duty("Theo", skills=["security"])
    return firm


@pytest.fixture
def firm(engine: Engine) -> Firm:
    """The firm on each database in turn."""
    return firm_of(engine)


@pytest.fixture
def small_firm(sqlite_engine: Engine) -> Firm:
    """The firm on SQLite."""
    return firm_of(sqlite_engine)
