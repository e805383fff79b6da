"""Linking people's channel accounts at the desk."""

import typer

from core.errors import UserError
from core.settings import Settings
from core.wording import say
from db import links
from db.engine import system_session
from db.migrations.run import opened
from db.people import find_person


class NoChannel(UserError):
    """No channel was named."""

    code = "no_channel"


def link(settings: Settings, name: str, *, slack: str | None, telegram: str | None) -> None:
    """Have accounts be a person's; NoChannel if none is named."""
    accounts = {channel: id_ for channel, id_ in (("slack", slack), ("telegram", telegram)) if id_}
    if not accounts:
        raise NoChannel
    now = settings.clock.now()
    with opened(settings.database, bring=False) as engine, system_session(engine) as session:
        person = find_person(session, name)
        for channel, account in accounts.items():
            links.link(session, channel, account, person.person_id, how="admin", by=None, now=now)
    for channel, account in accounts.items():
        typer.echo(say("cli.people.linked", settings.lang, name=person.name, channel=channel, account=account))


def unlink(settings: Settings, name: str, *, slack: bool, telegram: bool) -> None:
    """Take a person's accounts of the named channels away; NoChannel if none is named."""
    channels = [channel for channel, named in (("slack", slack), ("telegram", telegram)) if named]
    if not channels:
        raise NoChannel
    now = settings.clock.now()
    with opened(settings.database, bring=False) as engine, system_session(engine) as session:
        person = find_person(session, name)
        gone = {
            channel: links.unlink(session, channel, person_id=person.person_id, by=None, now=now)
            for channel in channels
        }
    for channel, count in gone.items():
        typer.echo(say("cli.people.unlinked", settings.lang, name=person.name, channel=channel, count=count))
