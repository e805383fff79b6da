"""For whoever runs it: is it alive, is it ready, what has it done."""

import structlog
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel
from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError

from web.parts import Shared
from web.problems import RESPONSES, Unavailable

router = APIRouter(tags=["health"])
log = structlog.get_logger("web")


class Health(BaseModel):
    """All is well."""

    status: str = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz", responses=RESPONSES)
def readyz(parts: Shared) -> Health:
    """The assistant is open and the database answers; 503 if not."""
    if parts.assistant is None:
        raise Unavailable()
    try:
        with parts.engine.connect() as connection:
            connection.execute(select(literal(1)))
    except SQLAlchemyError as error:
        log.warning("ready.database", error=type(error).__name__)
        raise Unavailable() from error
    return Health()


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(parts: Shared) -> PlainTextResponse:
    """Counts in the Prometheus text format, of this process."""
    return PlainTextResponse(parts.meters.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
