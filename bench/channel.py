"""200 Slack events a second for a minute against the real server: how soon each is acknowledged, and answered.

Of the events, 5 a second are questions for a number in direct messages, a fifth are deliveries again of an earlier
event, and the rest is talk between others in channels, some of it in threads.
"""

import asyncio
import hashlib
import hmac
import json
import os
import random
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml
from aiohttp import ClientError, ClientSession, TCPConnector, web

from bench.concurrent import free_port, wait_until_up
from bench.figures import demo_home, emit, quantile, served
from core.settings import Settings
from db import links
from db.engine import open_engine, system_session
from db.people import list_people

SECONDS = int(os.environ.get("SECONDS", "60"))
RATE, QUESTIONS = 200, 5
EACH = RATE // QUESTIONS
"""Of so many events, one is a question."""
WARM = 900_000
SETTLE = 150
"""Seconds after the start in which the demo company's conversations begin to be read."""
SECRET, TEAM = "bench-secret", "T1"
ASKED = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))


@dataclass
class Fake:
    """Slack's Web API as far as it is needed: when each direct message was first and last written to."""

    first: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    posts: Counter[str] = field(default_factory=Counter)
    base: str = ""
    _number: int = 0

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one call."""
        method = request.match_info["method"]
        if method == "upload":
            await request.read()
        body: dict[str, Any] = dict(await request.post())
        if request.content_type == "application/json":
            body = await request.json()
        self._number += 1
        return web.json_response({"ok": True, **self._answer(method, body)})

    def _answer(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        place, now = str(body.get("channel")), time.perf_counter()
        if method == "auth.test":
            return {"user_id": "UBOT", "bot_id": "BBOT", "team_id": TEAM, "user": "bot", "team": "t", "url": "http://s"}
        if method == "users.info":
            user = str(body.get("user"))
            return {"user": {"id": user, "team_id": TEAM, "profile": {}, "is_restricted": False}}
        if method in ("chat.postMessage", "chat.update"):
            self.first.setdefault(place, now)
            self.last[place] = now
            self.posts[place] += method == "chat.postMessage"
            return {"channel": place, "ts": body.get("ts") or f"{time.time():.0f}.{self._number:06}"}
        if method == "files.getUploadURLExternal":
            return {"upload_url": f"{self.base}upload", "file_id": f"F{self._number}"}
        return {"messages": []}


@dataclass
class Seen:
    """What the sender saw."""

    acks: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    asked: dict[str, float] = field(default_factory=dict)


def event_of(number: int, accounts: list[str], *, asks: bool) -> bytes:
    """One event as Slack sends it."""
    ts = f"1781668800.{number:06}"
    event: dict[str, Any] = {"type": "message", "user": accounts[number % len(accounts)], "ts": ts, "team": TEAM}
    if asks:
        question = ASKED[number // EACH % len(ASKED)]
        event |= {"channel": f"D{number:06}", "channel_type": "im", "text": question}
    else:
        event |= {"channel": f"C{number % 20:03}", "channel_type": "channel", "text": f"lunch at {number}?"}
        if number % 10 == 0:
            event["thread_ts"] = "1781668000.000001"
    body = {
        "type": "event_callback", "event": event, "event_id": f"E{number}", "team_id": TEAM, "api_app_id": "A1",
        "authorizations": [{"team_id": TEAM, "user_id": "UBOT", "is_bot": True}],
    }  # fmt: skip
    return json.dumps(body).encode()


async def deliver(client: ClientSession, body: bytes, seen: Seen) -> None:
    """Sign and send one event."""
    stamp = str(int(time.time()))
    signed = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={signed}",
        "content-type": "application/json",
    }
    start = time.perf_counter()
    try:
        async with client.post("/slack/events", data=body, headers=headers) as answer:
            await answer.read()
            seen.refused[str(answer.status)] += answer.status != 200
    except ClientError as error:
        seen.refused[type(error).__name__] += 1
    seen.acks.append(time.perf_counter() - start)


async def send(base: str, accounts: list[str], fake: Fake) -> Seen:
    """Send at the rate, whatever the server does; then wait for the last answers."""
    seen, chance, tasks = Seen(), random.Random(7), []
    async with httpx.AsyncClient(base_url=base) as client:
        with suppress(SystemExit):  # it has twice the time here: whoever serves Slack has more to load
            await wait_until_up(client)
        await wait_until_up(client)
        await asyncio.sleep(SETTLE)
    async with ClientSession(base, connector=TCPConnector(limit=100)) as session:
        for number in range(WARM, WARM + 12 * EACH, EACH):
            await deliver(session, event_of(number, accounts, asks=True), Seen())
        await asyncio.sleep(10)
        start = time.perf_counter()
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, start + number / RATE - time.perf_counter()))
            asks = number % EACH == 0
            again = not asks and number > RATE and chance.random() < 0.2
            sent = chance.randrange(number) if again else number
            body = event_of(sent, accounts, asks=sent % EACH == 0)
            if asks:
                seen.asked[f"D{number:06}"] = time.perf_counter()
            tasks.append(asyncio.create_task(deliver(session, body, seen)))
        await asyncio.gather(*tasks)
        end = time.perf_counter() + 60
        while not seen.asked.keys() <= fake.last.keys() and time.perf_counter() < end:
            await asyncio.sleep(0.2)
        await asyncio.sleep(1)
    return seen


async def measure(settings: Settings, port: int, accounts: list[str]) -> None:
    """Serve, send, and print what was seen."""
    free = free_port()
    fake, app = Fake(base=f"http://127.0.0.1:{free}/api/"), web.Application()
    app.router.add_route("*", "/api/{method}", fake.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", free).start()
    os.environ |= {
        "DEALHAND_SLACK_BOT_TOKEN": "xoxb-bench",
        "DEALHAND_SLACK_SIGNING_SECRET": SECRET,
        "DEALHAND_SLACK_API_URL": fake.base,
    }
    with served(settings, port=port):
        seen = await send(f"http://127.0.0.1:{port}", accounts, fake)
    await runner.cleanup()
    answered = [place for place in seen.asked if place in fake.last]
    first = [fake.first[place] - seen.asked[place] for place in answered]
    last = [fake.last[place] - seen.asked[place] for place in answered]
    emit("channel_ack_p50", quantile(seen.acks, 50), "s", goal="none set", n=len(seen.acks))
    emit("channel_ack_p99", quantile(seen.acks, 99), "s", goal="<= 0.3", n=len(seen.acks))
    print(dict(seen.refused), file=sys.stderr)
    emit("channel_refused", seen.refused.total(), "events", goal="0", n=len(seen.acks))
    emit("channel_lost", len(seen.asked) - len(answered), "questions", goal="0", n=len(seen.asked))
    twice = sum(fake.posts[place] > 1 for place in answered)
    emit("channel_twice", twice, "questions", goal="0", n=len(answered))
    if len(answered) > 1:
        emit("channel_first_progress_p95", quantile(first, 95), "s", goal="<= 1", n=len(first))
        emit("channel_reply_p95", quantile(last, 95), "s", goal="<= 2", n=len(last))


def link_all(settings: Settings) -> list[str]:
    """Have everybody who has numbers be in Slack; their accounts."""
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        people = [person for person in list_people(session) if person.role in ("rep", "manager", "director")]
        for person in people:
            links.link(session, "slack", f"U{person.id}", person.id, how="admin", by=None, now=settings.clock.now())
    engine.dispose()
    return [f"U{person.id}" for person in people]


def main() -> None:
    """Measure on the demo company."""
    with demo_home() as settings:
        asyncio.run(measure(settings, free_port(), link_all(settings)))


if __name__ == "__main__":
    main()
