"""Sign-in with the company's OpenID provider: code flow with PKCE, state and nonce."""

from datetime import timedelta
from typing import Any

import structlog
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]
from fastapi import APIRouter, Request, Response
from httpx2 import HTTPError
from joserfc.errors import JoseError

from core.errors import UserError
from core.settings import Settings
from db.engine import system_session
from db.people import person_of_email
from web.parts import Parts, Shared
from web.routes.signin import signed_in

COOKIE = "dealhand_oidc"
LIFETIME = timedelta(minutes=10)

log = structlog.get_logger("web")


class SignInFailed(UserError):
    """The provider did not confirm who it is, or it is nobody active here."""

    code = "sign_in_failed"
    http_status = 403


class ProviderAway(UserError):
    """The OpenID provider does not answer."""

    code = "provider_away"
    http_status = 503


def make_client(settings: Settings) -> Any:
    """A client of the provider in the settings; it reads the provider's metadata at the first sign-in."""
    assert settings.oidc_issuer
    secret = settings.oidc_client_secret
    return OAuth().register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 10.0},
    )


def oidc_routes(settings: Settings) -> APIRouter:
    """The two routes of the flow; only mounted where a provider is set."""
    router = APIRouter(include_in_schema=False)
    client = make_client(settings)

    @router.get("/sign-in/oidc")
    async def begin(request: Request, parts: Shared) -> Response:
        """To the provider."""
        request.scope["session"] = {}
        back = settings.public_url.rstrip("/") if settings.public_url else str(request.base_url).rstrip("/")
        try:
            response: Response = await client.authorize_redirect(request, f"{back}/sign-in/oidc/callback")
        except HTTPError as error:
            log.warning("oidc.metadata", error=repr(error))
            raise ProviderAway() from error
        parts.cookies.put(request, response, COOKIE, request.session, lifetime=LIFETIME)
        return response

    @router.get("/sign-in/oidc/callback")
    async def finish(request: Request, parts: Shared) -> Response:
        """Back from the provider."""
        request.scope["session"] = parts.cookies.get(request, COOKIE) or {}
        claims = await _claims(client, request)
        response = _sign_in(request, parts, claims)
        parts.cookies.drop(request, response, COOKIE)
        return response

    return router


async def _claims(client: Any, request: Request) -> dict[str, Any]:
    try:
        token = await client.authorize_access_token(request)
    except HTTPError as error:
        log.warning("oidc.token", error=repr(error))
        raise ProviderAway() from error
    except (OAuthError, JoseError, ValueError) as error:
        log.warning("oidc.refused", error=repr(error))
        raise SignInFailed() from error
    return dict(token.get("userinfo") or {})


def _sign_in(request: Request, parts: Parts, claims: dict[str, Any]) -> Response:
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        raise SignInFailed()
    with system_session(parts.engine) as session:
        identity = person_of_email(session, email)
    if identity is None:
        raise SignInFailed()
    return signed_in(request, parts, identity, by="oidc")
