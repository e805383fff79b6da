"""Stage and health of an account from how it behaves and what it signals, each with its reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import yaml

from db.behaviour import Behaviour, Sign
from db.facts import FactRow
from db.tables import Stage

FILE = Path(__file__).parent / "weights.yaml"
STAGES = ("early", "evaluating", "negotiating", "committed")
AT_RISK = "at_risk"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a score is as it is: `key` names the words, `params` fill them, `points` is what it added."""

    key: str
    points: int = 0
    params: dict[str, str | int | float] = field(default_factory=dict)
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A score and its reasons; `value` is a stage's name, or 0 to 100."""

    value: str | int
    reasons: tuple[Reason, ...]


@cache
def weights() -> dict[str, Any]:
    """The numbers of `weights.yaml`."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def stage_of(behaviour: Behaviour, facts: Sequence[FactRow], now: datetime) -> Score:
    """How far buying has come, from what was known at `now`: risk first, then talk, then records."""
    rules = weights()["stage"]
    pinned = [one for one in facts if one.name == "stage" and one.origin == "person" and one.at <= now]
    if pinned and not pinned[-1].detail.get("withdrawn"):
        return Score(pinned[-1].value, (Reason("stage_person", params={"person": pinned[-1].person or ""}),))
    settled = _settled(behaviour, now.date(), rules["settled_days"])
    talk = _Talk(behaviour, facts, now, settled=settled is not None)
    risk = talk.risk()
    if risk is not None:
        return Score(AT_RISK, (risk,))
    found = talk.stage()
    if found is not None:
        return found
    if settled is not None:
        return Score("committed", (settled,))
    return _by_records(behaviour, now.date())


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing said that tells how far buying has come."""

    at: datetime
    stage: str
    firm: bool
    reason: Reason


class _Talk:
    """What was said up to a moment, for the stage."""

    def __init__(self, behaviour: Behaviour, facts: Sequence[FactRow], now: datetime, *, settled: bool) -> None:
        self._settled = settled
        self._rules = weights()["stage"]
        self._now = now
        said = [one for one in facts if one.name == "stage" and one.origin == "said" and self._counts(one.at)]
        self._back = [one for one in said if one.detail.get("withdrawn")]
        self._facts = [one for one in said if not one.detail.get("withdrawn")]
        other = (one for one in facts if one.name == "competitors" or one.value == "negotiating")
        self._elsewhere = {one.at for one in other}
        least = self._rules["least"]
        self._signs = [one for one in behaviour.signs if self._counts(one.at) and one.confidence >= least]
        won = (one.closed for one in behaviour.deals if one.stage is Stage.WON and one.closed)
        self._bought = [datetime.combine(day, time.min, UTC) for day in (*behaviour.orders, *won)]

    def _ours(self, threat: Sign) -> bool:
        """Whether it is we who may be left: by a customer, or surely and in a line about no rival and no terms."""
        if self._customer:
            return True
        return threat.confidence >= self._rules["alone"] and threat.at not in self._elsewhere

    @property
    def _customer(self) -> bool:
        """Whether anything said shows that they have bought: only a customer can leave."""
        shown = any(one.value in ("committed", AT_RISK) for one in (*self._facts, *self._back))
        return self._settled or shown or any(one.kind == "complaint" for one in self._signs)

    def _counts(self, at: datetime) -> bool:
        return timedelta(0) <= self._now - at <= timedelta(days=self._rules["talk_days"])

    def risk(self) -> Reason | None:
        """The last threat, if nothing took it back: staying, signing, or buying since."""
        since = self._now - timedelta(days=self._rules["risk_days"])
        paused = {one.at for one in self._facts if one.value == "early" and one.detail.get("firm")}
        found = [one for one in self._signs if one.kind == "churn_risk" and one.at not in paused and self._ours(one)]
        threats = [(one.at, Reason("stage_risk", sign=one)) for one in found]
        threats += [(one.at, _said(one)) for one in self._facts if one.value == AT_RISK]
        threats = [one for one in threats if one[0] >= since]
        calm = [one.at for one in self._back if one.value == AT_RISK]
        calm += [one.at for one in self._facts if one.value == "committed" and one.detail.get("firm")]
        calm += [at for at in self._bought if at <= self._now]
        last = max(threats, key=lambda one: one[0], default=None)
        return last[1] if last and (not calm or last[0] > max(calm)) else None

    def stage(self) -> Score | None:
        """The furthest that the latest talk went; a signature stays, and "only looking" outweighs what is vague."""
        undone = max((one.at for one in self._back if one.value == "committed"), default=None)
        steps = [one for one in self._steps() if undone is None or one.at > undone or one.stage != "committed"]
        signed = [one for one in steps if one.stage == "committed" and one.firm]
        if signed:
            return Score("committed", (signed[-1].reason,))
        paused = max((one.at for one in steps if one.stage == "early" and one.firm), default=None)
        steps = [one for one in steps if paused is None or one.at >= paused]
        if not steps:
            return self._unhappy()
        latest = max(one.at for one in steps)
        steps = [one for one in steps if latest - one.at <= timedelta(days=self._rules["recent_days"])]
        return _furthest(steps, settled=self._settled, vague=self._rules["vague"]) or self._unhappy()

    def _unhappy(self) -> Score | None:
        """Who complains has bought."""
        found = [one for one in self._signs if one.kind == "complaint"]
        return Score("committed", (Reason("stage_complaint", sign=found[-1]),)) if found else None

    def _steps(self) -> list[_Step]:
        steps = [_Step(one.at, one.value, bool(one.detail.get("firm")), _said(one)) for one in self._facts]
        stay = (one for one in self._back if one.value == AT_RISK)
        steps += [
            _Step(one.at, "committed", False, Reason("stage_said_stays", params={"quote": one.quote or ""}))
            for one in stay
        ]
        for sign in self._signs:
            if sign.kind in self._rules["signals"]:
                reason = Reason(f"stage_{sign.kind}", sign=sign)
                steps.append(_Step(sign.at, self._rules["signals"][sign.kind], False, reason))
        return sorted((one for one in steps if one.stage != AT_RISK), key=lambda one: one.at)


