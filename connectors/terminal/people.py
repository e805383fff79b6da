"""Who is known, as a table or as JSON, and links to sign in with."""

import json
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table as Grid

from core.wording import Lang, say
from db.people import PersonRow

FIELDS = ("name", "role", "region", "manager")


def as_json(people: Iterable[PersonRow]) -> str:
    """A JSON array of objects with name, role, region and manager."""
    return json.dumps([{name: getattr(person, name) for name in FIELDS} for person in people], ensure_ascii=False)


def show_people(people: Iterable[PersonRow], console: Console, lang: Lang) -> None:
    """Print a table of them."""
    grid = Grid(*(say(f"cli.column.{name}", lang) for name in FIELDS))
    for person in people:
        role = say(f"cli.role.{person.role}", lang)
        grid.add_row(person.name, role, person.region or "", person.manager or "")
    console.print(grid)


def show_links(links: Iterable[tuple[PersonRow, str]], lang: Lang) -> str:
    """One line a person: who they are, and where they sign in."""
    lines = [
        say("cli.link", lang, name=person.name, role=say(f"cli.role.{person.role}", lang), url=url)
        for person, url in links
    ]
    return "\n".join(lines)
