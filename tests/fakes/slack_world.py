"""A workspace in memory: its people, channels, messages and files, and what each Web API method does to them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_limits import (
    MOST_HOME,
    MOST_STREAMED,
    Refused,
    check_blocks,
    check_metadata,
    check_text,
    check_ts,
    need,
)

Json = dict[str, Any]
TEAM, APP, BOT, BOT_ID = "T0HOME", "A0DEAL", "U0DEALHAND", "B0DEALHAND"
FORM_ONLY = {"users.info", "files.info", "conversations.history", "conversations.replies", "files.getUploadURLExternal"}
"""Methods that read their arguments from a form or the address, never from JSON."""


def person(user: str, **more: Any) -> Json:
    profile = {"email": more.pop("email", None), "real_name": more.pop("real_name", user)}
    return {"id": user, "team_id": TEAM, "is_email_confirmed": True, "profile": profile, **more}


@dataclass
class Message:
    channel: str
    ts: str
    text: str
    blocks: list[Json]
    thread: str | None
    metadata: Json | None
    user: str = BOT
    only_for: str | None = None
    edits: int = 0
    streaming: bool = False
    streamed: str = ""
    files: list[str] = field(default_factory=list)

    def shown(self, *, with_metadata: bool) -> Json:
        told: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "blocks": self.blocks}
        if self.user == BOT:
            told |= {"bot_id": BOT_ID, "app_id": APP}
        if self.thread:
            told["thread_ts"] = self.thread
        if with_metadata and self.metadata:
            told["metadata"] = self.metadata
        return told

    @property
    def words(self) -> str:
        """All that a reader sees, blocks or text."""
        return _words(self.blocks) if self.blocks else self.text


def _words(held: Any) -> str:
    if isinstance(held, str):
        return held
    if isinstance(held, dict):
        return "\n".join(_words(held[key]) for key in ("text", "fields", "elements", "rows") if key in held)
    return "\n".join(_words(one) for one in held) if isinstance(held, list) else ""


@dataclass
class World:
    """What the workspace holds, and what was asked of it."""

    people: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, set[str]] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    homes: dict[str, list[Json]] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    statuses: list[Json] = field(default_factory=list)
    prompts: list[Json] = field(default_factory=list)
    assistant_threads: set[str] = field(default_factory=set)
    streams: bool = True
    tables: bool = True
    asked: list[tuple[str, Json]] = field(default_factory=list)
    refusals: list[tuple[str, str, str]] = field(default_factory=list)
    responses: dict[tuple[str, str], int] = field(default_factory=dict)
    base: str = ""
    _last: int = 0

    def ts(self) -> str:
        """Unlike any other, and in order."""
        self._last = max(self._last + 1, int(time.time() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"

    def call(self, method: str, given: Json) -> Json:
        """What the method answers; every refusal is kept, for tests to see that there was none."""
        self.asked.append((method, given))
        handler = METHODS.get(method)
        try:
            if handler is None:
                raise Refused("unknown_method", method)
            return {"ok": True, **handler(self, given)}
        except Refused as error:
            self.refusals.append((method, error.error, error.detail))
            return {"ok": False, "error": error.error, "detail": error.detail}

    def said(self, place: str | None = None) -> list[Message]:
        """The assistant's messages that stand, as everybody sees them."""
        return [one for one in self.messages if one.user == BOT and not one.only_for and place in (None, one.channel)]

    def message(self, channel: str, ts: str) -> Message:
        for one in self.messages:
            if (one.channel, one.ts) == (channel, ts) and not one.only_for:
                return one
        raise Refused("message_not_found")

    def respond(self, channel: str, user: str, given: Json) -> bool:
        """What an address of a response takes; five times, then never again."""
        used = self.responses.get((channel, user), 0)
        if used >= 5:
            return False
        self.responses[channel, user] = used + 1
        check_text(given.get("text"), given.get("blocks"))
        check_blocks(given.get("blocks"))
        if given.get("replace_original"):
            mine = [one for one in self.messages if (one.channel, one.only_for) == (channel, user)]
            self.messages = [one for one in self.messages if one not in mine[-1:]]
        self.keep({**given, "channel": channel}, only_for=user if given.get("response_type") == "ephemeral" else None)
        return True

    def keep(self, given: Json, **more: Any) -> Message:
        one = Message(
            channel=given["channel"],
            ts=self.ts(),
            text=given.get("text") or "",
            blocks=given.get("blocks") or [],
            thread=given.get("thread_ts"),
            metadata=given.get("metadata"),
            **more,
        )
        self.messages.append(one)
        return one

    def may_post(self, given: Json) -> None:
        channel = given.get("channel")
        need(channel in self.channels, "channel_not_found", str(channel))
        need(BOT in self.channels[str(channel)], "not_in_channel")
        if given.get("thread_ts"):
            check_ts(given["thread_ts"], "invalid_thread_ts")
        if not self.tables and any(block["type"] == "table" for block in given.get("blocks") or []):
            raise Refused("invalid_blocks", "no tables here")
        for block in given.get("blocks") or []:
            if "slack_file" in block:
                need(self.files.get(block["slack_file"].get("id"), {}).get("done", False), "invalid_blocks", "no file")


