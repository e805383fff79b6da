"""A brief for a visit: what stands, who they are, what they need, money, what to raise, and what was said last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.profiles import Brief, Section
from core.reply import Source
from core.wording import say
from db.behaviour import Behaviour, Sign
from tools.profiles.scores import Score, weights
from tools.profiles.standing import Standing
from tools.profiles.views import Shown, named_period, reason_text, value_shown
from tools.profiles.worth import Worth

REASONS = 3
MOST = 4
SOON = timedelta(days=120)
RECENT = timedelta(days=90)
RAISED = ("churn_risk", "complaint", "competitor", "price_sensitivity", "technical_need", "buying_intent")
LISTED = ("decision_people", "needs", "preferences", "competitors", "budget", "renewal_date")


@dataclass(frozen=True)
class Known:
    """What a brief is made from."""

    account_id: int
    behaviour: Behaviour
    standing: list[Standing]
    worth: Worth
    stage: Score
    health: Score
    value: Score


def brief_of(known: Known, shown: Shown, today: date, now: datetime) -> Brief:
    """The brief, in the reader's language; a section with nothing to say is left out."""
    made = _Briefing(known, shown, today, now)
    sections = tuple(section for section in made.sections() if section.lines)
    text = [say("profiles.brief.headline", shown.lang, **made.headline())]
    text += [line for section in sections for line in _section_text(section, shown)]
    return Brief(
        account=known.behaviour.account,
        account_id=known.account_id,
        text="\n".join(text),
        sections=sections,
        sources=tuple(made.sources()),
        receipts=known.worth.receipts,
    )


def _section_text(section: Section, shown: Shown) -> Iterator[str]:
    yield say("profiles.brief.heading", shown.lang, title=section.title)
    yield from (say("profiles.brief.line", shown.lang, line=line) for line in section.lines)


class _Briefing:
    """The parts of one brief."""

    def __init__(self, known: Known, shown: Shown, today: date, now: datetime) -> None:
        self._known = known
        self._shown = shown
        self._today = today
        self._now = now
        self._holding = [one for one in known.standing if one.holds]

    def headline(self) -> dict[str, object]:
        """Who it is and where they stand."""
        known, lang = self._known, self._shown.lang
        return {
            "account": known.behaviour.account,
            "stage": say(f"profiles.stages.{known.stage.value}", lang),
            "health": known.health.value,
            "value": known.value.value,
        }

    def sections(self) -> Iterator[Section]:
        """The sections in the order they are read."""
        yield self._section("why", self._why())
        yield self._section("people", self._people())
        yield self._section("facts", self._facts())
        yield self._section("money", self._money())
        yield self._section("raise", self._to_raise())
        yield self._section("last", self._last())

    def _section(self, name: str, lines: Iterator[str]) -> Section:
        title = say(f"profiles.brief.titles.{name}", self._shown.lang)
        return Section(name=name, title=title, lines=tuple(dict.fromkeys(lines)))

    def _why(self) -> Iterator[str]:
        known = self._known
        for reason in (*known.stage.reasons[:1], *known.health.reasons[:REASONS], *known.value.reasons[:1]):
            yield reason_text(reason, self._shown)

    def _people(self) -> Iterator[str]:
        behaviour, lang = self._known.behaviour, self._shown.lang
        for name, title in behaviour.contacts[:MOST]:
            yield say("profiles.brief.contact", lang, name=name, title=title) if title else name
        if behaviour.owner:
            yield say("profiles.brief.owner", lang, name=behaviour.owner)

    def _facts(self) -> Iterator[str]:
        lang = self._shown.lang
        for name in LISTED:
            for one in [one for one in self._holding if one.row.name == name][:MOST]:
                value = value_shown(name, one.row.value, self._shown)
                params = {"label": say(f"profiles.facts.{name}", lang), "value": value}
                key = "person_fact" if one.row.origin == "person" else "fact"
                told = say(f"profiles.brief.{key}", lang, day=self._shown.day(one.row.at), **params)
                if one.against:
                    other = ", ".join(value_shown(name, value, self._shown) for value in one.against)
                    told = say("profiles.brief.against", lang, told=told, other=other)
                yield told

    def _money(self) -> Iterator[str]:
        for metric, value in self._known.worth.figures.items():
            if value or metric != "receivables_overdue":
                yield say(f"profiles.brief.money.{metric}", self._shown.lang, value=self._shown.money(value))

    def _to_raise(self) -> Iterator[str]:
        lang, seen = self._shown.lang, set[str]()
        for one in self._signs():
            if one.kind not in seen:
                seen.add(one.kind)
                yield say(f"profiles.brief.raise.{one.kind}", lang, quote=one.quote, day=self._shown.day(one.at))
        renewal = next((one for one in self._holding if one.row.name == "renewal_date"), None)
        period = named_period(renewal.row.value) if renewal else None
        if renewal is not None and period is not None and self._today <= period.end <= self._today + SOON:
            when = value_shown("renewal_date", renewal.row.value, self._shown)
            yield say("profiles.brief.raise.renewal", lang, when=when)
        if self._known.worth.figures.get("receivables_overdue", Decimal(0)) > 0:
            yield say("profiles.brief.raise.overdue", lang)

    def _signs(self) -> list[Sign]:
        """The latest signal of each kind that calls for an answer, the gravest kind first."""
        window = {"churn_risk": timedelta(days=weights()["stage"]["risk_days"])}
        recent = [one for one in self._known.behaviour.signs if self._now - one.at <= window.get(one.kind, RECENT)]
        latest = {one.kind: one for one in recent if one.kind in RAISED}
        return sorted(latest.values(), key=lambda one: RAISED.index(one.kind))

    def _last(self) -> Iterator[str]:
        lines, lang = self._known.behaviour.lines, self._shown.lang
        said = [one.at for one in lines if one.speaker == "customer"]
        ours = [one.at for one in lines if one.speaker == "rep"]
        if said:
            yield say("profiles.brief.heard", lang, day=self._shown.day(said[-1]))
        if ours and (not said or ours[-1] > said[-1]):
            yield say("profiles.brief.unanswered", lang, day=self._shown.day(ours[-1]))
        if not lines:
            yield say("profiles.brief.silence", lang)

    def sources(self) -> Iterator[Source]:
        """The words behind the brief, each once."""
        account = self._known.behaviour.account
        for sign in self._signs():
            yield Source(
                kind="message",
                id=sign.message,
                quote=sign.quote,
                at=self._shown.moment(sign.at),
                conversation=sign.conversation,
                account=account,
            )
        for one in self._holding:
            row = one.row
            if row.message and row.quote and row.name in LISTED:
                yield Source(
                    kind="segment" if row.second is not None else "message",
                    id=row.message,
                    quote=row.quote,
                    at=self._shown.moment(row.at),
                    conversation=row.conversation,
                    account=account,
                    second=row.second,
                )