def _said(fact: FactRow) -> Reason:
    params: dict[str, str | int | float] = {"quote": fact.quote or ""}
    return Reason(f"stage_said_{fact.value}", params=params)


def _furthest(steps: Sequence[_Step], *, settled: bool, vague: int) -> Score | None:
    by_stage = {name: [one for one in steps if one.stage == name] for name in STAGES}
    terms, customer = by_stage["negotiating"], by_stage["committed"]
    moments = {one.at for one in terms}
    if terms and (len(moments) > 1 or not (customer or settled)):
        return Score("negotiating", (terms[-1].reason,))
    if customer:
        return Score("committed", (customer[-1].reason,))
    if settled:
        return None
    only_looking = max((one.at for one in by_stage["early"]), default=None)
    tried = by_stage["evaluating"]
    if only_looking is not None:
        later = [one for one in tried if one.at > only_looking]
        tried = later if any(one.firm for one in later) or len({one.at for one in later}) >= vague else []
    if tried:
        return Score("evaluating", ((next((one for one in reversed(tried) if one.firm), tried[-1])).reason,))
    return Score("early", (by_stage["early"][-1].reason,)) if by_stage["early"] else None


def _settled(behaviour: Behaviour, today: date, days: int) -> Reason | None:
    since = today - timedelta(days=days)
    won = [one.closed for one in behaviour.deals if one.stage is Stage.WON and one.closed]
    last = max((day for day in (*won, *behaviour.orders) if since <= day <= today), default=None)
    return Reason("stage_settled", params={"day": last.isoformat()}) if last else None


def _by_records(behaviour: Behaviour, today: date) -> Score:
    """What the deals say, where nothing was said."""
    known = [one for one in behaviour.deals if one.engaged is None or one.engaged <= today]
    still = [one for one in known if one.closed is None or one.closed > today]
    if any(one.stage is Stage.ENGAGING for one in still):
        quoted = any(day <= today for day in behaviour.quotes)
        return Score("negotiating" if quoted else "evaluating", (Reason("stage_quoted" if quoted else "stage_deal"),))
    return Score("early", (Reason("stage_nothing"),))


def health_of(behaviour: Behaviour, now: datetime) -> Score:
    """How the relationship is, from 0 to 100, by what was known at `now`."""
    rules = weights()["health"]
    reasons = [one for one in _health(behaviour, now, rules) if one.points]
    total = rules["base"] + sum(one.points for one in reasons)
    ordered = sorted(reasons, key=lambda one: -abs(one.points))
    return Score(max(0, min(100, total)), tuple(ordered))


