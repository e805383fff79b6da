"""The reception over the real workbench: two teams, a channel on loopback, and a clock that can be moved."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr
from sqlalchemy import Engine, select

from core.channels import Content
from core.clock import Clock
from core.company import Company
from core.escalations import Wanted
from core.identity import Identity, Role
from core.reply import Reply
from core.settings import Settings
from db.company import save_company
from db.engine import system_session
from db.ladders import DEADLINE, RUNG, WAKE
from db.people import add_person
from db.preferences import Wishes, set_wishes
from db.tables import Account, Escalation, EscalationEvent, Outbound
from jobs.timers import Ticker
from tests.conftest import NOW
from tests.connectors.contract.conftest import World
from tests.connectors.contract.rig import Rig, Seen
from tests.connectors.contract.scripted import Scripted
from tests.connectors.contract.telegram_rig import TelegramRig
from tools.escalations.delivery import DELIVER
from tools.escalations.firing import fire_rung, miss, wake
from tools.escalations.telling import Teller
from tools.workbench import Workbench

PEOPLE = (
    ("Dora", Role.DIRECTOR, "East", None),
    ("Max", Role.MANAGER, "East", "Dora"),
    ("Mona", Role.MANAGER, "West", "Dora"),
    ("Rita", Role.REP, "East", "Max"),
    ("Ross", Role.REP, "West", "Mona"),
    ("Tess", Role.TRAINER, "East", "Dora"),
    ("Ada", Role.ADMIN, "East", None),
)
"""Max leads Rita, who owns Acme; Mona leads Ross, who owns Zenith."""


class Timed(Settings):
    """Settings with a clock that can be moved."""

    _moment: datetime = PrivateAttr(NOW)

    @property
    def clock(self) -> Clock:
        """The company.s, as moved."""
        return Clock(source=lambda: self._moment)

    def move(self, by: timedelta) -> None:
        """Let time go by."""
        self._moment += by


@dataclass
class Moody(Scripted):
    """The scripted assistant, which can be made to fail whatever it is asked."""

    fails: bool = False

    async def turn(self, identity: Identity, message: str, **how: Any) -> Reply:
        """The same, or none."""
        if self.fails:
            raise ZeroDivisionError
        return await super().turn(identity, message, **how)


@dataclass
class Office(World):
    """A world with escalations."""

    accounts: dict[str, int] | None = None

    def open(self, account: str = "Acme", **more: Any) -> str:
        """The owner asks for a sales manager, who is told as soon as the rung fires; the escalation's id."""
        assert self.accounts
        by = self.people["rita" if account == "Acme" else "ross"]
        given = {"role": "sales_manager", "cause": "churn_risk", "time_zone": "Asia/Shanghai", **more}
        wanted = Wanted(self.accounts[account], due_at=NOW + timedelta(days=2), **given)
        opened: str = self.workbench.escalations.open(by, wanted, channel="console").id
        self.fire()
        return opened

    def propose(self, by: str = "rita", **more: Any) -> str:
        """The assistant proposes one to whom `by` names; the proposal's id."""
        assert self.accounts
        given = {"role": "sales_manager", "cause": "churn_risk", "time_zone": "Asia/Shanghai", **more}
        wanted = Wanted(self.accounts["Acme"], due_at=NOW + timedelta(days=9), **given)
        proposed: str = self.workbench.escalations.propose(self.people[by], wanted, thread_id="t").id
        return proposed

    def later(self, **time: float) -> None:
        """Let time go by."""
        assert isinstance(self.settings, Timed)
        self.settings.move(timedelta(**time))

    def fire(self) -> None:
        """Fire the timers that are due."""
        teller = Teller(DELIVER, "en")
        kinds = {RUNG: fire_rung, WAKE: wake, DEADLINE: miss}
        ticker = Ticker(self.engine, self.settings.clock, {name: _with(teller, do) for name, do in kinds.items()})
        while ticker.tick():
            pass

    def state(self, name: str) -> tuple[str, str | None]:
        """Of an escalation, and who is to step in."""
        view = self.workbench.escalations.view(self.people["dora"], name)
        return view.state, view.person

    def events(self, name: str) -> list[tuple[str, int | None, str | None]]:
        """What happened to it: what, by whom, through which channel."""
        with system_session(self.engine) as session:
            rows = session.execute(
                select(EscalationEvent.action, EscalationEvent.actor_id, EscalationEvent.channel)
                .join(Escalation, Escalation.id == EscalationEvent.escalation_id)
                .where(Escalation.name == name)
                .order_by(EscalationEvent.id)
            )
            return [(row[0], row[1], row[2]) for row in rows]

    async def notice(self, who: str, words: str = "Acme") -> Seen:
        """The latest message in the person's direct messages with these words."""
        found: list[Seen] = []

        def there() -> bool:
            found[:] = [one for one in self.rig.seen(by=who) if words in one.text]
            return bool(found)

        await self.until(there)
        await self.quiet()
        return found[-1]

    async def press(self, value: str, by: str, on: str | None = None) -> str:
        """The person presses; what is answered to them."""
        before = {one.ref for one in self.rig.seen(by=by)}
        assert await self.rig.deliver(self.rig.pressed(value, by=by, on=on)) == 200
        await self.until(lambda: bool({one.ref for one in self.rig.seen(by=by)} - before))
        await self.quiet()
        return "\n".join(one.text for one in self.rig.seen(by=by) if one.ref not in before)

    async def ask(self, text: str, by: str = "rita", **how: Any) -> str:
        """The person says something; what is answered."""
        where = how.get("where", "private")
        before = {one.ref for one in self.rig.seen(where, by=by)}
        await self.tell(text, by=by, **how)
        await self.until(lambda: bool({one.ref for one in self.rig.seen(where, by=by)} - before))
        await self.quiet()
        return "\n".join(one.text for one in self.rig.seen(where, by=by) if one.ref not in before)

    def values(self, start: str = "") -> list[str]:
        """The values of all the buttons that can be pressed now and begin so."""
        with system_session(self.engine) as session:
            contents = [Content.model_validate(one) for one in session.scalars(select(Outbound.content))]
        return [
            one.value for content in contents for row in content.buttons for one in row if one.value.startswith(start)
        ]


