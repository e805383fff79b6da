"""What Slack's Events API tells, as what arrived; None for what is not ours to hear."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.slack.plain import mentions, plain
from core.channels import Arrived, Attachment

Json = Mapping[str, Any]
SAID = {None, "file_share", "thread_broadcast", "me_message", "bot_message"}
"""The subtypes of a message in which someone says something; the others tell of edits, joins and the like."""
VOICE = {"slack_audio"}
LONGEST_SECONDS = 10
MICRO = re.compile(r"[0-9]{6}")
GREET = "/start"
"""What opening the assistant's pane says; other channels send it when one starts to talk to the assistant."""


def event_of(body: Json, me: str | None, now: datetime) -> Arrived | None:
    """The event in the body of a request or of an envelope. `me` is the assistant's own account where it is known."""
    event = body.get("event") or {}
    reader = READERS.get(str(event.get("type")))
    return reader(body, event, me, now) if reader else None


def home_team(body: Json) -> str:
    """The workspace the app is installed in, which in a shared channel is not always the one the event names."""
    authorized = body.get("authorizations") or [{}]
    return str(authorized[0].get("team_id") or body.get("team_id") or "")


def _us(body: Json, me: str | None) -> set[str]:
    authorized = body.get("authorizations") or []
    return {str(one["user_id"]) for one in authorized if one.get("is_bot")} | ({me} if me else set())


def _own(body: Json, event: Json, us: set[str]) -> bool:
    app = event.get("app_id") or (event.get("bot_profile") or {}).get("app_id")
    return event.get("user") in us or (bool(event.get("bot_id")) and app is not None and app == body.get("api_app_id"))


def _foreign(body: Json, event: Json) -> bool:
    home = home_team(body)
    enterprise = (body.get("authorizations") or [{}])[0].get("enterprise_id")
    if enterprise and not body.get("is_ext_shared_channel"):
        return False  # another workspace of the same organisation; whether a guest is for the directory to say
    teams = {event.get("team"), event.get("user_team"), event.get("source_team")} - {None}
    return any(team != home for team in teams)


def _message(body: Json, event: Json, me: str | None, now: datetime) -> Arrived | None:
    us = _us(body, me)
    account = event.get("user") or event.get("bot_id")
    if event.get("subtype") not in SAID or event.get("hidden") or not account or _own(body, event, us):
        return None
    raw, ts, place = str(event.get("text") or ""), str(event["ts"]), str(event["channel"])
    private = event.get("channel_type") == "im" or place.startswith("D")
    named = mentions(raw)
    addressed = event.get("type") == "app_mention" or bool(us & set(named))
    robot = bool(event.get("bot_id"))
    others = not private and not addressed
    if others and robot:
        return None
    thread = event.get("thread_ts")
    return Arrived(
        channel="slack",
        key=f"{body.get('team_id')}:{place}:{ts}",
        account=str(account),
        place=place,
        thread=str(thread) if thread else (None if private else ts),
        message=ts,
        text=plain(raw, us or named[:1]),
        private=private,
        addressed=addressed or private,
        stranger=robot or _foreign(body, event),
        robot=robot,
        # Where nobody knows the assistant's account, a mention comes as an event of its own as well.
        talk=others and (not thread or bool(named and not us)),
        name=(event.get("user_profile") or {}).get("real_name"),
        files=tuple(_files(event)),
        extra=_extra(body, mentioned=[name for name in named if name not in us], assistant=bool(private and thread))
        | _began(event),
        at=min(_moment(ts, now), now),
    )


def _moment(ts: str, now: datetime) -> datetime:
    """When it was said: Slack's names of messages are moments."""
    seconds, _, parts = ts.partition(".")
    if not (seconds.isdecimal() and len(seconds) <= LONGEST_SECONDS):
        return now
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(parts) if MICRO.fullmatch(parts) else 0)


def _extra(body: Json, *, mentioned: list[str], assistant: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"team": home_team(body)}
    if mentioned:
        found["mentions"] = mentioned
    if assistant:
        found["assistant"] = True
    return found


def _began(event: Json) -> dict[str, Any]:
    """Who began the thread, where Slack tells."""
    began = event.get("parent_user_id")
    return {"began_by": str(began)} if began else {}


def _files(event: Json) -> list[Attachment]:
    return [
        Attachment(
            ref=str(file["id"]),
            name=str(file.get("name") or file.get("title") or file["id"]),
            mime=file.get("mimetype"),
            size=file.get("size"),
            voice=file.get("subtype") in VOICE,
        )
        for file in event.get("files") or []
        if file.get("id") and file.get("mode") not in ("tombstone", "hidden_by_limit", "external")
    ]


def _assistant_started(body: Json, event: Json, me: str | None, now: datetime) -> Arrived | None:
    thread = event.get("assistant_thread") or {}
    if not (thread.get("user_id") and thread.get("channel_id") and thread.get("thread_ts")):
        return None
    return Arrived(
        channel="slack",
        key=f"assistant:{body.get('team_id')}:{thread['channel_id']}:{thread['thread_ts']}",
        kind="command",
        account=thread["user_id"],
        place=thread["channel_id"],
        thread=thread["thread_ts"],
        text=GREET,
        private=True,
        addressed=True,
        extra=_extra(body, mentioned=[], assistant=True) | {"greets": True},
        at=now,
    )


def _home_opened(body: Json, event: Json, me: str | None, now: datetime) -> Arrived | None:
    if event.get("tab") != "home" or not event.get("user"):
        return None
    return Arrived(
        channel="slack",
        key=f"home:{body.get('event_id')}",
        kind="home",
        account=event["user"],
        place=f"home:{event['user']}",
        private=True,
        addressed=True,
        extra=_extra(body, mentioned=[], assistant=False),
        at=now,
    )


Reader = Callable[[Json, Json, str | None, datetime], Arrived | None]
READERS: dict[str, Reader] = {
    "message": _message,
    "app_mention": _message,
    "assistant_thread_started": _assistant_started,
    "app_home_opened": _home_opened,
}
