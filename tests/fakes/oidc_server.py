"""A small OpenID provider on loopback: code flow with PKCE, RS256; it can also lie in the ways that matter."""

import json
import secrets
import threading
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "dealhand"
SECRET = "client-secret"


def _pkce(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


@dataclass
class Provider:
    """What it says of whoever signs in; `claims` replaces single claims of the token."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    foreign_key: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Approve at once: where to send the browser back to."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code, once, if the verifier fits the challenge."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return None
        if (
            asked.get("code_challenge_method") != "S256"
            or _pkce(form.get("code_verifier", "")) != asked["code_challenge"]
        ):
            return None
        return {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": "subject-1", "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "email": "rita@firm.test", "email_verified": True, **self.claims,
        }  # fmt: skip
        key = self.other if self.foreign_key else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/.well-known/openid-configuration":
                self._json(provider.metadata())
            elif address.path == "/jwks":
                self._json({"keys": [provider.key.as_dict(private=False)]})
            elif address.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(_flat(address.query)))
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            tokens = provider.token(_flat(body)) if self._client_is_known() else None
            self._json(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

        def _client_is_known(self) -> bool:
            return self.headers.get("Authorization") == "Basic " + b64encode(f"{CLIENT}:{SECRET}".encode()).decode()

        def _json(self, value: object, status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def run_provider() -> Iterator[Provider]:
    """A running provider on a free port."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
