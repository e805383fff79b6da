"""What a command opens: who asks, and the screen that shows the answer."""

import sys
from functools import partial
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine

from connectors.terminal.batch import Batch
from connectors.terminal.render import Screen
from core.identity import Identity
from core.ports import Assistant, Labels
from core.wording import Lang
from db.company import load_company
from db.engine import system_session
from db.people import find_person


def find(engine: Engine, name: str) -> Identity:
    """The person called `name`."""
    with system_session(engine) as session:
        return find_person(session, name)


def screen_of(engine: Engine, labels: Labels) -> Screen:
    """The terminal, for the company of the database."""
    with system_session(engine) as session:
        currency = load_company(session).company.currency
    return Screen(Console(), labels, currency)


async def answer_file(assistant: Assistant, *, engine: Engine, file: Path, lang: Lang, who: str | None) -> bool:
    """Answer a file of questions on standard output; whether every line was one."""
    batch = Batch(assistant, partial(find, engine), lang=lang, who=who)
    with file.open(encoding="utf-8-sig") as lines:
        return await batch.run(lines, sys.stdout)