def _post(world: World, given: Json) -> Json:
    world.may_post(given)
    check_text(given.get("text"), given.get("blocks"))
    check_blocks(given.get("blocks"))
    check_metadata(given.get("metadata"))
    one = world.keep(given)
    return {"channel": one.channel, "ts": one.ts, "message": one.shown(with_metadata=False)}


def _update(world: World, given: Json) -> Json:
    world.may_post(given)
    one = world.message(given["channel"], given["ts"])
    need(one.user == BOT, "cant_update_message")
    need(not one.streaming, "streaming_state_conflict")
    check_text(given.get("text"), given.get("blocks"))
    check_blocks(given.get("blocks"))
    check_metadata(given.get("metadata"))
    one.text, one.blocks, one.edits = given.get("text") or "", given.get("blocks") or [], one.edits + 1
    one.metadata = given.get("metadata") or one.metadata
    one.files += [file for file in (given.get("file_ids") or "").split(",") if file and file not in one.files]
    need(all(world.files.get(file, {}).get("done") for file in one.files), "file_not_found")
    return {"channel": one.channel, "ts": one.ts, "text": one.text}


def _delete(world: World, given: Json) -> Json:
    world.messages.remove(world.message(given["channel"], given["ts"]))
    return {}


def _ephemeral(world: World, given: Json) -> Json:
    world.may_post(given)
    need(given.get("user") in world.channels[given["channel"]], "user_not_in_channel")
    check_text(given.get("text"), given.get("blocks"))
    check_blocks(given.get("blocks"))
    return {"message_ts": world.keep(given, only_for=given["user"]).ts}


def _start_stream(world: World, given: Json) -> Json:
    need(world.streams, "unknown_method")
    world.may_post(given)
    check_ts(given.get("thread_ts"), "invalid_thread_ts")
    if not given["channel"].startswith("D"):
        need(bool(given.get("recipient_user_id")), "missing_recipient_user_id")
        need(bool(given.get("recipient_team_id")), "missing_recipient_team_id")
    one = world.keep(given, streaming=True)
    return {"channel": one.channel, "ts": one.ts} | _append(world, {**given, "ts": one.ts})


def _append(world: World, given: Json) -> Json:
    one = world.message(given["channel"], given["ts"])
    need(one.streaming, "message_not_in_streaming_state")
    text = given.get("markdown_text") or ""
    need(len(text) <= MOST_STREAMED, "msg_too_long")
    one.streamed += text
    one.text = one.streamed
    return {"channel": one.channel, "ts": one.ts}


def _stop_stream(world: World, given: Json) -> Json:
    check_blocks(given.get("blocks"))
    check_metadata(given.get("metadata"))
    answer = _append(world, given)
    one = world.message(given["channel"], given["ts"])
    one.streaming, one.blocks, one.metadata = False, given.get("blocks") or [], given.get("metadata")
    return answer


