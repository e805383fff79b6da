"""The whole product over a firm of two, with a workspace of Slack and a Telegram on loopback."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from connectors.telegram.api import webhook_secret
from core.company import Company
from core.identity import Role
from core.settings import Settings
from core.wording import say
from db import links
from db.company import save_company
from db.engine import open_engine, system_session
from db.migrations.run import migrate
from db.people import add_person, make_token
from db.preferences import Wishes, set_wishes
from db.tables import Account, Conversation, Escalation, Message, Person
from server import create_app
from tests.conftest import NOW
from tests.fakes.slack_sender import Sent, event_body, event_request, message, press, press_request
from tests.fakes.slack_server import SECRET, SlackServer, slack_server
from tests.fakes.slack_server import TOKEN as SLACK_TOKEN
from tests.fakes.slack_world import BOT, person
from tests.fakes.telegram_server import TOKEN as TELEGRAM_TOKEN
from tests.fakes.telegram_server import TelegramServer, run_telegram_server

PATIENCE = 60.0
TELEGRAM_IDS = {"Max": 12, "Rita": 14, "Cara": 20}
ROOM, GROUP, ELSEWHERE = "C0SHARED", -1007, "T0ELSE"
Button = tuple[str, str]
"""What a button does for whoever presses it: its words, and what the service sends back."""


@dataclass(frozen=True)
class Shown:
    """A message as its reader sees it; `ref` is the service's."""

    words: str
    ref: Any
    buttons: tuple[Button, ...] = ()


@dataclass
class House:
    """The running app, its people, and the two services outside."""

    client: httpx.AsyncClient
    settings: Settings
    slack: SlackServer
    telegram: TelegramServer
    tokens: dict[str, str]
    people: dict[str, int]
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def link(self, name: str, *channels: str) -> None:
        """These are the person's channels, in order."""
        with self.records() as session:
            for channel in channels:
                account = self._account(name, channel)
                links.link(session, channel, account, self.people[name], how="admin", by=None, now=NOW)
            set_wishes(
                session, self.people[name], Wishes(lang="en", channels=channels),
                by=self.people[name], channel="console", now=NOW,
            )  # fmt: skip

    def _account(self, name: str, channel: str) -> str:
        if channel == "telegram":
            self.telegram.chat(TELEGRAM_IDS[name])
            return str(TELEGRAM_IDS[name])
        account = f"U{name.upper()}"
        world = self.slack.world
        world.people[account] = person(account)
        world.channels[f"D{account}"] = {BOT, account}
        world.channels[ROOM].add(account)
        return account

    @contextmanager
    def records(self) -> Iterator[Any]:
        engine = open_engine(self.settings.database)
        with system_session(engine) as session:
            yield session
        engine.dispose()

    async def hear(self, channel: str, *lines: tuple[str, str, timedelta]) -> None:
        """A conversation with Acme comes in, said so long ago: (speaker, text, ago)."""
        said = [
            {"external_id": f"m{number}", "speaker": who, "text": text, "at": (NOW - ago).isoformat()}
            for number, (who, text, ago) in enumerate(lines)
        ]
        talk = {"external_id": f"{channel}-{next(self._numbers)}", "channel": channel, "account": "Acme"}
        sent = {"conversations": [{**talk, "messages": said}]}
        bearer = {"Authorization": f"Bearer {self.tokens['Rita']}"}
        answered = await self.client.post("/api/messages", json=sent, headers=bearer)
        assert answered.status_code == 200, answered.text
        assert answered.json()["accepted"] == len(said), answered.text

    def customer(self, name: str) -> None:
        """Somebody of another firm comes into the channel and the group that are shared with them."""
        world = self.slack.world
        world.people[f"U{name.upper()}"] = person(
            f"U{name.upper()}", team_id=ELSEWHERE, real_name=name, is_stranger=True
        )
        world.channels[ROOM].add(f"U{name.upper()}")

    async def say(self, channel: str, name: str, text: str, ago: timedelta = timedelta(0), times: int = 1) -> None:
        """Somebody says it in the channel or group, so long ago; the service delivers it so often."""
        moment = int((NOW - ago).timestamp())
        if channel == "telegram":
            update = self.telegram.says(text, user=TELEGRAM_IDS[name], chat=GROUP, date=moment)
            self.telegram.updates.remove(update)
            secret = {"x-telegram-bot-api-secret-token": webhook_secret(self.settings)}
            sent = Sent("/telegram/webhook", json.dumps(update).encode(), secret)
        else:
            account, number = f"U{name.upper()}", next(self._numbers)
            outside = self.slack.world.people[account]["team_id"]
            told = message(text, user=account, channel=ROOM, ts=f"{moment}.{number:06}", team=outside)
            sent = event_request(event_body(told, f"Ev{number}", is_ext_shared_channel=True))
        for _ in range(times):
            answered = await self.client.post(sent.path, content=sent.body, headers=dict(sent.headers))
            assert answered.status_code == 200, answered.text

    def in_room(self, channel: str) -> list[str]:
        """What the assistant said in the shared channel or group, to everybody."""
        if channel == "telegram":
            return [str(one.get("text")) for one in self.telegram.chat(GROUP).ours]
        return [one.words for one in self.slack.world.messages if one.channel == ROOM and one.only_for is None]

    def conversations(self) -> list[tuple[str, str, str]]:
        """What was taken in: where from, who spoke, and what."""
        with self.records() as session:
            rows = session.execute(
                select(Conversation.source, Message.speaker, Message.text)
                .join(Message, Message.conversation_id == Conversation.id)
                .where(Conversation.kind == "customer")
                .order_by(Message.at, Message.id)
            )
            return [(row[0], row[1], row[2]) for row in rows]

    def seen(self, name: str, channel: str) -> list[Shown]:
        """What the person reads from the assistant in their direct messages."""
        if channel == "telegram":
            return [_of_telegram(one) for one in self.telegram.chat(TELEGRAM_IDS[name]).ours]
        return [
            Shown(one.words, one.ts, tuple(_of_blocks(one.blocks)))
            for one in self.slack.world.said(f"DU{name.upper()}")
        ]

    async def read(self, name: str, channel: str, words: str) -> Shown:
        """The person's message with these words, once it is there."""
        found: list[Shown] = []

        def there() -> bool:
            found[:] = [one for one in self.seen(name, channel) if words in one.words]
            return bool(found)

        await self.until(there)
        return found[-1]

    async def press(self, name: str, channel: str, under: Shown, verb: str) -> None:
        """The person presses the button that does so, and the service tells us as it would."""
        value = dict(under.buttons)[say(f"ladder.button.{verb}", "en")]
        if channel == "telegram":
            user = TELEGRAM_IDS[name]
            update = self.telegram.presses(value, user=user, chat=user, message=under.ref)
            self.telegram.updates.remove(update)
            secret = {"x-telegram-bot-api-secret-token": webhook_secret(self.settings)}
            answered = await self.client.post("/telegram/webhook", content=json.dumps(update), headers=secret)
        else:
            account, number = f"U{name.upper()}", f"{next(self._numbers)}.press"
            url = f"{self.slack.world.base}/respond/D{account}/{account}"
            body = press(value, user=account, channel=f"D{account}", ts=under.ref, trigger=number, response_url=url)
            sent = press_request(body)
            answered = await self.client.post(sent.path, content=sent.body, headers=dict(sent.headers))
        assert answered.status_code == 200, answered.text

    def escalations(self) -> list[tuple[str, str, str, str]]:
        """Trigger, cause, state and who is asked."""
        with self.records() as session:
            rows = session.execute(select(Escalation, Person.name).join(Person, Person.id == Escalation.person_id))
            return [(row.trigger, row.cause, row.state, name) for row, name in rows]

    async def until(self, good: Callable[[], bool]) -> None:
        """Wait for something to be so."""
        end = time.monotonic() + PATIENCE
        while not good():
            told = [self.seen(name, channel) for name in ("Max", "Rita") for channel in ("slack", "telegram")]
            assert time.monotonic() < end, (told, self.escalations(), self.slack.world.refusals)
            await asyncio.sleep(0.1)


