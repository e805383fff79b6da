"""What is done at a desk, not in a chat: the database, who is known, loading records, looking for faults."""

import socket
from collections.abc import Callable
from pathlib import Path

import typer
from rich.console import Console

from connectors.records import load
from connectors.terminal.doctor import Indexes, audit_faults, find_faults, line_of, memory_faults
from connectors.terminal.loading import progress_bar, show_report
from connectors.terminal.people import as_json, show_links, show_people
from core.errors import OperatorError
from core.identity import Role
from core.settings import Settings
from core.wording import say
from db import people
from db.demo import holds_demo, is_empty, load_demo
from db.engine import system_session
from db.migrations.run import opened


class PortTaken(OperatorError):
    """Something else listens where the server should."""

    code = "port_taken"


class DemoInside(OperatorError):
    """The database holds the demo company; real records beside it would make every number wrong."""

    code = "demo_inside"


def check_port(host: str, port: int) -> None:
    """PortTaken if nobody could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(host=host, port=port, reason=error.strerror) from error


def migrate_database(settings: Settings) -> None:
    """Bring the database to head."""
    with opened(settings.database):
        typer.echo(say("cli.migrate.done", settings.lang))


def fill_demo(settings: Settings, *, if_empty: bool) -> None:
    """Load the demo company into an empty database; one that is not is refused, or with `if_empty` left alone."""
    with opened(settings.database) as engine:
        if if_empty and not is_empty(engine):
            return
        load_demo(engine, settings.clock)
        typer.echo(say("cli.demo.done", settings.lang))


def import_records(settings: Settings, source: str, mapping: Path) -> None:
    """Load records by a mapping and print what became of them."""
    with opened(settings.database) as engine:
        if holds_demo(engine):
            raise DemoInside
        with progress_bar(Console(stderr=True)) as progress:
            report = load(source, mapping, engine, settings.clock, progress, settings.lang)
        show_report(report, report.write(settings.var / "imports"), Console(), settings.lang)


def print_token(settings: Settings, name: str) -> None:
    """Print a new API token, and nothing else."""
    with opened(settings.database, bring=False) as engine, system_session(engine) as session:
        person = people.find_person(session, name)
        token = people.make_token(session, person.person_id, settings.clock.now())
    typer.echo(token)


def list_people(settings: Settings, *, json: bool) -> None:
    """Print who is known."""
    with opened(settings.database, bring=False) as engine, system_session(engine) as session:
        known = people.list_people(session)
    if json:
        typer.echo(as_json(known))
    else:
        show_people(known, Console(), settings.lang)


def add_person(settings: Settings, name: str, *, role: Role, region: str | None, manager: str | None) -> None:
    """Make a person known and print a link to sign in with."""
    now = settings.clock.now()
    with opened(settings.database, bring=False) as engine, system_session(engine) as session:
        added = people.add_person(session, name, role=role, region=region, manager=manager, now=now)
        secret = people.make_link(session, added.person_id, now)
    typer.echo(say("cli.people.added", settings.lang, name=added.name))
    typer.echo(link_of(address(settings), secret))


def print_links(settings: Settings, base: str) -> None:
    """Print a link to sign in with for everyone known."""
    with opened(settings.database) as engine, system_session(engine) as session:
        now = settings.clock.now()
        known = people.list_people(session)
        links = [(one, link_of(base, people.make_link(session, one.id, now))) for one in known]
    typer.echo(say("cli.serve.links", settings.lang))
    typer.echo(show_links(links, settings.lang))


def examine(settings: Settings, memory: Callable[[], Indexes | None], *, repaired: bool = False) -> bool:
    """Print what is well and what is not; False if something keeps the product from working."""
    fine = True
    indexes = memory()
    about = memory_faults(indexes, repaired=repaired) if indexes else ()
    for finding in (*find_faults(settings), *about):
        typer.echo(line_of(finding, settings.lang))
        fine = fine and finding.state != "bad"
    return fine


def examine_audit(settings: Settings) -> bool:
    """Print whether the audit log is whole, or its first broken link; False if it is not."""
    findings = list(audit_faults(settings))
    for finding in findings:
        typer.echo(line_of(finding, settings.lang))
    return all(finding.state != "bad" for finding in findings)


def address(settings: Settings, host: str | None = None, port: int | None = None) -> str:
    """Where people reach the server."""
    return (settings.public_url or f"http://{host or settings.host}:{port or settings.port}").rstrip("/")


def link_of(base: str, secret: str) -> str:
    """The page that signs in whoever holds `secret`."""
    return f"{base}/sign-in/{secret}"
