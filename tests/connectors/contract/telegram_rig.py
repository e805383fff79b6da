"""The rig of Telegram: called by webhook, or polling; a private chat each, and a group with topics."""

import asyncio
import json
from itertools import count
from typing import Any

from sqlalchemy import Engine

from connectors.rendering.telegram import keyboard_of
from connectors.telegram import TelegramChannel
from connectors.telegram.api import webhook_secret
from connectors.telegram.refs import parsed
from core.channels import BadSignature, Button, Called
from core.ports import Accept
from core.settings import Settings
from core.wording import LANGS, Lang, say
from tests.conftest import NOW
from tests.connectors.contract.rig import Event, Seen, Trouble, Where
from tests.fakes.telegram_limits import Refused
from tests.fakes.telegram_server import BOT_NAME, TOKEN, TelegramServer, run_telegram_server
from tests.fakes.telegram_world import Silent, flood
from tests.fakes.telegram_world import Trouble as Html

GROUP = -1001
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
SECRET = "x-telegram-bot-api-secret-token"
NOTES = {say(f"telegram.{key}", lang) for key in ("private_note", "private_needed") for lang in LANGS}


def no_labels(lang: Lang) -> dict[str, str]:
    return {}


class TelegramRig:
    """Telegram calls us."""

    name = "telegram"
    engine: Engine
    public_url: str | None = "https://deals.example"

    def __init__(self) -> None:
        self._accounts: dict[str, int] = {}
        self._topics = count(1)

    async def open(self, accept: Accept) -> None:
        self._accept = accept
        self._running = run_telegram_server()
        self.server: TelegramServer = self._running.__enter__()
        self.server.chat(GROUP, "supergroup")
        self._made = self._make()

    @property
    def channel(self) -> TelegramChannel:
        return self._made

    def _make(self) -> TelegramChannel:
        self.settings = Settings(
            _env_file=None,
            telegram_token=TOKEN,
            telegram_api_url=self.server.url,
            public_url=self.public_url,
            now=NOW,
        )
        return TelegramChannel(self.settings, self.engine, no_labels, patience=0.5)

    async def close(self) -> None:
        await self._made.close()
        self._running.__exit__(None, None, None)

    async def restart(self) -> None:
        self._made = self._make()

    def account(self, who: str) -> str:
        return str(self._accounts.setdefault(who, 12 + 2 * len(self._accounts)))

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
        user = int(self.account(by))
        self.server.chat(user)
        words = f"@{BOT_NAME} {text}" if addressed else text
        more: dict[str, Any] = {}
        if where == "public":
            topic = thread["message"]["message_thread_id"] if thread else 1000 + next(self._topics)
            more = {"message_thread_id": topic, "is_topic_message": True}
        if stranger:
            more["sender_chat"] = {"id": -77, "type": "channel", "title": "Elsewhere"}
        return self._held(self.server.says(words, user=user, chat=GROUP if where == "public" else user, **more))

    def types_of(self, text: str, *, by: str = "rita") -> list[Event]:
        return [self.said(text, by=by, where="public", addressed=True)]

    def sent_file(self, data: bytes | None, *, name: str, by: str = "rita", claims: int | None = None) -> Event:
        self.server.files[name] = (PAGE, "text/html") if data is None else (data, "application/octet-stream")
        size = claims if claims is not None else len(data or PAGE)
        mime = "audio/wav" if name.endswith(".wav") else "application/octet-stream"
        sent = {"file_id": name, "file_unique_id": name, "file_name": name, "mime_type": mime, "file_size": size}
        self.server.chat(int(self.account(by)))
        return self._held(self.server.says(None, user=int(self.account(by)), document=sent))

    def pressed(self, value: str, *, by: str = "rita", where: Where = "private", on: str | None = None) -> Event:
        user = int(self.account(by))
        sent = next((one for one in reversed(parsed(on or "")) if one.kind == "text"), None)
        chat = int(sent.place) if sent else GROUP if where == "public" else user
        number = sent.number if sent else self.server.call("sendMessage", {"chat_id": chat, "text": "?"})["message_id"]
        key = keyboard_of([[Button(label=value.partition(":")[2] or value, value=value)]])[0][0]
        return self._held(self.server.presses(str(key["callback_data"]), user=user, chat=chat, message=number))

    def _held(self, update: dict[str, Any]) -> Event:
        """Not delivered before it is: whoever polls does not get it yet."""
        self.server.updates.remove(update)
        return update

    async def deliver(self, event: Event, *, forged: bool = False, old: bool = False) -> int:
        secret = "forged" if forged or old else webhook_secret(self.settings)
        called = Called("/telegram/webhook", {SECRET: secret}, json.dumps(event).encode())
        try:
            return (await self._made.receive(called, self._accept)).status
        except BadSignature:
            return 401

    def seen(self, where: Where = "private", *, by: str = "rita") -> list[Seen]:
        chat = self.server.chat(int(self.account(by)))
        private = [_seen(one, private=where == "public") for one in chat.ours]
        if where == "private":
            return private
        group = [_seen(one) for one in self.server.chat(GROUP).ours if one.get("text") not in NOTES]
        return [*group, *private]

    def misbehave(self, *troubles: Trouble) -> None:
        for one in troubles:
            if one.kind == "wait":
                refused = flood(1)
                refused.parameters["retry_after"] = one.seconds
                self.server.sequence.append(("before", refused))
            elif one.kind == "slow":
                self.server.sequence.append(("slow", Silent(one.seconds)))
            else:
                made = {"error": Html(502), "lost": Silent(1.0), "refuse": Refused(403, "Forbidden: bot was blocked")}
                self.server.sequence.append(("after" if one.kind == "lost" else "before", made[one.kind]))


class PollingRig(TelegramRig):
    """We ask Telegram; forged calls still come by the webhook's way."""

    public_url = None

    async def deliver(self, event: Event, *, forged: bool = False, old: bool = False) -> int:
        if forged or old:
            return await super().deliver(event, forged=True)
        self.server.push(event)
        async with asyncio.timeout(20):
            while event in self.server.updates:
                await asyncio.sleep(0.01)
        return 200


def _seen(message: dict[str, Any], *, private: bool = False) -> Seen:
    ref = f"{message['chat']['id']}:{message['message_id']}:t"
    return Seen(ref, str(message.get("text", message.get("caption", ""))), message.get("edits", 0), private)
