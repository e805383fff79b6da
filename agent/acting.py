"""Escalations in the planner's words: what would happen, what happened, what there is, and what is still to be said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.phrases import Reader
from agent.wording import has_sentence, word
from core.language import format_date
from core.wording import Lang

EXPLAINED = ("which", "not_visible", "unknown", "no_records")
Acting = Mapping[str, Any]


def render_acting(acting: Acting, reader: Reader) -> str:
    """What came of a wish or a question about escalations, in the reader's language."""
    lang, reason, views = reader.lang, acting["reason"], acting["views"]
    if reason in EXPLAINED:
        return word(f"heard.{reason}", lang, **{"name": "", "offers": acting["offers"], **acting["params"]})
    if reason == "refused":
        return str(acting["params"]["why"])
    if reason == "proposal":
        return "\n".join(_proposal(acting, views[0], lang))
    if reason == "change":
        return "\n".join(_change(acting, views[0], lang))
    if reason == "precision":
        return "\n".join(_precision(acting, lang))
    if reason == "list":
        told = [word("acting.list", lang, count=len(views), account=acting["account"])]
        told += [_entry("entry", view, acting["zone"], lang) for view in views]
        return "\n".join([*told, word("acting.more", lang)] if acting["more"] else told)
    told = [word(f"acting.{reason}", lang, **_known(acting))]
    return "\n".join([*told, *(_entry("choice", view, acting["zone"], lang) for view in views)])


def render_decided(view: Mapping[str, Any], verb: str, zone: str, lang: Lang) -> str:
    """What happened after the asker's word."""
    if view["state"] in ("declined", "expired"):
        return word(
            "acting.not_done" if view["state"] == "declined" else "acting.expired", lang, account=view["account"]
        )
    key = "appointment" if verb == "escalate" and view["appointment_at"] else verb
    outcome = word(f"acting.outcomes.{view['outcome']}", lang) if view["outcome"] else ""
    until = _moment(view["until"], zone, zone, lang) if view["until"] else ""
    told = {"person": view["person"] or "", "account": view["account"], "outcome": outcome, "until": until}
    return word(f"acting.done.{key}", lang, when=_timed(view, zone, lang), **told)


def _known(acting: Acting) -> dict[str, Any]:
    return {"name": "", **{key: acting[key] for key in ("account", "offers", "missing")}, **acting["params"]}


def _proposal(acting: Acting, view: Mapping[str, Any], lang: Lang) -> list[str]:
    role = word(f"acting.roles.{view['role']}", lang)
    told = [word("acting.proposal", lang, person=view["person"] or "", role=role, merges=view["merges"])]
    told.append(_line("account", view["account"], lang))
    if view["person"]:
        key = "merges" if view["merges"] else "named" if acting["params"]["named"] else view["role"]
        why = word(f"acting.why.{key}", lang)
        told.append(word("acting.lines.why_them", lang, value=view["person"], why=why))
    told.append(_deadline(acting, view, lang))
    if acting["params"]["rule"]:
        told.append(word(f"acting.lines.{acting['params']['rule']}", lang))
    told.append(_line("cause", _cause(view, lang), lang))
    told += [_line("quote", quote, lang) for quote in view["quotes"]]
    return [*told, word("acting.confirm", lang)]


def _deadline(acting: Acting, view: Mapping[str, Any], lang: Lang) -> str:
    at = view["appointment_at"] or view["due_at"]
    key = "appointment" if view["appointment_at"] else "due" if acting["said"] else "default"
    return _line(key, _moment(at, acting["zone"], view["time_zone"], lang), lang)


def _change(acting: Acting, view: Mapping[str, Any], lang: Lang) -> list[str]:
    verb, before = acting["params"]["verb"], acting["params"]["before"]
    told = [word(f"acting.change.{verb}", lang), _line("account", view["account"], lang)]
    told.append(_line("cause", _cause(view, lang), lang))
    if before:
        told.append(_line("now", before, lang))
    if verb in ("handover", "accept") and view["person"]:
        told.append(_line("new", view["person"], lang))
    if view["until"]:
        told.append(_line("until", _moment(view["until"], acting["zone"], acting["zone"], lang), lang))
    if view["outcome"]:
        told.append(_line("outcome", word(f"acting.outcomes.{view['outcome']}", lang), lang))
    if view["outcome_note"]:
        told.append(_line("note", view["outcome_note"], lang))
    return [*told, word("acting.confirm", lang)]


def _line(key: str, value: str, lang: Lang) -> str:
    return word(f"acting.lines.{key}", lang, value=value)


def _cause(view: Mapping[str, Any], lang: Lang) -> str:
    key = f"acting.causes.{view['cause']}"
    kind = word(key, lang) if has_sentence(key, lang) else view["cause"]
    return word("acting.because", lang, kind=kind, note=view["note"] or "")


def _entry(key: str, view: Mapping[str, Any], zone: str, lang: Lang) -> str:
    told = {"account": view["account"], "person": view["person"] or "", "cause": _cause(view, lang)}
    told |= {"role": word(f"acting.roles.{view['role']}", lang), "state": word(f"acting.states.{view['state']}", lang)}
    return word(f"acting.{key}", lang, when=_timed(view, zone, lang), **told)


def _timed(view: Mapping[str, Any], zone: str, lang: Lang) -> str:
    """By when, for when, or put off until when."""
    if view["state"] == "snoozed" and view["until"]:
        return word("acting.put_off", lang, when=_moment(view["until"], zone, zone, lang))
    at = view["appointment_at"] or view["due_at"]
    return word("acting.at" if view["appointment_at"] else "acting.by", lang, when=_moment(at, zone, zone, lang))


def _moment(at: str, zone: str, meant: str, lang: Lang) -> str:
    """A moment as the reader's clock shows it; where another zone was named, as it is there first."""
    mine = _local(at, zone, lang)
    return mine if meant == zone else word("acting.both", lang, first=_local(at, meant, lang), second=mine)


def _local(at: str, zone: str, lang: Lang) -> str:
    local = datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    weekday = word(f"acting.weekdays.{local.weekday()}", lang)
    day = format_date(local.date(), lang)
    return word("acting.when", lang, weekday=weekday, day=day, time=f"{local:%H:%M}", zone=zone)


def _precision(acting: Acting, lang: Lang) -> list[str]:
    if not acting["precision"]:
        return [word("acting.no_precision", lang)]
    told = [word("acting.precision", lang)]
    for one in acting["precision"]:
        key = f"acting.triggers.{one['trigger']}"
        name = word(key, lang) if has_sentence(key, lang) else one["trigger"]
        counted = {"useful": one["useful"], "told": one["useful"] + one["not_useful"], "fired": one["fired"]}
        told.append(word("acting.trigger", lang, name=name, wrong=one["mostly_wrong"], **counted))
    return told
