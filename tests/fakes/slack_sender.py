"""What Slack sends, as Slack forms and signs it."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.fakes.slack_server import SECRET
from tests.fakes.slack_world import APP, BOT, TEAM

Json = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """A request to post as it is."""

    path: str
    body: bytes
    headers: Mapping[str, str]


def signed(path: str, body: bytes, kind: str, *, secret: str = SECRET, age: float = 0, retry: int = 0) -> Sent:
    stamp = str(int(time.time() - age))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": kind,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={digest}",
    }
    return Sent(path, body, headers | ({"x-slack-retry-num": str(retry)} if retry else {}))


def event_request(body: Json, **signing: Any) -> Sent:
    return signed("/slack/events", json.dumps(body).encode(), "application/json", **signing)


def command_request(body: Json, **signing: Any) -> Sent:
    data = urlencode(body).encode()
    return signed("/slack/commands", data, "application/x-www-form-urlencoded", **signing)


def press_request(body: Json, **signing: Any) -> Sent:
    data = urlencode({"payload": json.dumps(body)}).encode()
    return signed("/slack/interactivity", data, "application/x-www-form-urlencoded", **signing)


def event_body(event: Json, event_id: str, **more: Any) -> Json:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "event_id": event_id,
        "event_time": int(time.time()),
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}],
        "is_ext_shared_channel": False,
        **more,
    }


def message(text: str, *, user: str, channel: str, ts: str, kind: str = "message", **more: Any) -> Json:
    told = {"type": kind, "user": user, "text": text, "ts": ts, "event_ts": ts, "channel": channel, "team": TEAM}
    if kind == "message":
        told["channel_type"] = "im" if channel.startswith("D") else "channel"
    return told | more


def command(text: str, *, user: str, channel: str, trigger: str, response_url: str = "", **more: Any) -> Json:
    return {
        "command": "/dealhand",
        "text": text,
        "team_id": TEAM,
        "user_id": user,
        "user_name": user.lower(),
        "channel_id": channel,
        "channel_name": "directmessage" if channel.startswith("D") else "general",
        "trigger_id": trigger,
        "response_url": response_url,
        "api_app_id": APP,
        **more,
    }


def press(value: str, *, user: str, channel: str, ts: str, trigger: str, **more: Any) -> Json:
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM, "name": user.lower()},
        "api_app_id": APP,
        "channel": {"id": channel},
        "container": {"type": "message", "message_ts": ts, "channel_id": channel} | more.pop("container", {}),
        "message": {"ts": ts},
        "trigger_id": trigger,
        "response_url": more.pop("response_url", ""),
        "actions": [{"type": "button", "action_id": "button-1", "value": value, "action_ts": trigger}],
        **more,
    }
