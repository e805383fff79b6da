"""What customers said, in the planner's words: quotes with who, when and where."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.phrases import Reader, when_of
from agent.wording import has_sentence, word
from core.language import format_date
from core.periods import Period
from core.wording import Lang

SHOWN = 6
LONGEST = 160
MARGIN = 40
WHY = 3
MORE = "\u2026"
EXPLAINED = ("which", "not_visible", "unknown", "other_people", "no_records")


def render_heard(heard: Mapping[str, Any], reader: Reader) -> str:
    """What a search of conversations found, or why nothing, in the reader's language."""
    if heard["reason"] in EXPLAINED:
        params = {"name": "", "offers": heard["offers"], **heard["params"]}
        return word(f"heard.{heard['reason']}", reader.lang, **params)
    common = _common(heard, reader)
    if not heard["lines"]:
        return "\n".join([word("heard.nothing", reader.lang, **common), *_unread(heard, reader)])
    lines = heard["lines"]
    shown = lines if heard["mode"] == "latest" else lines[:SHOWN]
    told = [word(f"heard.{_shape(heard)}", reader.lang, **common)]
    told += [_line(line, heard, reader.lang) for line in shown]
    if len(lines) > len(shown):
        told.append(word("heard.more", reader.lang, count=len(lines) - len(shown)))
    return "\n".join([*told, *_unread(heard, reader)])


def _unread(heard: Mapping[str, Any], reader: Reader) -> list[str]:
    """What may be missing, because it was not read yet."""
    count = heard.get("unread", 0)
    return [word("heard.unread", reader.lang, count=count)] if count else []


def render_known(known: Mapping[str, Any], reader: Reader) -> str:
    """What is known of a customer, or why nothing is told, in the reader's language."""
    lang, reason = reader.lang, known["reason"]
    if reason == "brief":
        return str(known["text"])
    if reason in EXPLAINED:
        return word(f"heard.{reason}", lang, name=known["name"], offers=known["offers"])
    if reason == "whom":
        return word("known.whom", lang)
    labels = {name: word(f"known.facts.{name}", lang) for name in known["asked"]}
    if reason == "no_facts":
        wanted = word("who.comma", lang).join(labels.values())
        return word("known.nothing", lang, account=known["account"], wanted=wanted)
    told = [word("known.about", lang, account=known["account"])]
    told += [_fact(fact, lang) for fact in known["facts"]]
    for name in ("stage", "health"):
        if name in known["asked"]:
            why = known["why"][name][:WHY]
            told.append(word(f"known.{name}", lang, value=known[name], why=why))
    silent = [name for name in labels if name not in ("stage", "health") and not _any(known, name)]
    if silent:
        told.append(word("known.unsaid", lang, wanted=word("who.comma", lang).join(labels[name] for name in silent)))
    return "\n".join(told)


def _any(known: Mapping[str, Any], name: str) -> bool:
    return any(fact["name"] == name for fact in known["facts"])


def _fact(fact: Mapping[str, Any], lang: Lang) -> str:
    source = fact["source"]
    day = format_date(date.fromisoformat(source["at"][:10]), lang) if source["at"] else ""
    told = {"label": fact["label"], "value": fact["shown"], "day": day, "quote": source["quote"] or ""}
    told |= {"author": source["author"] or "", "person": source["person"] or ""}
    against = word("who.comma", lang).join(fact["against"])
    key = "set" if fact["origin"] == "person" else "said"
    return word(f"known.{key}", lang, against=against, **told)


def _shape(heard: Mapping[str, Any]) -> str:
    if heard["mode"] == "latest":
        return "latest"
    return "ours" if heard["ours"] else "found"


def _common(heard: Mapping[str, Any], reader: Reader) -> dict[str, object]:
    lang = reader.lang
    period = heard["period"]
    named = [*heard["accounts"], *heard["people"]]
    first = heard["lines"][0] if heard["lines"] else None
    return {
        "count": heard["count"],
        "customers": heard["customers"],
        "about": _about(heard, lang),
        "by": word("heard.by", lang, names=word("who.comma", lang).join(named)) if named else "",
        "when": when_of(Period(date.fromisoformat(period[0]), date.fromisoformat(period[1]), period[2]), lang)
        if period
        else "",
        "scope": "" if named else word(f"scope.{reader.role}", lang),
        "account": (first["account"] or word("heard.nobody", lang)) if first else "",
        "day": _day(first, heard, lang) if first else "",
        "channel": _channel(first["channel"], lang) if first else "",
    }


def _about(heard: Mapping[str, Any], lang: Lang) -> str:
    if heard["mode"] == "latest":
        return ""
    if heard["mode"] == "kinds":
        kinds = word("who.comma", lang).join(kind_of(kind, lang) for kind in heard["kinds"])
        return word("heard.signalling", lang, kinds=kinds)
    return word("heard.about", lang, topic=heard["topic"])


def _line(line: Mapping[str, Any], heard: Mapping[str, Any], lang: Lang) -> str:
    latest = heard["mode"] == "latest"
    return word(
        "heard.turn" if latest else "heard.line",
        lang,
        account=line["account"] or word("heard.nobody", lang),
        author=line["author"] or word(f"heard.speakers.{line['speaker']}", lang),
        day=_day(line, heard, lang),
        channel=_channel(line["channel"], lang),
        quote=excerpt(line["text"], line["quote"]),
        second=clock_of(line["second"]),
    )


def kind_of(kind: str, lang: Lang) -> str:
    """What a signal is called; a tracker by its own name."""
    key = f"heard.kinds.{kind}"
    return word(key, lang) if has_sentence(key, lang) else kind


def _channel(channel: str, lang: Lang) -> str:
    key = f"heard.channels.{channel.replace(' ', '_')}"
    return word(key, lang) if has_sentence(key, lang) else channel


def _day(line: Mapping[str, Any], heard: Mapping[str, Any], lang: Lang) -> str:
    moment = datetime.fromisoformat(line["at"]).astimezone(ZoneInfo(heard["timezone"]))
    return format_date(moment.date(), lang)


def clock_of(second: float | None) -> str:
    """A place in a call as people say it: 75.2 is 1:15."""
    return "" if second is None else f"{int(second) // 60}:{int(second) % 60:02d}"


def excerpt(text: str, quote: str) -> str:
    """The text, or where it is long, the part of it around the quote."""
    flat, wanted = " ".join(text.split()), " ".join(quote.split())
    if len(flat) <= LONGEST:
        return flat
    start = max(0, flat.find(wanted) - MARGIN)
    if len(wanted) > LONGEST:
        start = max(0, flat.find(wanted))
    end = min(len(flat), start + LONGEST)
    return f"{MORE if start else ''}{flat[start:end].strip()}{MORE if end < len(flat) else ''}"
