"""Erasing a customer, or one person there, at the desk: asked once more, done, and told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

import typer
from sqlalchemy import Engine

from core.errors import UserError
from core.needles import Needles
from core.settings import Settings
from core.wording import say
from db.erase import Erased, Hands, account_named, contact_named, erase_account, erase_contact
from db.migrations.run import opened

Kind = Literal["account", "person"]
Reach = Callable[[Engine], AbstractContextManager[Hands]]


class NobodyToErase(UserError):
    """No account or person has that name."""

    code = "nobody_to_erase"
    http_status = 404


class SeveralToErase(UserError):
    """Several have that name; an external id names one."""

    code = "several_to_erase"
    http_status = 409


def erase(settings: Settings, kind: Kind, name: str, *, yes: bool, reach: Reach) -> None:
    """Erase what the account's people said, or all that points to the person, once it is confirmed."""
    lang = settings.lang
    with opened(settings.database, bring=False) as engine:
        found = account_named(engine, name) if kind == "account" else contact_named(engine, name)
        if not found:
            raise NobodyToErase(name=name)
        if len(found) > 1:
            raise SeveralToErase(name=name, choices=", ".join(f"{shown} [{key}]" for _, shown, key in found))
        row_id, shown, _ = found[0]
        if not yes:
            typer.confirm(say(f"cli.erase.sure_{kind}", lang, name=shown), abort=True)
        now = settings.clock.now()
        with reach(engine) as hands:
            work = erase_account if kind == "account" else erase_contact
            done = work(engine, row_id, hands, by=None, now=now)
    reports = _erase_reports(settings.var / "imports", done.needles)
    typer.echo(_told(done, reports, settings))


def _told(done: Erased, reports: int, settings: Settings) -> str:
    return say("cli.erase.done", settings.lang, **done.counts(), reports=reports)


def _erase_reports(folder: Path, needles: Needles) -> int:
    """Remove import reports that name the people; how many."""
    gone = 0
    for file in folder.rglob("*") if folder.is_dir() else ():
        if file.is_file() and needles.inside(file.read_text(encoding="utf-8", errors="replace")):
            file.unlink()
            gone += 1
    return gone
