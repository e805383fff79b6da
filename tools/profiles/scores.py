"""Stage and health of an account from how it behaves and what it signals, each with its reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
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
    said = [one for one in facts if one.name == "stage" and one.origin == "said" and one.at <= now]
    signs = [one for one in behaviour.signs if one.at <= now]
    committed = max((one.at for one in said if one.value == "committed"), default=None)
    risks = [one for one in signs if one.kind == "churn_risk" and now - one.at <= timedelta(days=rules["risk_days"])]
    if risks and (committed is None or risks[-1].at >= committed):
        return Score(AT_RISK, (Reason("stage_risk", sign=risks[-1]),))
    settled = _settled(behaviour, now.date(), rules["settled_days"])
    talk = _talk(said, signs, now, rules)
    if talk is not None:
        return talk
    if settled is not None:
        return Score("committed", (settled,))
    return _by_records(behaviour, now.date())


def _talk(said: Sequence[FactRow], signs: Sequence[Sign], now: datetime, rules: dict[str, Any]) -> Score | None:
    """The furthest that the latest talk went."""
    steps: list[tuple[datetime, str, Reason]] = []
    for fact in said:
        params: dict[str, str | int | float] = {"quote": fact.quote or ""}
        steps.append((fact.at, fact.value, Reason(f"stage_said_{fact.value}", params=params)))
    for sign in signs:
        if sign.kind in rules["signals"]:
            steps.append((sign.at, rules["signals"][sign.kind], Reason(f"stage_{sign.kind}", sign=sign)))
    steps = [one for one in steps if now - one[0] <= timedelta(days=rules["talk_days"])]
    if not steps:
        return None
    latest = max(at for at, _, _ in steps)
    counted = [one for one in steps if latest - one[0] <= timedelta(days=rules["recent_days"])]
    _, stage, reason = max(counted, key=lambda one: (STAGES.index(one[1]), one[0]))
    return Score(stage, (reason,))


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