def _of_blocks(held: Any) -> Iterator[Button]:
    for block in held:
        for one in block.get("elements", []):
            if one.get("type") == "button" and "value" in one:
                yield one["text"]["text"], one["value"]


def _of_telegram(message: dict[str, Any]) -> Shown:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = tuple((key["text"], key["callback_data"]) for row in rows for key in row if "callback_data" in key)
    return Shown(str(message.get("text", message.get("caption", ""))), message["message_id"], buttons)


def _settle(settings: Settings) -> tuple[dict[str, int], dict[str, str]]:
    """Max leads Rita, who owns Acme."""
    migrate(settings.database)
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        save_company(session, Company(name="Firm", timezone="Asia/Shanghai"), {}, NOW)
        max_ = add_person(session, "Max", role=Role.MANAGER, region="East", manager=None, now=NOW)
        rita = add_person(session, "Rita", role=Role.REP, region="East", manager="Max", now=NOW)
        origin = {"source": "t", "external_id": "acme", "custom": {}, "loaded_at": NOW}
        session.add(Account(**origin, name="Acme", owner_id=rita.person_id))
        people = {"Max": max_.person_id, "Rita": rita.person_id}
        tokens = {name: make_token(session, number, NOW) for name, number in people.items()}
    engine.dispose()
    return people, tokens


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with slack_server() as slack, run_telegram_server() as telegram:
        slack.world.channels[ROOM] = {BOT}
        telegram.chat(GROUP, "supergroup")
        settings = Settings(
            _env_file=None, home=tmp_path, now=NOW, public_url="https://deals.example",
            slack_bot_token=SLACK_TOKEN, slack_signing_secret=SECRET, slack_api_url=slack.url,
            telegram_token=TELEGRAM_TOKEN, telegram_api_url=telegram.url,
        )  # fmt: skip
        people, tokens = _settle(settings)
        app = create_app(settings)
        transport = httpx.ASGITransport(app)
        made = httpx.AsyncClient(transport=transport, base_url="https://deals.example")
        async with app.router.lifespan_context(app), made as client:
            yield House(client, settings, slack, telegram, tokens, people)
