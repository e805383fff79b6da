"""create_app(settings) and the command line: it only wires. A command imports what it needs when it runs."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer
from pydantic import ValidationError
from typer.main import get_command

from core.collecting import collect_seldom
from core.errors import Bug, DealhandError, OperatorError
from core.identity import Role
from core.logging import set_up_logging
from core.settings import Settings
from core.wording import Lang, explain, say

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Engine

    from connectors.terminal.erasing import Kind
    from connectors.terminal.ingest import FileReport
    from core.ports import Assistant, Labels
    from core.reply import Reply

Done = TypeVar("Done")
As = typer.Option("--as")
Json = typer.Option("--json")
File = typer.Option(exists=True, dir_okay=False)
Duty = Literal["sales_manager", "technical_consultant"]

cli = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
people_cli = typer.Typer(invoke_without_command=True)
cli.add_typer(people_cli, name="people")
erase_cli = typer.Typer(no_args_is_help=True)
cli.add_typer(erase_cli, name="erase")


def main() -> None:
    """The command line; what goes wrong is said in words, on standard error."""
    collect_seldom()
    from connectors.terminal.helping import describe

    lang: Lang = "en"
    try:
        lang = load_settings().lang
        command: Any = get_command(cli)
        describe(command, "root", lang)
        command()
    except DealhandError as error:
        _give_up(error, lang)
    except Exception:  # noqa: BLE001 (where the process ends: it is logged, and said in words)
        import structlog

        structlog.get_logger(__name__).exception("command failed")
        _give_up(Bug(), lang)


def load_settings() -> Settings:
    """The settings of the environment; says which are wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (f"DEALHAND_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        raise OperatorError(reason="; ".join(wrong)) from error


def create_app(settings: Settings | None = None) -> "FastAPI":
    """The HTTP API and the chat page on a database at head; without `settings`, by those of the environment."""
    import numpy  # noqa: F401 (else the encoder's thread and the charts' thread import it at once, and one fails)

    from agent.assistant import open_assistant
    from connectors.channels import receive_for
    from db.demo import is_demo
    from db.engine import open_engine
    from db.migrations.run import opened
    from jobs.runtime import open_jobs
    from tools.notices.delivery import undelivered
    from tools.workbench import Workbench
    from web import build_app

    chosen = settings or _settings()
    with opened(chosen.database):
        engine = open_engine(chosen.database)
    if chosen.demo and not is_demo(engine):
        chosen = chosen.model_copy(update={"demo": False})
    workbench = Workbench(chosen, engine)
    return build_app(
        chosen,
        engine=engine,
        assistant=lambda: open_assistant(chosen, workbench),
        labels=_labels(engine),
        workbench=workbench,
        jobs=lambda: open_jobs(chosen, engine, workbench),
        reception=receive_for(chosen, engine, _labels(engine), workbench, undelivered),
    )


@cli.command()
def serve(host: str | None = None, port: int | None = None, processes: int = 1) -> None:
    import uvicorn

    from connectors.terminal import office
    from db.demo import is_demo
    from db.migrations.run import opened

    settings = _settings()
    host, port = host or settings.host, port or settings.port
    url = office.address(settings, host, port)
    office.check_port(host, port)
    with opened(settings.database) as engine:
        invite = settings.demo and is_demo(engine)
    if invite:
        office.print_links(settings, url)
    typer.echo(say("cli.serve.ready", settings.lang, url=url))
    # A short queue shares new connections out among the processes; with a long one the first awake takes them all.
    many = processes > 1
    app, backlog = ("server:create_app", 16) if many else (create_app(settings), 2048)
    quiet: dict[str, Any] = {"log_config": None, "access_log": False}
    uvicorn.run(app, factory=many, workers=processes, host=host, port=port, backlog=backlog, **quiet)


@cli.command()
def worker() -> None:
    from agent.assistant import open_assistant
    from connectors.beside import beside
    from jobs.command import work
    from tools.notices.delivery import undelivered

    settings = _settings()
    ready = partial(typer.echo, say("cli.worker.ready", settings.lang))
    work(settings, ready, partial(beside, labels=_labels, assistant=open_assistant, undelivered=undelivered))


@cli.command()
def chat(as_: Annotated[str, As]) -> None:
    import asyncio

    from connectors.terminal.chat import converse
    from connectors.terminal.opening import find, screen_of
    from db.migrations.run import opened

    settings = _settings()
    with opened(settings.database) as engine:
        asker, screen = find(engine, as_), screen_of(engine, _labels(engine))
        asyncio.run(_with_assistant(settings, lambda assistant: converse(assistant, asker, screen, settings.lang)))


@cli.command()
def ask(
    text: str | None = typer.Argument(None),
    *,
    as_: Annotated[str | None, As] = None,
    json_: Annotated[bool, Json] = False,
    thread: str | None = None,
    batch: Annotated[Path | None, File] = None,
) -> None:
    import asyncio

    from connectors.terminal.opening import answer_file, find, screen_of
    from db.migrations.run import opened

    settings = _settings()
    with opened(settings.database) as engine:
        if batch is not None:
            asking = partial(answer_file, engine=engine, file=batch, lang=settings.lang, who=as_)
            raise typer.Exit(0 if asyncio.run(_with_assistant(settings, asking)) else 1)
        if text is None or as_ is None:
            raise typer.BadParameter(say("cli.ask.needs", settings.lang))
        asker, question = find(engine, as_), text
        reply = asyncio.run(
            _with_assistant(settings, lambda assistant: assistant.turn(asker, question, thread_id=thread))
        )
        if json_:
            typer.echo(reply.model_dump_json(by_alias=True))
        else:
            screen_of(engine, _labels(engine)).show(reply)


@cli.command(name="import")
def import_(source: str, mapping: Annotated[Path, File]) -> None:
    from connectors.terminal import office

    office.import_records(_settings(), source, mapping)


@cli.command()
def ingest(  # noqa: PLR0913 (each is an option of the command)
    path: Annotated[Path, typer.Argument(exists=True)],
    *,
    account: str | None = None,
    as_: Annotated[str | None, As] = None,
    channel: str | None = None,
    speakers: str = "",
    no_wait: Annotated[bool, typer.Option("--no-wait")] = False,
    question: Annotated[str | None, typer.Option("--ask")] = None,
) -> None:
    from connectors.terminal.ingest import Desk, Wishes, lines_of
    from db.migrations.run import opened
    from jobs.runtime import open_jobs
    from tools.workbench import Workbench

    settings = _settings()
    wishes = Wishes(account, as_, channel, tuple(one.strip() for one in speakers.split(",") if one.strip()))
    with opened(settings.database) as engine, closing(Workbench(settings, engine)) as workbench:
        with open_jobs(settings.model_copy(update={"worker": not no_wait}), engine, workbench) as jobs:
            desk = Desk(engine, settings.clock, lambda: workbench.calls, jobs, settings.lang)
            reports = desk.run(path, wishes, wait=not no_wait)
        for line in lines_of(reports, settings.lang):
            typer.echo(line)
        if question is not None:
            _tell_heard(settings, engine, workbench, (as_, question), reports)
    raise typer.Exit(1 if any(report.refused for report in reports) else 0)


def _tell_heard(
    settings: Settings, engine: "Engine", workbench: Any, asked: tuple[str | None, str], reports: "list[FileReport]"
) -> None:
    """Print what was understood, and the answer to a question about it."""
    import asyncio

    from agent.assistant import open_assistant
    from connectors.terminal.heard import about, asker_of, heard_lines
    from connectors.terminal.opening import screen_of

    name, question = asked[0], about(asked[1], reports, settings.lang)
    asker = asker_of(engine, name)
    for line in heard_lines(engine, workbench, asker, reports, settings.lang):
        typer.echo(line)

    async def answer() -> "Reply":
        async with open_assistant(settings, workbench) as assistant:
            return await assistant.turn(asker, question)

    typer.echo(say("ingest.asked", settings.lang, question=question))
    screen_of(engine, _labels(engine)).show(asyncio.run(answer()))


@cli.command()
def token(name: str) -> None:
    from connectors.terminal import office

    office.print_token(_settings(), name)


@people_cli.callback()
def people(context: typer.Context, json_: Annotated[bool, Json] = False) -> None:
    from connectors.terminal import office

    if not context.invoked_subcommand:
        office.list_people(_settings(), json=json_)


@people_cli.command(name="add")
def people_add(
    name: str, role: Annotated[Role, typer.Option()], region: str | None = None, manager: str | None = None
) -> None:
    from connectors.terminal import office

    office.add_person(_settings(), name, role=role, region=region, manager=manager)


@people_cli.command(name="duty")
def people_duty(
    name: str,
    role: Annotated[Duty, typer.Option()],
    skill: Annotated[list[str] | None, typer.Option()] = None,
    region: Annotated[list[str] | None, typer.Option()] = None,
    most_open: int | None = None,
) -> None:
    from connectors.terminal import duties

    skills, regions = skill or [], region or []
    duties.give_duty(_settings(), name, role, skills=skills, regions=regions, most_open=most_open)


@people_cli.command(name="absent")
def people_absent(
    name: str,
    from_: Annotated[str, typer.Option("--from")],
    to: Annotated[str, typer.Option()],
    reason: str | None = None,
) -> None:
    from connectors.terminal import duties

    duties.give_absence(_settings(), name, from_, to, reason)


@people_cli.command(name="link")
def people_link(name: str, slack: str | None = None, telegram: str | None = None) -> None:
    from connectors.terminal import accounts

    accounts.link(_settings(), name, slack=slack, telegram=telegram)


@people_cli.command(name="unlink")
def people_unlink(
    name: str, slack: bool = typer.Option(False, "--slack"), telegram: bool = typer.Option(False, "--telegram")
) -> None:
    from connectors.terminal import accounts

    accounts.unlink(_settings(), name, slack=slack, telegram=telegram)


@cli.command(name="eval")
def eval_(suites: Annotated[list[str] | None, typer.Argument()] = None, model: str | None = None) -> None:
    from evals import command

    settings = _settings()
    raise typer.Exit(command(settings, model or settings.model, suites or []))


@cli.command()
def doctor(*, repair: bool = False, audit: bool = False) -> None:
    from connectors.terminal import office
    from tools.memory.checkup import look_at

    settings = _settings()
    if audit:
        raise typer.Exit(0 if office.examine_audit(settings) else 1)
    fine = office.examine(settings, lambda: look_at(settings, repair=repair), repaired=repair)
    raise typer.Exit(0 if fine else 1)


@cli.command()
def migrate() -> None:
    from connectors.terminal import office

    office.migrate_database(_settings())


@cli.command()
def demo(if_empty: bool = typer.Option(False, "--if-empty")) -> None:
    from connectors.terminal import office

    office.fill_demo(_settings(), if_empty=if_empty)


@erase_cli.command(name="account")
def erase_account(name: str, yes: bool = typer.Option(False, "--yes")) -> None:
    _erase("account", name, yes=yes)


@erase_cli.command(name="person")
def erase_person(name: str, yes: bool = typer.Option(False, "--yes")) -> None:
    _erase("person", name, yes=yes)


def _erase(kind: "Kind", name: str, *, yes: bool) -> None:
    from agent.saver import forget_threads
    from connectors.terminal import erasing
    from db.erase import Hands
    from tools.workbench import Workbench

    settings = _settings()

    @contextmanager
    def reach(engine: "Engine") -> Iterator[Hands]:
        with closing(Workbench(settings, engine)) as bench:
            store = bench.calls.storage
            yield Hands(store.delete, store.delete_folder, partial(forget_threads, settings), bench.memory.forget)

    erasing.erase(settings, kind, name, yes=yes, reach=reach)


def _settings() -> Settings:
    settings = load_settings()
    set_up_logging(settings.log_level)
    return settings


async def _with_assistant(settings: Settings, use: "Callable[[Assistant], Awaitable[Done]]") -> Done:
    from agent.assistant import open_assistant

    async with open_assistant(settings) as assistant:
        return await use(assistant)


def _labels(engine: "Engine") -> "Labels":
    """What columns are called, by the catalogue and the company as it is now."""
    from db.company import load_company
    from db.engine import system_session
    from tools.metrics.catalogue import load_catalogue
    from tools.metrics.display import labels_of

    def labels(lang: Lang) -> Mapping[str, str]:
        with system_session(engine) as session:
            facts = load_company(session)
        return labels_of(load_catalogue(facts), lang)

    return labels


def _give_up(error: DealhandError, lang: Lang) -> None:
    typer.echo(explain(error, lang), err=True)
    sys.exit(1)