def _history(world: World, given: Json) -> Json:
    need(given.get("channel") in world.channels, "channel_not_found")
    thread, oldest = given.get("ts"), float(given.get("oldest") or 0)
    limit, start = int(given.get("limit") or 100), int(given.get("cursor") or 0)
    kept = [
        one
        for one in world.messages
        if one.channel == given["channel"]
        and not one.only_for
        and float(one.ts) > oldest
        and (thread in (one.thread, one.ts) if thread else one.thread is None)
    ]
    full = str(given.get("include_all_metadata")).lower() in ("1", "true")
    more = start + limit < len(kept)
    shown = [one.shown(with_metadata=full) for one in kept[start : start + limit]]
    return {"messages": shown, "response_metadata": {"next_cursor": str(start + limit) if more else ""}}


def _open(world: World, given: Json) -> Json:
    user = given["users"]
    need(user in world.people, "user_not_found")
    need(not world.people[user].get("is_bot"), "cannot_dm_bot")
    place = f"D{user}"
    world.channels.setdefault(place, {BOT, user})
    return {"channel": {"id": place}}


def _user(world: World, given: Json) -> Json:
    need(given.get("user") in world.people, "user_not_found")
    return {"user": world.people[given["user"]]}


def _file(world: World, given: Json) -> Json:
    need(given.get("file") in world.files, "file_not_found")
    return {
        "file": {key: value for key, value in world.files[given["file"]].items() if key not in ("content", "served")}
    }


def _upload_url(world: World, given: Json) -> Json:
    need(bool(given.get("filename")) and int(given.get("length") or 0) > 0, "invalid_arguments")
    name = f"F{len(world.files) + 1:04}"
    world.files[name] = {"id": name, "name": given["filename"], "size": int(given["length"]), "content": b""}
    return {"upload_url": f"{world.base}/upload/{name}", "file_id": name}


def _upload_done(world: World, given: Json) -> Json:
    files = given["files"] if isinstance(given["files"], list) else json.loads(given["files"])
    for one in files:
        held = world.files.get(one["id"])
        need(held is not None and len(held["content"]) == held["size"], "file_not_found")
        world.files[one["id"]]["done"] = True
    return {"files": [{"id": one["id"]} for one in files]}


def _publish(world: World, given: Json) -> Json:
    view = given["view"]
    need(given.get("user_id") in world.people, "user_not_found")
    need(view.get("type") == "home", "invalid_arguments")
    need(not any(block["type"] == "table" for block in view["blocks"]), "invalid_arguments", "a table in a view")
    check_blocks(view["blocks"], MOST_HOME)
    world.homes.setdefault(given["user_id"], []).append(view)
    return {"view": {"id": "V1"}}


def _status(world: World, given: Json) -> Json:
    need(given.get("thread_ts") in world.assistant_threads, "invalid_thread_ts")
    need(isinstance(given.get("status"), str), "invalid_arguments")
    world.statuses.append(given)
    return {}


def _prompts(world: World, given: Json) -> Json:
    need(given.get("thread_ts") in world.assistant_threads, "invalid_thread_ts")
    need(1 <= len(given.get("prompts") or []) <= 4, "invalid_arguments")
    need(all(one.get("title") and one.get("message") for one in given["prompts"]), "invalid_arguments")
    world.prompts.append(given)
    return {}


def _me(world: World, given: Json) -> Json:
    return {"team_id": TEAM, "user_id": BOT, "bot_id": BOT_ID, "url": "https://home.slack.example/"}


METHODS: dict[str, Callable[[World, Json], Json]] = {
    "auth.test": _me,
    "chat.postMessage": _post,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.postEphemeral": _ephemeral,
    "chat.startStream": _start_stream,
    "chat.appendStream": _append,
    "chat.stopStream": _stop_stream,
    "conversations.history": _history,
    "conversations.replies": _history,
    "conversations.open": _open,
    "users.info": _user,
    "files.info": _file,
    "files.getUploadURLExternal": _upload_url,
    "files.completeUploadExternal": _upload_done,
    "views.publish": _publish,
    "assistant.threads.setStatus": _status,
    "assistant.threads.setSuggestedPrompts": _prompts,
}
