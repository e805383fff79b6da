"""The rigs of Slack: called over HTTP, or over the socket; a channel, and everybody's direct messages."""

import asyncio
import time
from html import unescape
from itertools import count
from typing import Any

from connectors.slack import SlackChannel
from core.channels import BadSignature, Called
from core.ports import Accept
from core.settings import Settings
from core.wording import Lang
from tests.conftest import NOW
from tests.connectors.contract.rig import Event, Seen, Trouble, Where
from tests.fakes.slack_sender import Sent, event_body, event_request, message, press, press_request
from tests.fakes.slack_server import (
    APP_TOKEN,
    SECRET,
    TOKEN,
    Fault,
    SlackServer,
    cut,
    rate_limited,
    refuse,
    slack_server,
    slow,
    status,
)
from tests.fakes.slack_world import BOT, person

ROOM = "C0ROOM"
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"


def no_labels(lang: Lang) -> dict[str, str]:
    return {}


class SlackRig:
    """Slack calls us."""

    name = "slack"
    app_token: str | None = None

    def __init__(self) -> None:
        self._numbers = count(1)
        self._accept: Accept | None = None

    async def open(self, accept: Accept) -> None:
        self._accept = accept
        self._running = slack_server()
        self.server: SlackServer = self._running.__enter__()
        self.server.world.channels[ROOM] = {BOT}
        self._made = self._make()

    @property
    def channel(self) -> SlackChannel:
        return self._made

    def _make(self) -> SlackChannel:
        settings = Settings(
            _env_file=None,
            slack_bot_token=TOKEN,
            slack_signing_secret=SECRET,
            slack_app_token=self.app_token,
            slack_api_url=self.server.url,
            now=NOW,
        )
        return SlackChannel(settings, no_labels)

    async def close(self) -> None:
        await self._made.close()
        self._running.__exit__(None, None, None)

    async def restart(self) -> None:
        await self._made.close()
        self._made = self._make()

    def account(self, who: str) -> str:
        account = f"U{who.upper()}"
        world = self.server.world
        world.people.setdefault(account, person(account))
        world.channels.setdefault(f"D{account}", {BOT, account})
        world.channels[ROOM].add(account)
        return account

    def said(
        self,
        text: str,
        *,
        by: str = "rita",
        where: Where = "private",
        thread: Event | None = None,
        addressed: bool = False,
        stranger: bool = False,
    ) -> Event:
        account, words = self.account(by), f"<@{BOT}> {text}" if addressed else text
        more: dict[str, Any] = {}
        if thread is not None:
            root = thread["event"]
            more["thread_ts"] = root.get("thread_ts", root["ts"])
        if stranger:
            more |= {"team": "T0ELSE", "user_team": "T0ELSE"}
        place = self._place(where, by)
        told = message(words, user=account, channel=place, ts=self.server.world.ts(), **more)
        return event_body(told, f"Ev{next(self._numbers)}")

    def types_of(self, text: str, *, by: str = "rita") -> list[Event]:
        plain = self.said(text, by=by, where="public", addressed=True)
        named = {key: value for key, value in plain["event"].items() if key != "channel_type"} | {"type": "app_mention"}
        return [event_body(named, f"Ev{next(self._numbers)}"), plain]

    def sent_file(self, data: bytes | None, *, name: str, by: str = "rita", claims: int | None = None) -> Event:
        size = claims if claims is not None else len(data or PAGE)
        mime = "audio/wav" if name.endswith(".wav") else "application/octet-stream"
        file: dict[str, Any] = {"id": f"F{next(self._numbers):04}", "name": name, "mimetype": mime, "size": size}
        held = {"content": PAGE if data is None else data, "served": "text/html" if data is None else mime}
        world = self.server.world
        world.files[file["id"]] = file | held | {"url_private_download": f"{world.base}/files/{file['id']}"}
        event = self.said("", by=by)
        event["event"] |= {"subtype": "file_share", "files": [file]}
        return event

    def pressed(self, value: str, *, by: str = "rita", where: Where = "private", on: str | None = None) -> Event:
        place, world = self._place(where, by), self.server.world
        ts = on or world.ts()
        found = next((one for one in world.messages if one.ts == ts), None)
        box: dict[str, Any] = {"is_ephemeral": bool(found and found.only_for)}
        if found and found.thread:
            box["thread_ts"] = found.thread
        url = f"{world.base}/respond/{place}/{self.account(by)}"
        number = f"{next(self._numbers)}.press"
        return press(
            value, user=self.account(by), channel=place, ts=ts, trigger=number, container=box, response_url=url
        )

    async def deliver(self, event: Event, *, forged: bool = False, old: bool = False) -> int:
        how: dict[str, Any] = {"secret": "f" * 32} if forged else {"age": 600} if old else {}
        request = event_request if event["type"] == "event_callback" else press_request
        return await self._call(request(event, **how))

    async def _call(self, sent: Sent) -> int:
        assert self._accept is not None
        try:
            return (await self._made.receive(Called(sent.path, sent.headers, sent.body), self._accept)).status
        except BadSignature:
            return 401

    def seen(self, where: Where = "private", *, by: str = "rita") -> list[Seen]:
        place, account = self._place(where, by), self.account(by)
        return [
            Seen(one.ts, unescape(one.words), one.edits, one.only_for is not None)
            for one in self.server.world.messages
            if one.channel == place and one.user == BOT and one.only_for in (None, account)
        ]

    def misbehave(self, *troubles: Trouble) -> None:
        self.server.sending.extend(_fault(one) for one in troubles)

    def _place(self, where: Where, by: str) -> str:
        return f"D{self.account(by)}" if where == "private" else ROOM


class SocketRig(SlackRig):
    """We call Slack; forged and old requests still come by HTTP."""

    app_token = APP_TOKEN

    async def deliver(self, event: Event, *, forged: bool = False, old: bool = False) -> int:
        if forged or old:
            return await super().deliver(event, forged=forged, old=old)
        kind = "events_api" if event["type"] == "event_callback" else "interactive"
        until = time.monotonic() + 20
        while time.monotonic() < until:
            number = f"e{next(self._numbers)}"
            if await asyncio.to_thread(self.server.envelope, number, kind, event, patience=3.0):
                return 200
        return 503


def _fault(trouble: Trouble) -> Fault:
    if trouble.kind == "wait":
        return rate_limited(trouble.seconds)
    if trouble.kind == "slow":
        return slow(trouble.seconds)
    return {"error": status(503), "lost": cut(done=True), "refuse": refuse("is_archived")}[trouble.kind]
