"""Profiles: learnt from conversations, worked out for whoever asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import NotFound
from core.identity import Identity
from core.profiles import Brief, ContactView, Point, Profile, Reasons, Setting, StageName
from core.said import Found
from core.settings import Settings
from core.wording import Lang, say
from db.behaviour import Behaviour, behaviour_of
from db.company import CompanyFacts
from db.engine import reader
from db.facts import (
    FactLine,
    FactRow,
    NewFact,
    account_of,
    facts_of,
    keep_facts,
    lines_to_learn,
    names_held,
    names_known,
    set_fact,
)
from tools.metrics.desk import Desk
from tools.metrics.facts import FreshFacts
from tools.profiles.briefing import Known, brief_of
from tools.profiles.claims import Said, Talk
from tools.profiles.scores import Score, health_of, stage_of
from tools.profiles.standing import Standing, standing_of
from tools.profiles.views import Shown, checked, fact_view, reason_views
from tools.profiles.worth import Worth, value_of, worth_of

BACK_DAYS = (0, 30, 60, 90, 180)


@dataclass(frozen=True)
class Whole:
    """Everything of one account as one asker may know it at one moment."""

    account_id: int
    behaviour: Behaviour
    rows: list[FactRow]
    standing: list[Standing]
    worth: Worth
    stage: Score
    health: Score
    value: Score


class Profiles:
    """What we believe of accounts. Nothing is kept but what was said or set; the rest is worked out when asked for."""

    def __init__(self, engine: Engine, clock: Clock, desk: Desk) -> None:
        self._engine = engine
        self._clock = clock
        self._desk = desk
        self._facts = FreshFacts(engine)

    def learn(self, session: Session, conversation_id: int) -> int:
        """Read a conversation for facts of its account, in place of what it said before; how many there are."""
        account_id = account_of(session, conversation_id)
        if account_id is None:
            return 0
        known = names_known(session, account_id) | {self._company().company.name.casefold()}
        zone = ZoneInfo(self._company().company.timezone)
        lines = lines_to_learn(session, conversation_id)
        if not lines:
            return 0
        talk = Talk(names_held(session, account_id, lines[0].at, but=conversation_id))
        found = [fact for line in lines for fact in _facts_in(line, talk, zone, known)]
        return keep_facts(session, conversation_id, account_id, found, self._clock.now())

    def profile(self, identity: Identity, account_id: int, lang: Lang) -> Profile:
        """Stage, health, value and facts of an account; NotFound for one that the asker may not see."""
        whole = self._whole(identity, account_id, lang)
        shown = self._shown(lang)
        stage = cast(StageName, whole.stage.value)
        return Profile(
            account=whole.behaviour.account,
            account_id=account_id,
            sector=whole.behaviour.sector,
            owner=whole.behaviour.owner,
            stage=stage,
            stage_label=say(f"profiles.stages.{stage}", lang),
            health=int(whole.health.value),
            value=int(whole.value.value),
            facts=tuple(fact_view(one, shown) for one in whole.standing if one.row.name != "stage"),
            reasons=Reasons(
                stage=reason_views(whole.stage, shown),
                health=reason_views(whole.health, shown),
                value=reason_views(whole.value, shown),
            ),
            history=tuple(self._history(whole)),
            contacts=tuple(ContactView(name=name, title=title) for name, title in whole.behaviour.contacts),
            receipts=whole.worth.receipts,
        )

    def brief(self, identity: Identity, account_id: int, lang: Lang) -> Brief:
        """One screen for a visit; NotFound for an account that the asker may not see."""
        whole = self._whole(identity, account_id, lang)
        known = Known(account_id, whole.behaviour, whole.standing, whole.worth, whole.stage, whole.health, whole.value)
        return brief_of(known, self._shown(lang), self._today(), self._clock.now())

    def correct(self, identity: Identity, account_id: int, setting: Setting) -> int:
        """Keep a person's word on a fact; NotFound for an account that they may not see."""
        return set_fact(self._engine, identity, account_id, checked(setting), self._clock.now())

    def close(self) -> None:
        """Nothing is held open."""

    def _whole(self, identity: Identity, account_id: int, lang: Lang) -> Whole:
        now, today = self._clock.now(), self._today()
        with reader(self._engine, identity) as records:
            behaviour = behaviour_of(records, account_id)
            rows = facts_of(records, account_id) if behaviour else []
        if behaviour is None:
            raise NotFound
        stage, health = stage_of(behaviour, rows, now), health_of(behaviour, now)
        worth = worth_of(self._desk, identity, behaviour.account, today, lang)
        value = value_of(worth, behaviour, str(stage.value))
        return Whole(account_id, behaviour, rows, standing_of(rows), worth, stage, health, value)

    def _history(self, whole: Whole) -> Iterator[Point]:
        """How stage and health were, by what was known then; only as far back as anything is known."""
        now = self._clock.now()
        first = _first_known(whole)
        for days in BACK_DAYS:
            moment = now - timedelta(days=days)
            if days and (first is None or moment < first):
                return
            then = _known_by(whole.behaviour, moment)
            stage = cast(StageName, stage_of(then, whole.rows, moment).value)
            yield Point(at=moment.date().isoformat(), stage=stage, health=int(health_of(then, moment).value))

    def _company(self) -> CompanyFacts:
        return self._facts()

    def _today(self) -> date:
        return self._clock.today(self._company().company.timezone)

    def _shown(self, lang: Lang) -> Shown:
        company = self._company().company
        return Shown(lang, company.currency, company.timezone)


def _facts_in(line: FactLine, talk: Talk, zone: ZoneInfo, known: frozenset[str]) -> Iterator[NewFact]:
    signals = [Found(kind, quote, start, end, sure) for kind, quote, start, end, sure in line.signals]
    day = line.at.astimezone(zone).date()
    for claim in talk.hear(Said(line.text, day, signals, known, line.speaker, line.author)):
        detail = {**claim.detail, **({"withdrawn": True} if claim.withdrawn else {})}
        yield NewFact(line.message_id, line.at, claim.name, claim.value, claim.quote, claim.confidence, detail)


def _first_known(whole: Whole) -> datetime | None:
    said: Sequence[datetime] = [one.at for one in whole.behaviour.lines]
    days = (*whole.behaviour.activities, *whole.behaviour.orders)
    dated = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    return min((*said, *dated), default=None)


def _known_by(behaviour: Behaviour, moment: datetime) -> Behaviour:
    """The behaviour without what was only said later."""
    lines = tuple(one for one in behaviour.lines if one.at <= moment)
    return replace(behaviour, lines=lines, signs=tuple(one for one in behaviour.signs if one.at <= moment))


def open_profiles(settings: Settings, engine: Engine) -> Profiles:
    """The profiles over one database."""
    desk = Desk(engine, settings.clock, seconds=settings.query_seconds, rows=settings.query_rows)
    return Profiles(engine, settings.clock, desk)
