"""A server that speaks the Telegram Bot API on loopback, holds to its documented limits, and can misbehave."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.telegram_limits import Json, Refused
from tests.fakes.telegram_world import BOT_NAME, TOKEN, Silent, Trouble, World

__all__ = ["BOT_NAME", "TOKEN", "Refused", "TelegramServer", "Trouble", "run_telegram_server"]


class TelegramServer(World):
    """The world behind the server, and the address it answers at."""

    url: str = ""


@contextmanager
def run_telegram_server() -> Iterator[TelegramServer]:
    """The server on a free port of loopback, on threads of its own."""
    state = TelegramServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                raise ConnectionResetError
            self._serve(_fields(self.headers.get("Content-Type", ""), body))

        def do_GET(self) -> None:
            self._serve({})

        def _serve(self, fields: Json) -> None:
            try:
                address = urlsplit(self.path)
                self._answer(address.path, _query(address.query) | fields)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self, path: str, fields: Json) -> None:
            if path.startswith(f"/file/bot{TOKEN}/"):
                status, kind, data = state.download(path.rsplit("/", 1)[-1])
                return self._send(status, data, kind)
            if not path.startswith(f"/bot{TOKEN}/"):
                return self._json(401, _error(401, "Unauthorized"))
            try:
                result = state.call(path.rsplit("/", 1)[-1], fields)
            except Refused as refused:
                return self._json(refused.status, _error(refused.status, refused.reason, refused.parameters))
            except Silent as silent:
                time.sleep(silent.seconds)
                self.close_connection = True
                return None
            except Trouble as trouble:
                return self._send(trouble.status, trouble.body, "text/html")
            return self._json(200, {"ok": True, "result": result})

        def _json(self, status: int, value: Json) -> None:
            self._send(status, json.dumps(value).encode(), "application/json")

        def _send(self, status: int, data: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            # A client that was killed in the middle of a call is no news.
            if not isinstance(sys.exception(), (BrokenPipeError, ConnectionResetError)):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.end()
        server.shutdown()
        server.server_close()
        thread.join()


def _error(status: int, reason: str, parameters: Json | None = None) -> Json:
    return {
        "ok": False,
        "error_code": status,
        "description": reason,
        **({"parameters": parameters} if parameters else {}),
    }


def _fields(kind: str, body: bytes) -> Json:
    """The parameters of a call, whichever documented way they came; values are read as JSON if they can."""
    if kind.startswith("application/json"):
        return dict(json.loads(body or b"{}"))
    if kind.startswith("multipart/form-data"):
        return _multipart(kind.partition("boundary=")[2].strip('"').encode(), body)
    return _query(body.decode())


def _query(text: str) -> Json:
    return {name: _value(values[0]) for name, values in parse_qs(text, keep_blank_values=True).items()}


def _value(text: str) -> Any:
    if text[:1] not in ("{", "[") and text not in ("true", "false"):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _multipart(boundary: bytes, body: bytes) -> Json:
    fields: Json = {}
    for piece in body.split(b"--" + boundary)[1:-1]:
        head, _, data = piece.strip(b"\r\n").partition(b"\r\n\r\n")
        words = head.decode()
        name = words.partition('name="')[2].partition('"')[0]
        fields[name] = data if "filename=" in words else _value(data.decode())
    return fields
