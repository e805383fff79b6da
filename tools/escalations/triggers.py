"""What opens an escalation by itself: signals that matter together, or a question that nobody answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
import yaml
from sqlalchemy.orm import Session

from core.company import Company
from core.escalations import Evidence, NobodyToAsk, Role, Wanted
from db import spoken
from db.company import load_company
from db.spoken import Said
from db.timers import set_timer
from tools.escalations.opening import Asked, open_in
from tools.escalations.quiet import WEEK
from tools.escalations.telling import Teller

UNANSWERED = "unanswered"
DAY = timedelta(days=1)
FILE = Path(__file__).parent / "triggers.yaml"
log = structlog.get_logger("escalations")


@dataclass(frozen=True, slots=True)
class Trigger:
    """One way for what customers say to open an escalation; `triggers.yaml` says what each part means."""

    name: str
    signals: tuple[str, ...]
    within: timedelta
    cause: str
    role: Role
    due_days: int
    apart: timedelta = timedelta(0)
    big: float | None = None
    unanswered_days: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Every trigger, and what they share."""

    triggers: tuple[Trigger, ...]
    fresh: timedelta
    least: float
    revenue: timedelta
    day_ends: time


@cache
def rules() -> Rules:
    """As `triggers.yaml` has them."""
    tree = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Rules(
        tuple(_trigger(name, told) for name, told in tree["triggers"].items()),
        timedelta(days=tree["fresh_days"]),
        tree["least_confidence"],
        timedelta(days=tree["revenue_days"]),
        time.fromisoformat(tree["day_ends"]),
    )


@dataclass(frozen=True, slots=True)
class Triggers:
    """Looks at what was just said, and opens what it calls for."""

    teller: Teller

    def look(self, session: Session, conversation_id: int, messages: Collection[int], now: datetime) -> int:
        """Open what the new signals of these messages call for, in the caller's transaction; how many were opened.

        What was said before the last escalation of a cause was closed counts no more.
        """
        spoken.begin(session)
        account_id = spoken.account_of(session, conversation_id)
        if account_id is None:
            return 0
        new = spoken.signals_in(session, messages, rules().least, now - rules().fresh)
        kinds = {one.kind for one in new}
        opened = 0
        for trigger in rules().triggers:
            if not kinds.intersection(trigger.signals):
                continue
            if trigger.unanswered_days is not None:
                self._watch(session, trigger, [one for one in new if one.kind in trigger.signals], now)
            elif found := self._together(session, trigger, account_id, now):
                opened += self._open(session, trigger, account_id, found, now)
        return opened

    def unanswered(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Open what a question calls for that one of us should have answered by now."""
        spoken.begin(session)
        message_id = payload["message"]
        trigger = next((one for one in rules().triggers if one.name == payload["trigger"]), None)
        if trigger is None or spoken.answered(session, message_id):
            return
        found = [
            one
            for one in spoken.signals_in(session, [message_id], rules().least, now - trigger.within)
            if one.kind in trigger.signals
        ]
        account_id = spoken.account_of(session, found[0].conversation_id) if found else None
        if account_id is not None:
            self._open(session, trigger, account_id, found, now)

    def _watch(self, session: Session, trigger: Trigger, asked: Sequence[Said], now: datetime) -> None:
        assert trigger.unanswered_days is not None
        company = load_company(session).company
        for one in asked:
            due = _working_days_later(_opening(one.at, company), trigger.unanswered_days, company)
            payload = {"message": one.message_id, "trigger": trigger.name}
            set_timer(session, f"{UNANSWERED}:{one.message_id}", UNANSWERED, payload, max(due, now))

    def _together(self, session: Session, trigger: Trigger, account_id: int, now: datetime) -> list[Said]:
        """What together fires the trigger; nothing if it doesn't."""
        since = now - trigger.within
        closed = spoken.closed_since(session, account_id, trigger.cause)
        since = max(since, closed) if closed else since
        if trigger.big is not None:
            bought = (now - rules().revenue).date()
            if not spoken.among_the_biggest(session, account_id, trigger.big, bought):
                return []
        said = spoken.signals_of(session, account_id, set(trigger.signals), rules().least, since)
        if {one.kind for one in said} != set(trigger.signals):
            return []
        if len(trigger.signals) > len(set(trigger.signals)) and not _repeated(said, trigger.apart):
            return []
        return said

    def _open(self, session: Session, trigger: Trigger, account_id: int, said: Sequence[Said], now: datetime) -> int:
        company = load_company(session).company
        last = said[-1]
        wanted = Wanted(
            account_id=account_id,
            role=trigger.role,
            cause=trigger.cause,
            due_at=_end_of_day(now, trigger.due_days, company),
            time_zone=company.timezone,
            trigger=trigger.name,
            conversation_id=last.conversation_id,
            evidence=tuple(Evidence(one.quote, one.kind, one.message_id, one.at) for one in reversed(said)),
        )
        try:
            return int(not open_in(session, wanted, Asked(), self.teller, now).merged)
        except NobodyToAsk:
            log.warning("escalations.nobody_to_ask", trigger=trigger.name, account=account_id)
            return 0


def _trigger(name: str, told: Mapping[str, Any]) -> Trigger:
    return Trigger(
        name,
        tuple(told["signals"]),
        timedelta(days=told["within_days"]),
        told["cause"],
        told["role"],
        told["due_days"],
        timedelta(hours=told.get("apart_hours", 0)),
        told.get("big"),
        told.get("unanswered_days"),
    )


def _repeated(said: Sequence[Said], apart: timedelta) -> bool:
    """Whether two of them were said in different conversations or that far apart."""
    return any(
        one.conversation_id != other.conversation_id or abs(one.at - other.at) >= apart
        for one, other in combinations(said, 2)
    )


def _working_days_later(moment: datetime, days: int, company: Company) -> datetime:
    """The same time of day so many working days later, by the company's clock."""
    zone = ZoneInfo(company.timezone)
    local = moment.astimezone(zone)
    day, works = local.date(), _works(company)
    while days:
        day += DAY
        days -= day.weekday() in works
    return datetime.combine(day, local.time(), zone)


def _opening(moment: datetime, company: Company) -> datetime:
    """The same moment on a working day; on any other, the beginning of the next working day."""
    local = moment.astimezone(ZoneInfo(company.timezone))
    if local.weekday() in _works(company):
        return local
    while local.weekday() not in _works(company):
        local += DAY
    return datetime.combine(local.date(), time.min, local.tzinfo)


def _works(company: Company) -> set[int]:
    return {WEEK.index(one) for one in company.working_days} or set(range(len(WEEK)))


def _end_of_day(moment: datetime, days: int, company: Company) -> datetime:
    later = _working_days_later(moment, days, company)
    return datetime.combine(later.date(), rules().day_ends, later.tzinfo)
