"""Who steps in where, and when they are away, said at the desk."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import typer

from core.errors import UserError
from core.escalations import Role
from core.settings import Settings
from core.wording import say
from db.company import load_company
from db.duties import add_absence, habits_of, set_duty
from db.engine import system_session
from db.migrations.run import opened
from db.people import find_person

SHOWN = "%Y-%m-%d %H:%M"


class BadAbsence(UserError):
    """An absence ends before it begins, or one of its moments can't be read."""

    code = "bad_absence"


def give_duty(
    settings: Settings,
    name: str,
    role: Role,
    *,
    skills: Sequence[str],
    regions: Sequence[str],
    most_open: int | None,
) -> None:
    """Have a person take a role in escalations, in place of what they took of it before."""
    with opened(settings.database, bring=False) as engine, system_session(engine) as session:
        person = find_person(session, name)
        more = {"skills": skills, "regions": regions, "most_open": most_open}
        set_duty(session, person.person_id, role, **more, now=settings.clock.now())  # type: ignore[arg-type]
    role_words = say(f"ladder.role.{role}", settings.lang)
    typer.echo(say("cli.people.duty", settings.lang, name=person.name, role=role_words))


def give_absence(settings: Settings, name: str, start: str, end: str, reason: str | None) -> None:
    """Have a person away: from a day or moment to a day or moment, both included, in their time zone."""
    with opened(settings.database, bring=False) as engine, system_session(engine) as session:
        person = find_person(session, name)
        zone = ZoneInfo(habits_of(session, person.person_id).time_zone or load_company(session).company.timezone)
        from_at, to_at = _moment(start, zone, last=False), _moment(end, zone, last=True)
        if to_at <= from_at:
            raise BadAbsence(start=start, end=end)
        add_absence(session, person.person_id, from_at, to_at, reason=reason, now=settings.clock.now())
    shown = [one.astimezone(zone).strftime(SHOWN) for one in (from_at, to_at)]
    typer.echo(say("cli.people.absent", settings.lang, name=person.name, start=shown[0], end=shown[1]))


def _moment(text: str, zone: ZoneInfo, *, last: bool) -> datetime:
    """2026-07-01 is that whole day; 2026-07-01T14:00 a moment, in the zone unless it names another."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadAbsence(start=text, end=text) from error
    if read.tzinfo is None:
        read = read.replace(tzinfo=zone)
    if len(text) <= len("2026-07-01") and last:
        read = datetime.combine(read.date() + timedelta(days=1), time(), zone)
    return read.astimezone(UTC)