def _with(teller: Teller, do: Any) -> Any:
    return lambda session, payload, now: do(teller, session, payload, now)


@asynccontextmanager
async def open_office(rig: Rig, engine: Engine, home: Path, jobs: Any = None) -> AsyncIterator[Office]:
    """Everybody is linked, and wants to be told through the rig's channel."""
    settings = Timed(home=home, _env_file=None)
    people, accounts = {}, {}
    with system_session(engine) as session:
        save_company(session, Company(name="Firm", timezone="Asia/Shanghai"), {}, NOW)
        for name, role, region, manager in PEOPLE:
            made = add_person(session, name, role=role, region=region, manager=manager, now=NOW)
            people[name.lower()] = made
            if rig.name in ("slack", "telegram"):
                wishes = Wishes(lang="en", channels=(rig.name,))
                set_wishes(session, made.person_id, wishes, by=made.person_id, channel="console", now=NOW)
        for name, owner in (("Acme", "rita"), ("Zenith", "ross")):
            row = Account(source="t", external_id=name, custom={}, loaded_at=NOW, name=name)
            row.owner_id = people[owner].person_id
            session.add(row)
            session.flush()
            accounts[name] = row.id
    bench = Workbench(settings, engine)
    office = Office(rig, engine, settings, Moody(), people, bench, jobs, accounts=accounts)
    if isinstance(rig, TelegramRig):
        rig.engine = engine
    await rig.open(office.accept)
    for who in people:
        office.link(who)
    await office.start()
    try:
        yield office
    finally:
        await office.stop()
        await rig.close()
        bench.close()
