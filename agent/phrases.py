"""The parts of a sentence that answers have in common: whose, when, about what, within which records."""

from dataclasses import dataclass, replace
from decimal import Decimal

from agent.wording import group, word
from core.language import format_date, format_number
from core.periods import Period
from core.periods.calendar import EARLIEST, LATEST, number_of
from core.periods.labels import label_of
from core.reply import Unit
from core.wording import Lang, say
from tools.metrics.catalogue import load_catalogue
from tools.metrics.display import Display
from tools.metrics.query import Filter, MetricQuery, Question, RecordQuery, Threshold

OWNERS = ("rep", "manager", "region")


@dataclass(frozen=True)
class Reader:
    """Who reads the words: a language, and where known a name and a role."""

    lang: Lang
    name: str = ""
    role: str = "rep"


@dataclass(frozen=True)
class Phrases:
    """Ready to be put into a sentence; each is empty where there is nothing to say."""

    who: dict[str, str]
    about: str
    when: str
    scope: str


def phrases_of(question: Question, display: Display, reader: Reader) -> Phrases:
    """The common parts of an answer to `question`."""
    owners = [one for one in question.filters if one.field in OWNERS and one.op == "is"]
    about = [_about(one, display) for one in question.filters if one not in owners and not _prefixed(question, one)]
    if isinstance(question, MetricQuery):
        about += [_threshold(one, display) for one in question.having]
    elif question.never is not None:
        about.append(word("limits.never", reader.lang, metric=display.label(question.never)))
    when = _always(question, reader.lang) or when_of(question.period, reader.lang)
    if owners:
        scope = word(f"scope.{reader.role}", reader.lang) if reader.role == "manager" else ""
        return Phrases(_named(owners, display), "".join(about), when, scope)
    scope = "" if not about else word(f"scope.{reader.role}", reader.lang)
    return Phrases(group(f"who.{reader.role}", reader.lang), "".join(about), when, scope)


def _always(question: Question, lang: Lang) -> str:
    """What a number without a period counts: today's state, or all there ever was."""
    if question.period is not None or not isinstance(question, MetricQuery):
        return ""
    metric = load_catalogue().metrics.get(question.metrics[0])
    return word("when.today" if metric is not None and metric.snapshot else "when.ever", lang)


def with_scope(phrases: Phrases, reader: Reader) -> Phrases:
    """For sentences without a subject: the scope is said even if no one was named."""
    return replace(phrases, scope=word(f"scope.{reader.role}", reader.lang))


def _named(owners: list[Filter], display: Display) -> dict[str, str]:
    teams = [_team(str(value), display.lang) for one in owners if one.field == "manager" for value in one.values]
    names = [display.value(str(value)) for one in owners if one.field != "manager" for value in one.values]
    every, lang = [*names, *teams], display.lang
    return group("who.named", lang, name=joined(every, lang), several=len(every) > 1)


def _team(name: str, lang: Lang) -> str:
    return word("who.team_of", lang, name=name)


def joined(names: list[str], lang: Lang) -> str:
    """East, West and North."""
    if len(names) < 2:
        return "".join(names)
    comma, last = word("who.comma", lang), word("who.and", lang)
    return comma.join(names[:-1]) + last + names[-1]


def _prefixed(question: Question, one: Filter) -> bool:
    """Whether it is in the word for the records, or before it: reps, won deals."""
    return isinstance(question, RecordQuery) and one.field in ("stage", "role") and one.op == "is"


def stages_of(question: RecordQuery, display: Display) -> str:
    """The stages that stand before the word for the records."""
    stages = [one for one in question.filters if one.field == "stage" and _prefixed(question, one)]
    return joined([display.value(str(value)) for one in stages for value in one.values], display.lang)


def records_of(question: RecordQuery, display: Display) -> str:
    """The word for the records; people of a role are called by it."""
    roles = [str(value) for one in question.filters if one.field == "role" for value in one.values]
    return word(f"colleagues.{roles[0]}", display.lang) if len(roles) == 1 else display.label(question.record)


def _threshold(one: Threshold, display: Display) -> str:
    unit = display.units.get(one.metric)
    values = format_number(one.value, unit, display.lang, display.currency)
    return word(f"limits.{one.op}", display.lang, values=values, field=display.label(one.metric))


def _about(one: Filter, display: Display) -> str:
    unit = display.units.get(one.field)
    values = joined([_value(value, unit, display) for value in one.values], display.lang)
    key = "stage" if one.field == "stage" and one.op == "is" else one.op
    return word(f"limits.{key}", display.lang, values=values, field=display.label(one.field))


def _value(value: str | Decimal, unit: Unit | None, display: Display) -> str:
    if isinstance(value, str):
        return display.day(display.value(value))
    return format_number(value, unit, display.lang, display.currency)


def when_of(period: Period | None, lang: Lang) -> str:
    """The period as part of a sentence."""
    if period is None:
        return word("when.none", lang)
    label = label_of(period, lang)
    if EARLIEST in (period.start, period.end) or LATEST in (period.start, period.end):
        return word("when.open", lang, label=label)
    ends = {"from": _first_day(period, lang), "to": format_date(period.end, lang)}
    parts = number_of(period.name)
    if parts is None:
        key = "day" if period.start == period.end else "range"
    elif parts.unit in ("quarter", "half") or parts.fiscal:
        key = "dated"
    else:
        key = "day" if parts.unit == "day" else "unit"
    return word(f"when.{key}", lang, label=label, **ends)


def _first_day(period: Period, lang: Lang) -> str:
    """The first day, without its year where the last day's says it too."""
    if lang == "zh" or period.start.year != period.end.year:
        return format_date(period.start, lang)
    return word("when.short", lang, day=period.start.day, month=say(f"periods.months.{period.start.month}", lang))


def amount(value: Decimal, unit: Unit | None, display: Display) -> str:
    """A figure without its sign: the words around it say which way it went."""
    return format_number(abs(value), unit, display.lang, display.currency)
