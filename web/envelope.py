"""What every request goes through: a limit on its body, security headers, the counts; and no error leaks."""

import time
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.meters import Meters
from web.problems import broken

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "media-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

MAX_BODY = 64 * 1024

log = structlog.get_logger("web")


class Envelope:
    """The outermost layer of the app. `bodies` says how large a body may be below a path, where not MAX_BODY."""

    def __init__(self, app: ASGIApp, *, meters: Meters, bodies: Mapping[str, int]) -> None:
        self._app = app
        self._meters = meters
        self._bodies = sorted(bodies.items(), reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), https=scope["scheme"] == "https")
            await send(message)

        try:
            await self._app(scope, _limited(scope, receive, self._most(scope)), send_with_headers)
        except Exception:
            log.exception("request.failed", path=_route(scope), method=scope["method"])
            if status:
                raise
            await broken(Request(scope, receive))(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - began
            self._meters.request(method=_method(scope), route=_route(scope), status=status, seconds=seconds)

    def _most(self, scope: Scope) -> int:
        path = str(scope["path"])
        return next((most for start, most in self._bodies if path.startswith(start)), MAX_BODY)


def _limited(scope: Scope, receive: Receive, most: int) -> Receive:
    """Receives no more than `most` bytes, whatever length was announced; raises a 413 that the app answers."""
    announced = Headers(scope=scope).get("content-length", "")
    received = int(announced) if announced.isdecimal() and int(announced) > most else 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413)
        return message

    return receive_limited


def _add_headers(headers: MutableHeaders, *, https: bool) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"


def _route(scope: Scope) -> str:
    route: Any = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else "none"
