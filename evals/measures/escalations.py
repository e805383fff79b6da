"""Whether what customers say gets somebody to step in: when it should, the right person, by the right day."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any, get_args
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.channels import Content
from core.company import Company
from core.identity import Identity, Role
from core.said import Incoming, IncomingConversation, Speaker
from core.settings import Settings
from core.wording import LANGS, Lang, say
from db.company import save_company
from db.duties import add_absence, set_duty
from db.engine import open_engine, system_session
from db.intake import take_in
from db.migrations.run import migrate
from db.people import add_person, find_person
from db.tables import Account, Deal, Escalation, Person, Signal, Stage
from db.timers import due_timers, take_timer
from evals.measures.measured import Figure, Measured
from evals.measures.reading import read_in
from tools.escalations.telling import Teller
from tools.escalations.triggers import UNANSWERED, Triggers
from tools.signals.detector import Detector

SUITES = Path(__file__).parents[1] / "suites"
GOAL = 0.9
CUSTOMER = "Customer"
SMALL, OTHERS, BIG = Decimal(50), Decimal(100), Decimal(5000)
SPEAKERS: Mapping[str, Speaker] = {one[0]: one for one in get_args(Speaker)}
LOOK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One message: in which of the customer's conversations, by whom, when."""

    talk: str
    speaker: Speaker
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Somebody who has to step in: for what cause, in which role, who, until the end of which day of the month."""

    cause: str
    role: str
    to: str
    day: int


@dataclass(frozen=True, slots=True)
class Case:
    """One customer's conversations, and who has to step in because of them."""

    id: str
    lang: Lang
    about: str
    owner: str
    big: bool
    away: tuple[str, ...]
    lines: tuple[Line, ...]
    expect: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a case came to, and the signals that were found in it."""

    case: Case
    got: tuple[Step, ...]
    heard: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[Step, Step]]:
        """What was wanted beside what was opened, where the cause is the same."""
        opened = {one.cause: one for one in self.got}
        return [(one, opened[one.cause]) for one in self.case.expect if one.cause in opened]


def run(settings: Settings) -> Measured:
    """Have every conversation come in as it was said, let time go by, and look who was asked."""
    with closing(Detector(settings.var / "signals")) as detector:
        found = judge(read_cases(), detector)
    return Measured("escalations", tuple(_figures(found)), tuple(_failures(found)))


def judge(cases: Sequence[Case], detector: Detector) -> list[Judged]:
    """Each case in a firm of its own."""
    with TemporaryDirectory(prefix="dealhand-eval-") as folder:
        template = Path(folder) / "firm.db"
        _found(template)
        return [_judged(one, template, detector) for one in cases]


def read_cases(langs: Sequence[Lang] = LANGS) -> list[Case]:
    """The cases as the files have them."""
    return [_case(told, lang) for lang in langs for told in _suite(lang)["cases"]]


def _suite(lang: Lang) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((SUITES / f"escalations_{lang}.yaml").read_text("utf-8"))
    return read


def _firm() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((SUITES / "escalations_firm.yaml").read_text("utf-8"))
    return read


def _case(told: Mapping[str, Any], lang: Lang) -> Case:
    firm = _firm()
    lines = tuple(_line(stamp, text, firm) for one in told["lines"] for stamp, text in one.items())
    expect = tuple(sorted(Step(**one) for one in told.get("expect", ())))
    big, away = told.get("big", False), tuple(told.get("away", ()))
    return Case(told["id"], lang, told["about"], told.get("owner", firm["owner"]), big, away, lines, expect)


def _line(stamp: str, text: str, firm: Mapping[str, Any]) -> Line:
    """`12 09:30 c`: on the 12th, the customer; `c2` in the customer's second conversation."""
    day, clock, who = stamp.split()
    local = datetime.combine(date.fromisoformat(f"{firm['month']}-{int(day):02}"), time.fromisoformat(clock))
    at = local.replace(tzinfo=ZoneInfo(firm["zone"])).astimezone(UTC)
    return Line(who[1:] or "1", SPEAKERS[who[0]], at, text)


def _found(file: Path) -> None:
    """A database with the firm in it."""
    url, firm = f"sqlite:///{file}", _firm()
    migrate(url)
    began = datetime.fromisoformat(f"{firm['month']}-01T00:00:00+00:00") - timedelta(days=1)
    with _open(file) as engine, system_session(engine) as session:
        save_company(session, Company(name="Firm", timezone=firm["zone"]), {}, began)
        for name, told in firm["people"].items():
            manager, region = told.get("manager"), told.get("region")
            made = add_person(session, name, role=Role(told["role"]), region=region, manager=manager, now=began)
            if "skills" in told:
                set_duty(session, made.person_id, "technical_consultant", skills=told["skills"], now=began)
        for number in range(9):
            _bought(session, _account(session, f"Other {number}", None, began), OTHERS, began)


