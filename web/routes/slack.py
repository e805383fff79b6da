"""Where Slack calls us: events, slash commands, and what is pressed."""

from fastapi import APIRouter, Request, Response

from web.hooks import hand_over
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(tags=["channels"])
MOST_BYTES = 1_000_000
"""Of one request: a press brings the whole message it was on."""


@router.post("/slack/events", responses=RESPONSES)
@router.post("/slack/commands", responses=RESPONSES)
@router.post("/slack/interactivity", responses=RESPONSES)
async def slack(request: Request, parts: Shared) -> Response:
    """Acknowledged once what arrived is kept; 401 unless Slack signed it within the last five minutes."""
    return await hand_over("slack", request, parts)
