"""Where Telegram calls us."""

from fastapi import APIRouter, Request, Response

from web.hooks import hand_over
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(tags=["channels"])
MOST_BYTES = 1_000_000
"""Of one update: a press brings the message it was under, and the one that answers."""


@router.post("/telegram/webhook", responses=RESPONSES)
async def telegram(request: Request, parts: Shared) -> Response:
    """Acknowledged once what arrived is kept; 401 without the secret that was agreed on with Telegram."""
    return await hand_over("telegram", request, parts)
