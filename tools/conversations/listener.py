"""Answers questions about what was said, within what the asker may hear."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from core.clock import Clock
from core.identity import Identity
from core.ports import Memory
from core.reply import Status
from core.said import Filters, Hit
from db.heard import Evidence, Named, count_unread, find_evidence, find_latest, find_named
from tools.conversations.asked import WHO, Asked, asks_for_latest, read
from tools.metrics.lexicon import Lexicon

LINES = 20
LAST_LINES = 8
CUSTOMERS = ("customer", "unknown")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that answers, its telling part, and the signals that it was found by."""

    hit: Hit
    quote: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heard:
    """What was found, or why nothing: `reason` names the wording, `offers` what may be meant instead.

    `unread` counts the lines that fit and were not read yet for the signals that were asked for.
    """

    status: Status
    reason: str
    asked: Asked
    lines: tuple[Line, ...] = ()
    offers: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    unread: int = 0


class Words(Protocol):
    """Whoever knows the names that mean something to an asker: the desk."""

    def lexicon(self, identity: Identity) -> Lexicon:
        """The asker's lexicon."""
        ...


class Listener:
    """Finds what was said. Every line is within the asker's scope."""

    def __init__(self, engine: Engine, clock: Clock, words: Words, memory: Callable[[], Memory]) -> None:
        self._engine = engine
        self._clock = clock
        self._words = words
        self._memory = memory

    def hear(self, identity: Identity, question: str, last: str | None = None) -> Heard:
        """What answers the question; `last` is the question that a follow-up amends."""
        lexicon = self._words.lexicon(identity)
        today = self._clock.today(lexicon.facts.company.timezone)
        asked = read(question, lexicon, today)
        if last is not None:
            asked = _amended(asked, read(last, lexicon, today))
        refused = _refused(asked, lexicon)
        if refused is not None:
            return refused
        named = find_named(self._engine, identity, {dimension: asked.named(dimension) for dimension in WHO})
        strange = _strange(asked, named)
        if strange is not None:
            return strange
        filters = _filters(asked, named, lexicon.facts.company.timezone)
        lines = self._lines(identity, asked, filters, latest=asks_for_latest(question))
        status, reason = (Status.ANSWERED, "found") if lines else (Status.EMPTY, "nothing")
        unread = count_unread(self._engine, identity, filters) if asked.mode == "kinds" and not asked.ours else 0
        return Heard(status, reason, asked, lines, timezone=lexicon.facts.company.timezone, unread=unread)

    def _lines(self, identity: Identity, asked: Asked, filters: Filters, *, latest: bool) -> tuple[Line, ...]:
        if asked.mode == "latest" or (latest and asked.mode != "kinds"):
            heard = filters if asked.ours else replace(filters, speakers=())
            return tuple(Line(hit, hit.text) for hit in find_latest(self._engine, identity, heard, LAST_LINES))
        if asked.mode == "kinds":
            found = find_evidence(self._engine, identity, asked.kinds, filters, LINES * 3)
            if found:
                return _merged(found)[:LINES]
        return self._remembered(identity, asked, filters)

    def _remembered(self, identity: Identity, asked: Asked, filters: Filters) -> tuple[Line, ...]:
        """What memory finds; lines with the signals that were asked for before others."""
        memory = self._memory()
        narrow = replace(filters, signals=asked.kinds)
        hits = memory.search(identity, asked.topic, filters=narrow, k=LINES // 2) if asked.kinds else []
        hits = hits or memory.search(identity, asked.topic, filters=filters, k=LINES // 2)
        return tuple(Line(hit, hit.text) for hit in hits)


def _amended(asked: Asked, last: Asked) -> Asked:
    """A follow-up keeps of the question before what it does not say anew."""
    says = asked.mode != "latest"
    return replace(
        asked,
        topic=asked.topic if says else last.topic,
        mode=asked.mode if says else last.mode,
        kinds=asked.kinds if says else last.kinds,
        names=asked.names or last.names,
        period=asked.period or last.period,
        channels=asked.channels or last.channels,
        ours=asked.ours or (last.ours and not says),
    )


def _refused(asked: Asked, lexicon: Lexicon) -> Heard | None:
    if lexicon.nothing:
        return Heard(Status.FORBIDDEN, "no_records", asked)
    if asked.doubt:
        return Heard(Status.CLARIFY, "which", asked, offers=asked.doubt[:5])
    if asked.unknown is None:
        return None
    params = {"name": asked.unknown}
    if not lexicon.everything:
        return Heard(Status.FORBIDDEN, "not_visible", asked, params=params)
    near = [name.value for name, _ in lexicon.names.near(asked.unknown) if name.dimension in ("account", "contact")]
    return Heard(Status.UNDEFINED, "unknown", asked, offers=tuple(dict.fromkeys(near)), params=params)


def _strange(asked: Asked, named: Named) -> Heard | None:
    """Colleagues whose customers are not the asker's to hear."""
    people = asked.named("rep", "manager", "region")
    if named.everything or not people or set(named.people) & named.visible:
        return None
    return Heard(Status.FORBIDDEN, "other_people", asked, params={"name": ", ".join(people)})


def _filters(asked: Asked, named: Named, timezone: str) -> Filters:
    people = tuple(sorted(set(named.people) & named.visible)) if not named.everything else named.people
    return Filters(
        accounts=named.accounts,
        contacts=named.contacts,
        people=people,
        channels=asked.channels,
        speakers=("rep",) if asked.ours else CUSTOMERS,
        since=_moment(asked.period.start, timezone) if asked.period else None,
        until=_moment(asked.period.end, timezone, end=True) if asked.period else None,
    )


def _moment(day: date, timezone: str, *, end: bool = False) -> datetime:
    """The first moment of a day there, or the last."""
    zone = ZoneInfo(timezone)
    if not end or day == date.max:
        return datetime.combine(day, time.max if end else time.min, zone).astimezone(UTC)
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC) - timedelta(microseconds=1)


def _merged(found: list[Evidence]) -> tuple[Line, ...]:
    """One line for each message, with every signal that it has."""
    lines: dict[int, Line] = {}
    for one in found:
        before = lines.get(one.hit.message_id)
        kinds = (*before.kinds, one.kind) if before else (one.kind,)
        lines[one.hit.message_id] = Line(one.hit, before.quote if before else one.quote, kinds)
    return tuple(lines.values())


def heard_to_json(heard: Heard) -> dict[str, Any]:
    """What was found as JSON values, as it travels in a tool's artifact."""
    asked = heard.asked
    return {
        "reason": heard.reason,
        "timezone": heard.timezone,
        "unread": heard.unread,
        "params": dict(heard.params),
        "offers": list(heard.offers),
        "topic": asked.topic,
        "mode": asked.mode,
        "kinds": list(asked.kinds),
        "ours": asked.ours,
        "accounts": list(asked.named("account", "contact", "parent")),
        "people": list(asked.named("rep", "manager", "region")),
        "period": [asked.period.start.isoformat(), asked.period.end.isoformat(), asked.period.name]
        if asked.period
        else None,
        "customers": len({line.hit.account_id or line.hit.conversation_id for line in heard.lines}),
        "count": len(heard.lines),
        "lines": [_line_to_json(line, ZoneInfo(heard.timezone)) for line in heard.lines],
    }


def _line_to_json(line: Line, zone: ZoneInfo) -> dict[str, Any]:
    hit = line.hit
    return {
        "kind": hit.kind,
        "id": hit.message,
        "conversation": hit.conversation,
        "account": hit.account,
        "channel": hit.channel,
        "speaker": hit.speaker,
        "author": hit.author,
        "text": hit.text,
        "quote": line.quote,
        "kinds": list(line.kinds),
        "at": hit.at.astimezone(zone).isoformat(),
        "second": hit.second,
    }
