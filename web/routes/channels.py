"""How the assistant behaves in the places of the team's chat, and how the channels get on: for who may set it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from core.channels import CHANNELS
from db.engine import system_session
from db.places import Place, Traffic, places_of, set_place, traffic
from web.asker import Asker
from web.parts import Parts, Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/channels", tags=["channels"], responses=RESPONSES)
LARGEST = 2**31 - 1
CONSOLE = "console"

Outside = Annotated[str, Path(max_length=200)]


class Customer(BaseModel):
    """The customer whose conversation is what is said in a room."""

    id: int
    name: str


class PlaceItem(BaseModel):
    """A place with settings. `tied` says that it is a customer's, `customer` which if the asker may see them.

    In a place that is no `room` nobody but the asker reads along.
    """

    channel: str
    place: str
    room: bool
    follow_ups: bool
    discreet: bool
    silent: bool
    lang: Literal["en", "zh"] | None
    tied: bool
    customer: Customer | None
    by: str | None
    at: datetime


class ChannelItem(BaseModel):
    """Whether a channel is set up, and what came and went: what waits or failed, in counts."""

    channel: str
    set_up: bool
    heard_at: datetime | None
    sent_at: datetime | None
    to_answer: int
    not_answered: int
    to_send: int
    not_sent: int


class Channels(BaseModel):
    """The channels there are, and the places with settings that the asker may see."""

    channels: list[ChannelItem]
    places: list[PlaceItem]


class Setting(BaseModel):
    """What is to change; what is left out stays. `lang` null is that of each message, `account` null is nobody's."""

    model_config = ConfigDict(extra="forbid")

    follow_ups: bool = True
    discreet: bool = True
    silent: bool = False
    lang: Literal["en", "zh"] | None = None
    account: Annotated[int, Field(ge=1, le=LARGEST)] | None = None


@router.get("")
def channels(asker: Asker, parts: Shared) -> Channels:
    """The channels and the places in them."""
    places = [_item(one) for one in places_of(parts.engine, asker)]
    now = parts.clock.now()
    with system_session(parts.engine) as session:
        states = {one: traffic(session, one, now) for one in CHANNELS if one != CONSOLE}
    return Channels(channels=[_state(name, state, parts) for name, state in states.items()], places=places)


@router.put("/{channel}/places/{place:path}")
def change(channel: Outside, place: Outside, setting: Setting, asker: Asker, parts: Shared) -> PlaceItem:
    """Change how the assistant behaves in one place that has settings."""
    changes = setting.model_dump(include=setting.model_fields_set)
    lang = parts.settings.lang
    return _item(set_place(parts.engine, asker, channel, place, changes, lang=lang, now=parts.clock.now()))


def _item(one: Place) -> PlaceItem:
    account = one.settings.account
    known = account is not None and one.customer is not None
    return PlaceItem(
        channel=one.channel,
        place=one.place,
        room=one.room,
        **one.settings.model_dump(include={"follow_ups", "discreet", "silent", "lang"}),
        tied=account is not None,
        customer=Customer(id=account or 0, name=one.customer or "") if known else None,
        by=one.by,
        at=one.at,
    )


def _state(name: str, state: Traffic, parts: Parts) -> ChannelItem:
    tokens = {"slack": parts.settings.slack_bot_token, "telegram": parts.settings.telegram_token}
    token = tokens.get(name)
    return ChannelItem(
        channel=name,
        set_up=bool(token and token.get_secret_value()),
        heard_at=state.heard_at,
        sent_at=state.sent_at,
        to_answer=state.to_answer,
        not_answered=state.not_answered,
        to_send=state.to_send,
        not_sent=state.not_sent,
    )