def _health(behaviour: Behaviour, now: datetime, rules: dict[str, Any]) -> Iterator[Reason]:
    yield _contact(behaviour, now, rules)
    yield from _replies(behaviour, now, rules)
    yield from _mood(behaviour, now, rules)
    yield from _signals(behaviour, now, rules)
    yield from _service(behaviour, now.date(), rules)
    yield from _orders(behaviour, now.date(), rules)


def _contact(behaviour: Behaviour, now: datetime, rules: dict[str, Any]) -> Reason:
    heard = [one.at.date() for one in behaviour.lines if one.at <= now]
    last = max((*heard, *(day for day in behaviour.activities if day <= now.date())), default=None)
    if last is None:
        return Reason("never", rules["points"]["never"])
    days = (now.date() - last).days
    bounds = {"fresh": days <= rules["fresh_days"], "silent": days > rules["silent_days"]}
    bounds["stale"] = days > rules["stale_days"] and not bounds["silent"]
    key = next((name for name, met in bounds.items() if met), None)
    if days == 0:
        return Reason("today", rules["points"]["fresh"])
    return Reason(key or "contact", rules["points"][key] if key else 0, {"days": days})


def _replies(behaviour: Behaviour, now: datetime, rules: dict[str, Any]) -> Iterator[Reason]:
    """The share of our messages that the customer said something after."""
    since = now - timedelta(days=rules["days"])
    lines = [one for one in behaviour.lines if since <= one.at <= now]
    last = {one.conversation_id: one.at for one in lines if one.speaker == "customer"}
    ours = [one for one in lines if one.speaker == "rep"]
    if len(ours) < rules["reply_messages"]:
        return
    answered = sum(one.at <= last.get(one.conversation_id, since) for one in ours)
    share = answered / len(ours)
    params: dict[str, str | int | float] = {"answered": answered, "sent": len(ours)}
    if share >= rules["replies_share"]:
        yield Reason("replies", rules["points"]["replies"], params)
    elif share < rules["no_replies_share"]:
        yield Reason("no_replies", rules["points"]["no_replies"], params)


def _mood(behaviour: Behaviour, now: datetime, rules: dict[str, Any]) -> Iterator[Reason]:
    since = now - timedelta(days=rules["days"])
    felt = [one.score for one in behaviour.lines if since <= one.at <= now and one.score is not None]
    if felt:
        mean = fmean(felt)
        yield Reason(
            "sentiment", round(rules["points"]["sentiment"] * mean), {"mean": f"{mean:+.2f}", "lines": len(felt)}
        )


def _signals(behaviour: Behaviour, now: datetime, rules: dict[str, Any]) -> Iterator[Reason]:
    since = now - timedelta(days=rules["days"])
    for kind in ("churn_risk", "complaint", "competitor", "buying_intent"):
        found = [one for one in behaviour.signs if one.kind == kind and since <= one.at <= now]
        if found:
            counted = min(len(found), rules["most"][kind])
            yield Reason(kind, rules["points"][kind] * counted, {"count": len(found)}, found[-1])


def _service(behaviour: Behaviour, today: date, rules: dict[str, Any]) -> Iterator[Reason]:
    waiting = [1 for opened, closed, _ in behaviour.tickets if opened <= today and (closed is None or closed > today)]
    if waiting:
        points = rules["points"]["ticket"] * min(len(waiting), rules["most"]["ticket"])
        yield Reason("ticket", points, {"count": len(waiting)})
    late = [due for due, _ in behaviour.owed if due < today]
    if late:
        days = (today - min(late)).days
        key = "long_overdue" if days > rules["long_overdue_days"] else "overdue"
        yield Reason(key, rules["points"][key], {"days": days, "count": len(late)})


def _orders(behaviour: Behaviour, today: date, rules: dict[str, Any]) -> Iterator[Reason]:
    half = timedelta(days=rules["order_days"])
    now = sum(today - half < day <= today for day in behaviour.orders)
    before = sum(today - 2 * half < day <= today - half for day in behaviour.orders)
    params: dict[str, str | int | float] = {"now": now, "before": before, "days": rules["order_days"]}
    if before and now >= before * (1 + rules["order_change"]):
        yield Reason("more_orders", rules["points"]["more_orders"], params)
    elif before and now <= before * (1 - rules["order_change"]):
        yield Reason("fewer_orders", rules["points"]["fewer_orders"], params)
