"""Charts of the asker's own turns, drawn from the stored reply."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import Response as Raw

from core.drawing import Look
from core.errors import NotFound
from core.reply import Reply
from db.threads import read_reply
from web.asker import Asker
from web.parts import ReaderLang, Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/chat/turns", tags=["chat"], responses=RESPONSES)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@router.get(
    "/{turn_id}/chart.svg",
    response_class=Raw,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
async def chart(
    turn_id: str,
    asker: Asker,
    parts: Shared,
    lang: ReaderLang,
    theme: Annotated[Literal["light", "dark"], Query()] = "light",
    size: Annotated[Literal["wide", "narrow"], Query()] = "wide",
) -> Response:
    """The chart of a turn as SVG; 404 if the turn is not the asker's or has none."""
    reply = Reply.model_validate(await asyncio.to_thread(read_reply, parts.engine, asker, turn_id))
    if reply.table is None or reply.chart is None:
        raise NotFound()
    look = Look(lang=lang, theme=theme, size=size)
    svg = await parts.gallery.chart(turn_id, reply.table, reply.chart, look, names=parts.names(lang))
    headers = {"Cache-Control": "private, max-age=86400", "Content-Security-Policy": POLICY}
    return Raw(svg, media_type="image/svg+xml", headers=headers)