@contextmanager
def _open(file: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{file}")
    try:
        yield engine
    finally:
        engine.dispose()


def _account(session: Session, name: str, owner_id: int | None, now: datetime) -> int:
    row = Account(source="eval", external_id=name, custom={}, loaded_at=now, name=name, owner_id=owner_id)
    session.add(row)
    session.flush()
    return row.id


def _bought(session: Session, account_id: int, value: Decimal, now: datetime) -> None:
    mark = {"source": "eval", "external_id": str(account_id), "custom": {}, "loaded_at": now}
    session.add(
        Deal(**mark, account_id=account_id, stage=Stage.WON, close_value=value, close_date=now.date() - timedelta(90))
    )


def _judged(case: Case, template: Path, detector: Detector) -> Judged:
    file = template.with_name(f"{case.id}.db")
    copy(template, file)
    with _open(file) as engine:
        life = Life(engine, case, detector)
        life.live()
        judged = Judged(case, life.opened(), life.heard())
    file.unlink()
    return judged


def _silent(session: Session, person_id: int, notice_id: int, content: Content) -> None:
    """Nobody has a channel here."""


class Life:
    """What happens to a customer, message by message, by the steps of the pipeline that reads them."""

    def __init__(self, engine: Engine, case: Case, detector: Detector) -> None:
        self._engine, self._case, self._detector = engine, case, detector
        self._triggers = Triggers(Teller(_silent, case.lang))
        self._moment = case.lines[0].at
        with system_session(engine) as session:
            self._owner: Identity = find_person(session, case.owner)
            self._account = _account(session, CUSTOMER, self._owner.person_id, self._moment)
            _bought(session, self._account, BIG if case.big else SMALL, self._moment)
            for name in case.away:
                away = self._moment - timedelta(days=1), self._moment + timedelta(days=30)
                add_absence(session, find_person(session, name).person_id, *away, now=self._moment)

    def live(self) -> None:
        """Everything that is said, and the days after it."""
        for line in self._case.lines:
            self._pass(line.at)
            self._say(line)
        self._pass(self._moment + timedelta(days=5))

    def opened(self) -> tuple[Step, ...]:
        """Who was to step in first, for what, until when."""
        zone = ZoneInfo(_firm()["zone"])
        with system_session(self._engine) as session:
            rows = session.execute(select(Escalation, Person.name).join(Person, Person.id == Escalation.person_id))
            steps = [Step(row.cause, row.role, name, row.due_at.astimezone(zone).day) for row, name in rows.all()]
        return tuple(sorted(steps))

    def heard(self) -> tuple[str, ...]:
        """The kinds of signals, in the order in which they were said."""
        with system_session(self._engine) as session:
            return tuple(session.scalars(select(Signal.kind).order_by(Signal.at, Signal.id)).all())

    def _say(self, line: Line) -> None:
        said = Incoming(f"{line.at.isoformat()}/{line.speaker}", line.speaker, line.text, line.at)
        talk = IncomingConversation(line.talk, "chat", (said,), account=CUSTOMER)
        with system_session(self._engine) as session:
            taken = take_in(session, [talk], source="eval", by=self._owner, now=self._moment)
        for conversation in taken.conversations:
            read_in(self._engine, conversation, self._detector, self._triggers, self._moment)

    def _pass(self, until: datetime) -> None:
        """Let time go by, and what was to be looked at be looked at when it is due."""
        while self._moment < until:
            self._moment = min(self._moment + LOOK, until)
            with system_session(self._engine) as session:
                for timer in due_timers(session, [UNANSWERED], self._moment, 100):
                    taken = take_timer(session, timer, self._moment)
                    if taken:
                        self._triggers.unanswered(session, taken.payload, self._moment)


def _figures(found: Sequence[Judged]) -> Iterator[Figure]:
    for lang in LANGS:
        mine = [one for one in found if one.case.lang == lang]
        if not mine:
            continue
        pairs = [pair for one in mine for pair in one.pairs]
        shares = {
            "precision": (len(pairs), sum(len(one.got) for one in mine)),
            "recall": (len(pairs), sum(len(one.case.expect) for one in mine)),
            "right person": (sum(_who(want) == _who(got) for want, got in pairs), len(pairs)),
            "right deadline": (sum(want.day == got.day for want, got in pairs), len(pairs)),
        }
        for name, (good, of) in shares.items():
            yield Figure(f"escalations: {name}", good / of if of else 1.0, GOAL, of, lang)
        quiet = [one for one in mine if not one.case.expect]
        kept = sum(not one.got for one in quiet) / max(1, len(quiet))
        yield Figure("escalations: nobody called for nothing", kept, None, len(quiet), lang)


def _who(step: Step) -> tuple[str, str]:
    return step.role, step.to


def _failures(found: Sequence[Judged]) -> Iterator[str]:
    for one in found:
        if one.got != one.case.expect:
            words = {"want": _told(one.case.expect), "got": _told(one.got), "heard": ", ".join(one.heard)}
            told = say("evals.escalations.failed", one.case.lang, **words)
            yield f"{one.case.id} [{one.case.lang}] {one.case.about}: {told}"


def _told(steps: Sequence[Step]) -> str:
    return "; ".join(f"{one.cause} → {one.to}, {one.day}" for one in steps) or "–"
