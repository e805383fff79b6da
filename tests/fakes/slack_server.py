"""Slack on loopback: the Web API over HTTP, Socket Mode over a websocket, and ways to misbehave."""

import asyncio
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web

from tests.fakes.slack_world import FORM_ONLY, World

Json = dict[str, Any]
TOKEN, APP_TOKEN, SECRET = "xoxb-fake-1234567890", "xapp-fake-1234567890", "5160c1a3e4b5f60718293a4b5c6d7e8f"
SENDING = {"chat.postMessage", "chat.update", "chat.postEphemeral", "chat.startStream", "chat.stopStream", "respond"}
Fault = Callable[[web.Request, Callable[[], Awaitable[web.Response]]], Awaitable[web.StreamResponse]]


def rate_limited(seconds: float) -> Fault:
    """429, and nothing done."""

    async def fault(request: web.Request, answer: Callable[[], Awaitable[web.Response]]) -> web.Response:
        body = {"ok": False, "error": "ratelimited"}
        return web.json_response(body, status=429, headers={"Retry-After": f"{seconds:g}"})

    return fault


def status(code: int) -> Fault:
    """An error page, and nothing done."""

    async def fault(request: web.Request, answer: Callable[[], Awaitable[web.Response]]) -> web.Response:
        return web.Response(status=code, text="<html>Server Error</html>", content_type="text/html")

    return fault


def hang(seconds: float, *, done: bool = False) -> Fault:
    """No answer for so long; what was asked is done first, or not at all."""

    async def fault(request: web.Request, answer: Callable[[], Awaitable[web.Response]]) -> web.Response:
        if done:
            await answer()
        await asyncio.sleep(seconds)
        return web.Response(status=504)

    return fault


def slow(seconds: float) -> Fault:
    """Done and answered, after so long."""

    async def fault(request: web.Request, answer: Callable[[], Awaitable[web.Response]]) -> web.Response:
        await asyncio.sleep(seconds)
        return await answer()

    return fault


def cut(*, done: bool) -> Fault:
    """The connection is cut; what was asked is done first, or not at all."""

    async def fault(request: web.Request, answer: Callable[[], Awaitable[web.Response]]) -> web.Response:
        if done:
            await answer()
        assert request.transport
        request.transport.close()
        return web.Response()

    return fault


def refuse(error: str) -> Fault:
    """`ok: false`, and nothing done."""

    async def fault(request: web.Request, answer: Callable[[], Awaitable[web.Response]]) -> web.Response:
        return web.json_response({"ok": False, "error": error})

    return fault


class SlackServer:
    """One workspace being served; everything a test looks at is in `world`."""

    def __init__(self) -> None:
        self.world = World()
        self.port = 0
        self.acknowledged: list[str] = []
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.sending: deque[Fault] = deque()
        """How the next calls go that send or change a message, whichever they are."""
        self._loop = asyncio.new_event_loop()
        self._sockets: list[web.WebSocketResponse] = []
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def misbehave(self, method: str, *faults: Fault) -> None:
        """The next calls of the method go so; `download`, `upload` and `respond` are methods too."""
        self._faults[method].extend(faults)

    def calm(self) -> None:
        """No more faults."""
        self._faults.clear()
        self.sending.clear()

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application(client_max_size=100_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files/{file}", self._download)
        app.router.add_post("/respond/{channel}/{user}", self._respond)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.world.base = f"http://127.0.0.1:{self.port}"

    async def _end(self) -> None:
        for socket in self._sockets:
            await socket.close()
        assert self._runner
        await self._runner.cleanup()

    async def _through(
        self, method: str, request: web.Request, answer: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        faults = self.sending if method in SENDING and self.sending else self._faults[method]
        return await (faults.popleft()(request, answer) if faults else answer())

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given = await _given(request)
        token = given.pop("token", None) or request.headers.get("Authorization", "").removeprefix("Bearer ")
        wanted = APP_TOKEN if method == "apps.connections.open" else TOKEN

        async def answer() -> web.Response:
            if token != wanted:
                return web.json_response({"ok": False, "error": "invalid_auth"})
            if method == "apps.connections.open":
                return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self.port}/socket?ticket=t1"})
            if method in FORM_ONLY and request.content_type == "application/json":
                return web.json_response({"ok": False, "error": "invalid_arguments"})
            return web.json_response(self.world.call(method, given))

        return await self._through(method, request, answer)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.Response:
            self.world.files[request.match_info["file"]]["content"] = await request.read()
            return web.Response(text="OK - 1")

        return await self._through("upload", request, answer)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.Response:
            held = self.world.files[request.match_info["file"]]
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return web.Response(text="<html>Sign in</html>", content_type="text/html")
            return web.Response(
                body=held["content"], content_type=held.get("served", held.get("mimetype", "application/octet-stream"))
            )

        return await self._through("download", request, answer)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.Response:
            channel, user = request.match_info["channel"], request.match_info["user"]
            if not self.world.respond(channel, user, await request.json()):
                return web.Response(status=404, text="used_url")
            return web.Response(text="ok")

        return await self._through("respond", request, answer)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets.append(socket)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self.acknowledged.append(json.loads(message.data).get("envelope_id"))
        self._sockets.remove(socket)
        return socket

    def envelope(self, number: str, kind: str, payload: Json, *, patience: float = 10.0) -> bool:
        """Send one over the socket; whether it was acknowledged in time."""
        sent = {"envelope_id": number, "type": kind, "payload": payload, "accepts_response_payload": False}
        until = time.monotonic() + patience
        while not self._sockets and time.monotonic() < until:
            time.sleep(0.02)
        asyncio.run_coroutine_threadsafe(self._sockets[-1].send_json(sent), self._loop).result(10)
        while number not in self.acknowledged and time.monotonic() < until:
            time.sleep(0.01)
        return number in self.acknowledged

    def disconnect(self) -> None:
        """Slack's way to have the client connect anew."""
        for socket in list(self._sockets):
            sending = socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            asyncio.run_coroutine_threadsafe(sending, self._loop).result(10)


async def _given(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
        return given
    body = await request.text()
    given |= dict(parse_qsl(body, keep_blank_values=True))
    for name in ("blocks", "metadata", "view", "files", "prompts"):
        if isinstance(given.get(name), str):
            given[name] = json.loads(given[name])
    return given


@contextmanager
def slack_server() -> Iterator[SlackServer]:
    """A workspace being served until the end of the block."""
    server = SlackServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
