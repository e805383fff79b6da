"""An appointment as an iCalendar file, which any calendar takes in."""

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from core.escalations import EscalationView
from core.wording import Lang, say
from tools.escalations.telling import cause_of

PRODUCT = "-//Dealhand//EN"
LASTS = timedelta(minutes=30)


def calendar_of(view: EscalationView, lang: Lang, now: datetime) -> str | None:
    """The file; None for what has no time. The same escalation is the same entry however often it is taken in."""
    if view.appointment_at is None:
        return None
    words = {
        "account": view.account,
        "role": say(f"ladder.role.{view.role}", lang),
        "cause": cause_of(view.cause, lang),
        "asked_by": view.asked_by or say("ladder.someone", lang),
    }
    event = Event()
    event.add("uid", f"{view.id}@dealhand")
    event.add("dtstamp", now)
    event.add("dtstart", view.appointment_at)
    event.add("dtend", view.appointment_at + LASTS)
    event.add("sequence", len(view.history))
    event.add("status", "CANCELLED" if view.state == "cancelled" else "CONFIRMED")
    event.add("summary", say("ladder.calendar.summary", lang, **words))
    event.add("description", say("ladder.calendar.description", lang, **words))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")
