"""The asker's accounts in the team's chat: codes that link one, and taking one away."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from core.channels import CHANNELS
from db import links
from db.engine import system_session
from web.asker import Asker, Way
from web.parts import Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/me", tags=["me"], responses=RESPONSES)
CONSOLE = "console"

Outside = Annotated[str, Path(max_length=200)]


class LinkItem(BaseModel):
    """One linked account; `how` is code, email or admin."""

    channel: str
    account: str
    how: str
    linked_at: datetime


class Links(BaseModel):
    """The asker's linked accounts, the latest first, and the channels there are to link one in."""

    items: list[LinkItem]
    channels: list[str]


class LinkCode(BaseModel):
    """What links one account, once, until it is too old; a new one ends it."""

    code: str
    expires_at: datetime


class Changed(BaseModel):
    """Whether there was anything to do; asking twice is no mistake."""

    changed: bool


@router.get("/links")
def linked(asker: Asker, parts: Shared) -> Links:
    """Which accounts are the asker's."""
    with system_session(parts.engine) as session:
        rows = links.links_of(session, asker.person_id)
    items = [LinkItem.model_validate(row, from_attributes=True) for row in rows]
    return Links(items=items, channels=[one for one in CHANNELS if one != CONSOLE])


@router.post("/link-code", status_code=201)
def make_code(asker: Asker, parts: Shared) -> LinkCode:
    """A code to send to the assistant from the account that is to be linked."""
    now = parts.clock.now()
    with system_session(parts.engine) as session:
        code = links.make_code(session, asker.person_id, now)
    return LinkCode(code=code, expires_at=now + links.CODE_LIFE)


@router.delete("/links/{channel}/{account:path}")
def unlink(channel: Outside, account: Outside, asker: Asker, parts: Shared, way: Way) -> Changed:
    """Take one account away; whoever holds it is a stranger from the next message on."""
    now, me = parts.clock.now(), asker.person_id
    with system_session(parts.engine) as session:
        gone = links.unlink(session, channel, person_id=me, by=me, now=now, account=account)
    return Changed(changed=gone > 0)
