"""A server that speaks the chat completions protocol and behaves as scripted: well, badly, or not at all."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
PATIENCE = 8.0


@dataclass
class Exchange:
    """One request, and the means to answer it."""

    handler: BaseHTTPRequestHandler
    body: Json

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    def begin(self, status: int = 200, kind: str = "application/json") -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()

    def write(self, data: bytes) -> None:
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def event(self, delta: Json, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": [choice]}
        self.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    def done(self) -> None:
        self.write(b"data: [DONE]\n\n")

    def message(self, message: Json, finish: str = "stop") -> None:
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        whole = {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": "fake",
            "choices": [choice],
            "usage": usage,
        }
        self.begin()
        self.write(json.dumps(whole).encode())


Step = Callable[[Exchange], None]


def say(text: str) -> Step:
    """Answers with text, streamed in pieces if asked to."""

    def step(exchange: Exchange) -> None:
        if not exchange.streams:
            return exchange.message({"content": text})
        exchange.begin(kind="text/event-stream")
        exchange.event({"role": "assistant", "content": ""})
        for start in range(0, len(text), 7):
            exchange.event({"content": text[start : start + 7]})
        exchange.event({}, "stop")
        return exchange.done()

    return step


def call(name: str, arguments: Json | str, *more: tuple[str, Json]) -> Step:
    """Calls tools; streamed, the arguments come in pieces."""
    calls = [(name, arguments), *more]
    texts = [(tool, args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)) for tool, args in calls]

    def step(exchange: Exchange) -> None:
        if not exchange.streams:
            made = [
                {"id": f"t{time.perf_counter_ns()}", "type": "function", "function": {"name": tool, "arguments": text}}
                for tool, text in texts
            ]
            return exchange.message({"content": None, "tool_calls": made}, "tool_calls")
        exchange.begin(kind="text/event-stream")
        for index, (tool, text) in enumerate(texts):
            head = {"index": index, "id": f"t{time.perf_counter_ns()}", "type": "function"}
            exchange.event({"tool_calls": [{**head, "function": {"name": tool, "arguments": ""}}]})
            for start in range(0, len(text), 5):
                piece = {"index": index, "function": {"arguments": text[start : start + 5]}}
                exchange.event({"tool_calls": [piece]})
        exchange.event({}, "tool_calls")
        return exchange.done()

    return step


def fail(status: int, code: str = "broken") -> Step:
    """An error of the server's."""

    def step(exchange: Exchange) -> None:
        exchange.begin(status)
        exchange.write(json.dumps({"error": {"message": f"{code}: no", "type": code, "code": code}}).encode())

    return step


def stall(seconds: float = PATIENCE) -> Step:
    """Takes the request and says nothing."""

    def step(exchange: Exchange) -> None:
        time.sleep(seconds)

    return step


def stall_after(text: str, seconds: float = PATIENCE) -> Step:
    """Begins to stream, then says nothing more."""

    def step(exchange: Exchange) -> None:
        exchange.begin(kind="text/event-stream")
        exchange.event({"role": "assistant", "content": text})
        time.sleep(seconds)

    return step


def cut_after(text: str) -> Step:
    """Begins to answer, then drops the connection."""

    def step(exchange: Exchange) -> None:
        handler = exchange.handler
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream" if exchange.streams else "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        chunk = json.dumps({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})
        data = f"data: {chunk}\n\n".encode()
        exchange.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        handler.connection.shutdown(socket.SHUT_RDWR)

    return step


def drip(text: str, gap: float = 0.1) -> Step:
    """Streams so slowly that no single wait is too long, but the whole is."""

    def step(exchange: Exchange) -> None:
        if not exchange.streams:
            time.sleep(PATIENCE)
        exchange.begin(kind="text/event-stream")
        for letter in text:
            exchange.event({"content": letter})
            time.sleep(gap)
        exchange.done()

    return step


def garbage() -> Step:
    """Bytes that are no protocol at all."""

    def step(exchange: Exchange) -> None:
        exchange.begin(kind="text/event-stream" if exchange.streams else "application/json")
        exchange.write(b"data: \xff\xfe{]not json\x00\n\n<html>")

    return step


def nothing() -> Step:
    """An answer with no choices in it."""

    def step(exchange: Exchange) -> None:
        exchange.begin(kind="text/event-stream" if exchange.streams else "application/json")
        exchange.write(b"data: [DONE]\n\n" if exchange.streams else b'{"id": "c", "choices": null}')

    return step


@dataclass
class OpenAIServer:
    """Plays its script, one step a request; the last step repeats. Keeps every request's body."""

    url: str
    script: list[Step] = field(default_factory=list)
    requests: list[Json] = field(default_factory=list)

    def play(self, *steps: Step) -> None:
        self.script[:] = steps
        self.requests.clear()

    def next(self, body: Json) -> Step:
        self.requests.append(body)
        return self.script[min(len(self.requests), len(self.script)) - 1]


@contextmanager
def run_openai_server() -> Iterator[OpenAIServer]:
    """The server on a free port of loopback, on threads of its own."""
    state = OpenAIServer("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.close_connection = True
            try:
                state.next(body)(Exchange(self, body))
            except (BrokenPipeError, ConnectionResetError):
                return

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
