"""The signed cookie: who it is for and until when. The key comes from the settings, or is made once."""

import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from core.clock import Clock
from core.settings import Settings

COOKIE = "dealhand_session"
LIFETIME = timedelta(days=14)


def secret_key(settings: Settings) -> str:
    """The key that cookies are signed with: the setting's, else one kept in `var/secret`, readable by us only."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    path = settings.var / "secret"
    if not path.exists():
        _make_key(path)
    return path.read_text(encoding="ascii")


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"secret.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        # Linking fails if another process was first, so both end up with one key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


class Cookies:
    """Seals small values into cookies of this origin and reads back only what it sealed itself."""

    def __init__(self, key: str, clock: Clock, *, public_url: str | None = None) -> None:
        self._sealer = URLSafeSerializer(key, salt="dealhand.cookie")
        self._clock = clock
        self._https = bool(public_url and public_url.startswith("https:"))

    def put(
        self, request: Request, response: Response, name: str, value: Mapping[str, Any], *, lifetime: timedelta
    ) -> None:
        """Set a sealed cookie that ends after `lifetime`."""
        until = int((self._clock.now() + lifetime).timestamp())
        response.set_cookie(
            name,
            self._sealer.dumps({"name": name, "until": until, "value": dict(value)}),
            max_age=int(lifetime.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._secure(request),
        )

    def get(self, request: Request, name: str) -> dict[str, Any] | None:
        """What the cookie was sealed with; None if it is absent, forged, another's or over."""
        try:
            found = self._sealer.loads(request.cookies.get(name, ""))
        except BadSignature:
            return None
        if not isinstance(found, dict) or found.get("name") != name:
            return None
        if found["until"] <= self._clock.now().timestamp():
            return None
        value = found["value"]
        return value if isinstance(value, dict) else None

    def drop(self, request: Request, response: Response, name: str) -> None:
        """Remove the cookie."""
        response.delete_cookie(name, httponly=True, samesite="lax", secure=self._secure(request))

    def _secure(self, request: Request) -> bool:
        return self._https or request.url.scheme == "https"
