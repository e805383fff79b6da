"""A server that speaks the audio transcriptions protocol, and answers as it is told: well, badly, or late."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]


@dataclass
class AudioServer:
    """Where it listens, what it was sent, and what it answers: a status and JSON, or raw text."""

    url: str = ""
    forms: list[dict[str, list[bytes]]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    answer: Callable[[int], Answer] = lambda turn: (200, {})


@contextmanager
def serve_audio() -> Iterator[AudioServer]:
    """Serve on a free port until the block ends."""
    state = AudioServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.forms.append(_fields(self.headers["Content-Type"], body))
            state.keys.append(self.headers["Authorization"])
            status, said = state.answer(len(state.forms))
            raw = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _fields(kind: str, body: bytes) -> dict[str, list[bytes]]:
    message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found: dict[str, list[bytes]] = {}
    parts: Any = message.get_payload()
    for part in parts:
        name = str(part.get_param("name", header="content-disposition"))
        found.setdefault(name, []).append(part.get_payload(decode=True))
    return found
