"""What is well and what is not on this machine, each with what to do about it."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import httpx
from sqlalchemy.exc import SQLAlchemyError

from core.settings import Settings
from core.weights import has_extra, is_whole, source_of
from core.wording import Lang, say
from db import audit
from db.company import load_company
from db.engine import open_engine, system_session
from db.migrations.run import is_current, opened

State = Literal["ok", "warn", "bad"]
BUILTIN = "builtin"
OPENAI_URL = "https://api.openai.com/v1"
TEST_TOOLS = {"postgres": ("initdb", "postgres"), "chromium": ("chromium",)}


class Finding(NamedTuple):
    """One line of the report: the words are `cli.doctor.<key>`."""

    state: State
    key: str
    params: dict[str, object]


def find_faults(settings: Settings) -> Iterator[Finding]:
    """Look at each thing in turn; nothing is changed."""
    checks: list[Callable[[Settings], Iterator[Finding]]] = [_database, _clock, _model, _speech, _fonts, _tests]
    for check in checks:
        yield from check(settings)


class Indexes(Protocol):
    """How memory's indexes stand."""

    @property
    def waiting(self) -> int:
        """Messages that will be indexed by themselves."""
        ...

    @property
    def missing(self) -> int:
        """Messages that should be indexed and are not."""
        ...

    @property
    def kept(self) -> int:
        """Messages that are."""
        ...

    @property
    def words(self) -> bool:
        """Whether the index of words is whole."""
        ...

    @property
    def vectors(self) -> int | None:
        """Vectors there are; None where a running process holds them."""
        ...

    @property
    def well(self) -> bool:
        """Whether nothing has to be repaired."""
        ...


def memory_faults(found: Indexes, *, repaired: bool) -> Iterator[Finding]:
    """What is well and what is not with the indexes of what was said."""
    told: dict[str, object] = {"kept": found.kept, "waiting": found.waiting, "missing": found.missing}
    if repaired:
        yield Finding("ok" if found.well else "bad", "memory_repaired" if found.well else "memory_broken", told)
    elif found.well:
        yield Finding("ok", "memory_held" if found.vectors is None else "memory", told)
    elif not found.words:
        yield Finding("warn", "memory_words", told)
    elif found.missing:
        yield Finding("warn", "memory_missing", told)
    else:
        yield Finding("warn", "memory_vectors", told | {"vectors": found.vectors})


def audit_faults(settings: Settings) -> Iterator[Finding]:
    """Whether every entry of the audit log follows the one before it, and which is the first that does not."""
    with opened(settings.database) as engine, system_session(engine) as session:
        broken, count = audit.verify(session), audit.count(session)
        if not broken:
            yield Finding("ok", "audit", {"count": count, "head": audit.head(session)[:16]})
            return
        first = audit.read(session, broken[0])
        told: dict[str, object] = {"id": first.id, "at": f"{first.at:%Y-%m-%d %H:%M} UTC", "action": first.action}
        yield Finding("bad", "audit_broken", told | {"subject": first.subject, "count": len(broken)})


def line_of(finding: Finding, lang: Lang) -> str:
    """The finding in words."""
    state = say(f"cli.doctor.state.{finding.state}", lang)
    return f"{state}  {say(f'cli.doctor.{finding.key}', lang, **finding.params)}"


def _database(settings: Settings) -> Iterator[Finding]:
    file = settings.var / "dealhand.db"
    if settings.database_url is None and not file.exists():
        yield Finding("warn", "no_database", {"file": file})
        return
    engine = open_engine(settings.database)
    where: dict[str, object] = {"url": engine.url.render_as_string(hide_password=True)}
    try:
        if not is_current(engine):
            yield Finding("bad", "old_database", where)
            return
        yield Finding("ok", "database", where)
        with system_session(engine) as session:
            facts = load_company(session)
        known: dict[str, object] = {"name": facts.company.name, "records": ", ".join(sorted(facts.loaded))}
        yield Finding("ok", "company", known) if facts.loaded else Finding("warn", "no_company", {})
    except SQLAlchemyError as error:
        yield Finding("bad", "away_database", where | {"reason": type(error).__name__})
    finally:
        engine.dispose()


def _clock(settings: Settings) -> Iterator[Finding]:
    now = f"{settings.clock.now():%Y-%m-%d %H:%M} UTC"
    yield Finding("warn", "fixed_clock", {"now": now}) if settings.now else Finding("ok", "clock", {"now": now})


def _model(settings: Settings) -> Iterator[Finding]:
    if settings.model == BUILTIN:
        yield Finding("ok", "builtin_model", {})
        return
    url = (settings.openai_base_url or OPENAI_URL).rstrip("/")
    key = settings.openai_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    told: dict[str, object] = {"model": settings.model, "url": url}
    try:
        httpx.get(f"{url}/models", headers=headers, timeout=settings.model_timeout_seconds).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield Finding("warn", "away_model", told | {"reason": type(error).__name__})
    else:
        yield Finding("ok", "model", told)


def _speech(settings: Settings) -> Iterator[Finding]:
    told: dict[str, object] = {"transcriber": settings.transcriber, "model": settings.whisper_model}
    if settings.transcriber == "openai":
        yield Finding("ok", "endpoint_speech", told | {"url": settings.openai_base_url or OPENAI_URL})
        return
    if settings.transcriber == "openai-whisper" and not has_extra():
        yield Finding("bad", "no_extra", {"extra": settings.transcriber})
    source = source_of(settings)
    if source == "folder" and not is_whole(Path(settings.whisper_model).expanduser()):
        yield Finding("bad", "no_weights", told)
    elif source == "network":
        yield Finding("warn", "far_weights", told)
    else:
        yield Finding("ok", "weights", told)


def _fonts(settings: Settings) -> Iterator[Finding]:
    lister = shutil.which("fc-list")
    found = ""
    if lister:
        listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S603
        found = listed.stdout.partition("\n")[0].partition(",")[0].strip()
    yield Finding("ok", "font", {"font": found}) if found else Finding("warn", "no_font", {})


def _tests(settings: Settings) -> Iterator[Finding]:
    for name, programs in TEST_TOOLS.items():
        there = all(shutil.which(program) for program in programs)
        yield Finding("ok" if there else "warn", f"{name}" if there else f"no_{name}", {})
