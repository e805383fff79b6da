"""Slash commands, buttons and message shortcuts, as what arrived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.slack.events import event_of
from connectors.slack.plain import plain
from connectors.slack.refs import Ref
from core.channels import Arrived

Json = Mapping[str, Any]
ASK = "ask"
"""The message shortcut that asks what the message says; every other one is a button that carries its name."""


def arrived_of(body: Json, me: str | None, now: datetime) -> Arrived | None:
    """What a verified request or envelope holds that is for us; None if nothing is."""
    if body.get("command"):
        return _command(body, now)
    kind = body.get("type")
    if kind == "event_callback":
        return event_of(body, me, now)
    if kind == "block_actions":
        return _press(body, now)
    return _shortcut(body, now) if kind == "message_action" else None


def _command(body: Json, now: datetime) -> Arrived | None:
    place = str(body.get("channel_id") or "")
    return Arrived(
        channel="slack",
        key=f"command:{body.get('trigger_id')}",
        kind="command",
        account=str(body["user_id"]),
        place=place,
        text=plain(str(body.get("text") or "")),
        private=place.startswith("D"),
        addressed=True,
        name=body.get("user_name"),
        extra={"team": body.get("team_id"), "response_url": body.get("response_url"), "command": True},
        at=now,
    )


def _foreign(body: Json) -> bool:
    team, user = (body.get("team") or {}).get("id"), (body.get("user") or {}).get("team_id")
    return bool(team and user and team != user and not (body.get("enterprise") or {}).get("id"))


def _press(body: Json, now: datetime) -> Arrived | None:
    action = (body.get("actions") or [{}])[0]
    value = action.get("value") or (action.get("selected_option") or {}).get("value")
    if not value or not (body.get("user") or {}).get("id"):
        return None
    box = body.get("container") or {}
    account, ts = body["user"]["id"], box.get("message_ts") or (body.get("message") or {}).get("ts")
    place = (body.get("channel") or {}).get("id") or box.get("channel_id") or f"@{account}"
    private = place.startswith(("D", "@"))
    thread = box.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
    alone = bool(box.get("is_ephemeral"))
    extra = {"team": (body.get("team") or {}).get("id"), "response_url": body.get("response_url"), "ephemeral": alone}
    if private and thread:
        extra["assistant"] = True
    return Arrived(
        channel="slack",
        key=f"action:{body.get('trigger_id')}:{action.get('action_ts')}",
        kind="button",
        account=account,
        place=place,
        thread=thread or (None if private or alone else ts),
        message=str(Ref("alone", (str(ts),))) if alone else ts,
        private=private,
        addressed=True,
        stranger=_foreign(body),
        name=body["user"].get("name"),
        button=str(value),
        extra=extra,
        at=now,
    )


def _shortcut(body: Json, now: datetime) -> Arrived | None:
    message, verb = body.get("message") or {}, str(body.get("callback_id") or "")
    place = (body.get("channel") or {}).get("id")
    if not (place and verb and message.get("ts")):
        return None
    asks = verb == ASK
    return Arrived(
        channel="slack",
        key=f"shortcut:{body.get('trigger_id')}",
        kind="message" if asks else "button",
        account=body["user"]["id"],
        place=place,
        thread=message.get("thread_ts") or message["ts"],
        message=message["ts"],
        text=plain(str(message.get("text") or "")),
        private=place.startswith("D"),
        addressed=True,
        stranger=_foreign(body),
        name=body["user"].get("name"),
        button=None if asks else f"{verb}:",
        extra={"team": (body.get("team") or {}).get("id"), "response_url": body.get("response_url"), "quotes": True},
        at=now,
    )
