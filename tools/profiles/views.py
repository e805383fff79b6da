"""Facts and reasons in the reader's language."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from core.errors import UserError
from core.language import format_date, format_number
from core.numbers import find_numbers
from core.periods import Period
from core.periods.calendar import period_named
from core.periods.labels import label_of
from core.profiles import FactSource, FactView, ReasonView, Setting
from core.wording import Lang, say
from tools.profiles.scores import AT_RISK, STAGES, Reason, Score
from tools.profiles.standing import Standing

MONEY = ("bought", "open", "typical", "owed")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


LONGEST = 300


class BadFact(UserError):
    """A value that the fact can't have."""

    code = "bad_fact"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Shown:
    """How values are shown: the reader's language, the company's currency and time zone."""

    lang: Lang
    currency: str
    timezone: str

    def money(self, value: Decimal) -> str:
        """An amount as people read it."""
        return format_number(value, "money", self.lang, self.currency)

    def moment(self, moment: datetime) -> str:
        """A moment as the company's clock shows it, in ISO 8601."""
        return moment.astimezone(ZoneInfo(self.timezone)).isoformat()

    def day(self, moment: datetime) -> str:
        """The calendar day of a moment at the company."""
        return format_date(moment.astimezone(ZoneInfo(self.timezone)).date(), self.lang)


def value_shown(name: str, value: str, shown: Shown) -> str:
    """A fact's value as people read it: money, a day, a stage; anything else as it was said."""
    if name == "budget":
        try:
            return shown.money(Decimal(value))
        except InvalidOperation:
            return value
    if name == "renewal_date":
        period = named_period(value)
        return label_of(period, shown.lang) if period else value
    if name == "stage":
        return say(f"profiles.stages.{value}", shown.lang)
    return value


def named_period(value: str) -> Period | None:
    """The period that a renewal date names: a day, a month, a quarter; None for a person's free words."""
    try:
        if DAY.fullmatch(value):
            day = date.fromisoformat(value)
            return Period(day, day, value)
        return period_named(value)
    except ValueError:
        return None


def checked(setting: Setting) -> Setting:
    """A person's word as it is kept; BadFact for what can be none, e.g. a budget without an amount."""
    if setting.value is None:
        return setting
    value = " ".join(setting.value.split())
    if setting.name == "budget":
        amounts = find_numbers(value)
        value = f"{amounts[-1].value:f}" if amounts else ""
    if setting.name == "stage" and value not in (*STAGES, AT_RISK):
        value = ""
    if setting.name == "renewal_date" and named_period(value) is None:
        value = ""
    if not value or len(value) > LONGEST:
        raise BadFact(name=setting.name, value=setting.value)
    return setting.model_copy(update={"value": value})


def fact_view(one: Standing, shown: Shown) -> FactView:
    """A fact with where it comes from."""
    row = one.row
    source = FactSource(
        conversation=row.conversation,
        message=row.message,
        quote=row.quote,
        author=row.author,
        channel=row.channel,
        at=shown.moment(row.at),
        second=row.second,
        person=row.person,
    )
    return FactView(
        id=row.id,
        name=row.name,
        label=say(f"profiles.facts.{row.name}", shown.lang),
        value=row.value,
        shown=value_shown(row.name, row.value, shown),
        valid_from=one.valid_from.isoformat(),
        valid_to=one.valid_to.isoformat() if one.valid_to else None,
        confidence=round(one.confidence, 2),
        origin="person" if row.origin == "person" else "said",
        pinned=row.pinned,
        times=one.times,
        against=tuple(value_shown(row.name, value, shown) for value in one.against),
        source=source,
    )


def reason_views(score: Score, shown: Shown) -> tuple[ReasonView, ...]:
    """A score's reasons in words."""
    return tuple(_reason_view(reason, shown) for reason in score.reasons)


def _reason_view(reason: Reason, shown: Shown) -> ReasonView:
    return ReasonView(
        text=reason_text(reason, shown),
        points=reason.points,
        quote=reason.sign.quote if reason.sign else None,
        conversation=reason.sign.conversation if reason.sign else None,
        message=reason.sign.message if reason.sign else None,
    )


def reason_text(reason: Reason, shown: Shown) -> str:
    """One reason in words and numbers."""
    params: dict[str, object] = dict(reason.params)
    for name in MONEY:
        if name in params:
            params[name] = shown.money(Decimal(str(params[name])))
    if "day" in params:
        params["day"] = format_date(date.fromisoformat(str(params["day"])), shown.lang)
    if reason.sign is not None:
        params |= {"quote": reason.sign.quote, "day": shown.day(reason.sign.at)}
    return say(f"profiles.reasons.{reason.key}", shown.lang, **params)
