"""What people are told of an escalation: a notice each, once, and the words for their channel."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.channels import Button, Content
from core.escalations import EscalationView
from core.wording import LANGS, Lang, phrases, say
from db.duties import habits_of
from db.escalation_views import view_of
from db.notices import Telling, notice_id, tell
from db.tables import Escalation
from tools.escalations.delivery import Deliver
from tools.escalations.quiet import rest_of

KIND = "escalation"
MOMENT = "%Y-%m-%d %H:%M"
QUOTES = 3


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes notices and has them sent; `lang` is the language of those who have not said theirs."""

    deliver: Deliver
    lang: Lang

    def tell(  # noqa: PLR0913 (what happened, to what, by whom, to whom)
        self,
        session: Session,
        escalation: Escalation,
        what: str,
        people: Iterable[int | None],
        *,
        key: str,
        by: int | None = None,
        now: datetime,
    ) -> None:
        """Tell each of the people but whoever did it, once under `key`."""
        view: EscalationView | None = None
        for person in sorted({one for one in people if one is not None and one != by}):
            telling = Telling(f"{KIND}:{key}:{person}", person, KIND, escalation.conversation_id)
            detail = {"escalation": escalation.name, "what": what, "by": by}
            if not tell(session, [replace(telling, detail=detail)], now):
                continue
            view = view or view_of(session, escalation)
            who = view.history[-1].actor if by and view.history else None
            found = notice_id(session, telling.key)
            self.deliver(session, person, found, self._content(session, view, what, person, who))

    def lang_of(self, session: Session, person_id: int) -> Lang:
        """The language a person wants to be told in."""
        wanted = habits_of(session, person_id).lang
        return next((one for one in LANGS if one == wanted), self.lang)

    def _content(self, session: Session, view: EscalationView, what: str, person: int, who: str | None) -> Content:
        zone = rest_of(session, person).zone
        return content_of(view, what, self.lang_of(session, person), zone, who)


def content_of(view: EscalationView, what: str, lang: Lang, zone: ZoneInfo, who: str | None) -> Content:
    """What happened to an escalation, in words, with what can be done about it."""
    words: dict[str, Any] = {
        "account": view.account,
        "who": who or say("ladder.someone", lang),
        "person": view.person or "",
        "role": say(f"ladder.role.{view.role}", lang),
        "due": shown(view.due_at, zone),
        "outcome": say(f"ladder.outcome.{view.outcome}", lang) if view.outcome else "",
    }
    return Content(
        lang=lang,
        title=say(f"ladder.title.{what}", lang, **words),
        text=say(f"ladder.text.{what}", lang, **words),
        fields=_fields(view, lang, zone) if what in ("asked", "sooner", "missed") else (),
        buttons=buttons_of(view, lang) if what in ("asked", "sooner") else (),
    )


def cause_of(cause: str, lang: Lang) -> str:
    """A cause in words: a kind of signal by its name, else as it was written."""
    key = f"ladder.cause.{cause}"
    return say(key, lang) if key in phrases(lang) else cause


def buttons_of(view: EscalationView, lang: Lang) -> tuple[tuple[Button, ...], ...]:
    """Accept, snooze, hand over and resolve, as `verb:id`."""
    verbs = ("accept", "snooze"), ("handover", "resolve")
    return tuple(
        tuple(
            Button(
                label=say(f"ladder.button.{verb}", lang),
                value=f"{verb}:{view.id}",
                style="good" if verb == "accept" else "plain",
            )
            for verb in row
        )
        for row in verbs
    )


def shown(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as the reader's clock shows it, with the zone's name."""
    local = moment.astimezone(zone)
    return f"{local.strftime(MOMENT)} {local.tzname()}"


def shown_in(moment: datetime, time_zone: str) -> str:
    """The same, for a zone by name."""
    return shown(moment, ZoneInfo(time_zone))


def _fields(view: EscalationView, lang: Lang, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str | None]] = [
        ("cause", cause_of(view.cause, lang)),
        ("due", shown(view.due_at, zone)),
        ("appointment", shown(view.appointment_at, zone) if view.appointment_at else None),
        ("owner", view.owner),
        ("asked_by", view.asked_by),
        ("note", view.note),
        *(("evidence", one.quote) for one in view.evidence[:QUOTES]),
    ]
    return tuple((say(f"ladder.field.{name}", lang), value) for name, value in found if value)
