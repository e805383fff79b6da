"""The app: parts, middleware, routes. It is handed everything it serves."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from core.collecting import collect_seldom
from core.ports import Assistant, Labels, OpenAssistant, OpenJobs, OpenReception, Webhook, Workbench
from core.settings import Settings
from core.wording import Lang
from web.charts import Gallery
from web.envelope import MAX_BODY, Envelope
from web.limiter import Limiter
from web.meters import Meters
from web.parts import Parts
from web.problems import Problem, add_handlers
from web.routes import (
    absences,
    accounts,
    audit,
    calls,
    channels,
    charts,
    chat,
    console,
    conversations,
    duties,
    escalations,
    health,
    home,
    inbox,
    links,
    live,
    me,
    memory,
    messages,
    preferences,
    profiles,
    signals,
    signin,
    slack,
    telegram,
    threads,
    trackers,
)
from web.routes.oidc import oidc_routes
from web.session import COOKIE, Cookies, secret_key

log = structlog.get_logger("web")
LIVE_BODY = 4_000_000
CHARTS_AFTER = 5.0
"""Seconds from the start: the first answers are not to share the processor with that."""
STATIC = Path(__file__).parent / "static"
ROUTERS: tuple[APIRouter, ...] = (
    slack.router,
    telegram.router,
    chat.router,
    charts.router,
    threads.router,
    accounts.router,
    profiles.router,
    audit.router,
    live.router,
    calls.router,
    conversations.router,
    messages.router,
    inbox.router,
    signals.router,
    memory.router,
    trackers.router,
    me.router,
    links.router,
    preferences.router,
    escalations.router,
    duties.router,
    absences.router,
    channels.router,
    health.router,
    home.router,
    console.router,
    signin.router,
)


def _no_labels(lang: Lang) -> dict[str, str]:
    return {}


def build_app(  # noqa: PLR0913 (it is handed all it serves)
    settings: Settings,
    *,
    engine: Engine,
    assistant: OpenAssistant,
    labels: Labels = _no_labels,
    workbench: Workbench | None = None,
    jobs: OpenJobs | None = None,
    reception: OpenReception | None = None,
) -> FastAPI:
    """The HTTP API and the pages; `assistant`, `jobs` and `reception` are open while the app runs."""
    parts = _parts(settings, engine, labels, workbench)
    app = FastAPI(
        title="Dealhand",
        version=version("dealhand"),
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(parts, assistant, jobs, reception),
    )
    app.state.parts = parts
    app.add_middleware(Envelope, meters=parts.meters, bodies=_bodies(settings))
    add_handlers(app)
    if settings.oidc_issuer:
        app.include_router(oidc_routes(settings))
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _describe(app)
    return app


def _parts(settings: Settings, engine: Engine, labels: Labels, workbench: Workbench | None) -> Parts:
    clock = settings.clock
    return Parts(
        settings=settings,
        engine=engine,
        clock=clock,
        cookies=Cookies(secret_key(settings), clock, public_url=settings.public_url),
        limiter=Limiter(settings.turns_per_minute),
        meters=Meters(),
        gallery=Gallery(),
        labels=labels,
        workbench=workbench,
    )


def _lifespan(
    parts: Parts, assistant: OpenAssistant, jobs: OpenJobs | None, reception: OpenReception | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        collect_seldom()
        charts, warming = asyncio.create_task(_warm_charts(parts)), asyncio.create_task(asyncio.to_thread(_warm, parts))
        working = ExitStack()
        try:
            if jobs is not None:
                parts.jobs = working.enter_context(jobs())
            async with assistant() as opened, _receiving(parts, opened, reception):
                parts.assistant = opened
                yield
        finally:
            parts.assistant = None
            charts.cancel()
            await asyncio.gather(charts, warming, return_exceptions=True)
            await asyncio.to_thread(_close, working, parts)

    return lifespan


@asynccontextmanager
async def _receiving(parts: Parts, assistant: Assistant, reception: OpenReception | None) -> AsyncIterator[None]:
    """Work on what the team's chat brings, where a channel is set up."""
    if reception is None:
        yield
        return
    async with reception(assistant, parts.jobs) as opened:
        parts.desk = opened.desk
        parts.webhooks = {name: one for name, one in opened.channels.items() if isinstance(one, Webhook)}
        try:
            yield
        finally:
            parts.desk, parts.webhooks = None, {}


def _close(working: ExitStack, parts: Parts) -> None:
    working.close()
    if parts.workbench is not None:
        parts.workbench.close()


async def _warm_charts(parts: Parts) -> None:
    await asyncio.sleep(CHARTS_AFTER)
    try:
        await parts.gallery.warm()
    except Exception:
        log.exception("charts.not_warm")


def _warm(parts: Parts) -> None:
    if parts.workbench is not None:
        try:
            # Made now, memory keeps up with what is said from the first minute on.
            parts.memory  # noqa: B018 (a property that makes it)
        except Exception:
            log.exception("memory.not_open")
    # What is loaded now stays: to look through it again and again would hold up every request.
    gc.freeze()


def _bodies(settings: Settings) -> dict[str, int]:
    return {
        "/api/calls": settings.audio_megabytes * 1_000_000 + MAX_BODY,
        "/api/calls/live/": LIVE_BODY,
        "/api/messages": messages.MOST_BYTES,
        "/slack/": slack.MOST_BYTES,
        "/telegram/": telegram.MOST_BYTES,
    }


def _describe(app: FastAPI) -> None:
    """Let `/openapi.json` name the problem details every route may answer with, and the two ways to sign in."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
            parts = schema.setdefault("components", {})
            parts.setdefault("schemas", {}).update(_problem_schemas())
            parts["securitySchemes"] = {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            }
            for path, operations in schema["paths"].items():
                for operation in operations.values():
                    operation["security"] = [{"bearer": []}, {"cookie": []}] if path.startswith("/api/") else []
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}
